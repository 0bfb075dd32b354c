import { AMQPClient } from '@cloudamqp/amqp-client';
import amqplib from 'amqplib';
import { Connection } from 'rabbitmq-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rabbitmq from '../../src/servers/rabbitmq/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';

let server: RunningServer;
let url: string;
beforeAll(async () => {
  server = await rabbitmq.start({ services: ['rabbitmq'] });
  url = server.urls.rabbitmq!;
});
afterAll(() => server.close());

describe('amqplib', () => {
  it('publishes with confirms, consumes and acknowledges', async () => {
    const connection = await amqplib.connect(url);
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.prefetch(10);
    const got: string[] = [];
    const done = new Promise<void>((resolve) => {
      channel.consume(queue, (message) => {
        got.push(message!.content.toString());
        channel.ack(message!);
        if (got.length === 1000) resolve();
      });
    });
    for (let index = 0; index < 1000; index += 1) channel.sendToQueue(queue, Buffer.from(`m${index}`));
    await channel.waitForConfirms();
    await done;
    expect(got).toEqual(Array.from({ length: 1000 }, (_, index) => `m${index}`));
    await connection.close();
  });

  it('is refused as by RabbitMQ, and goes on with another channel', async () => {
    const connection = await amqplib.connect(url);
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    await expect(channel.checkQueue('none')).rejects.toThrow(
      /404 \(NOT-FOUND\) with message "NOT_FOUND - no queue 'none' in vhost '\/'"/,
    );
    const other = await connection.createChannel();
    expect((await other.assertQueue('', { exclusive: true })).queue).toMatch(/^amq\.gen-/);
    await connection.close();
    await expect(amqplib.connect(url.replace('guest:guest', 'guest:wrong'))).rejects.toThrow(/ACCESS_REFUSED/);
  });

  it('asks and answers through direct reply-to', async () => {
    const connection = await amqplib.connect(url);
    const channel = await connection.createChannel();
    await channel.assertQueue('rpc', { autoDelete: true });
    await channel.consume('rpc', (message) => {
      channel.sendToQueue(message!.properties.replyTo, Buffer.from(`${message!.content} indeed`));
      channel.ack(message!);
    });
    const answer = new Promise<string>((resolve) => {
      channel.consume('amq.rabbitmq.reply-to', (message) => resolve(message!.content.toString()), { noAck: true });
    });
    channel.sendToQueue('rpc', Buffer.from('really?'), { replyTo: 'amq.rabbitmq.reply-to' });
    expect(await answer).toBe('really? indeed');
    await connection.close();
  });
});

describe('rabbitmq-client', () => {
  it('publishes, consumes and makes calls', async () => {
    const rabbit = new Connection(url);
    rabbit.on('error', () => {});
    const got: number[] = [];
    const consumers: { close(): Promise<void> }[] = [];
    await new Promise<void>((resolve) => {
      const consumer = rabbit.createConsumer(
        { queue: 'rc.jobs', queueOptions: { durable: true }, qos: { prefetchCount: 5 } },
        async (message) => {
          got.push(message.body.number);
          if (got.length === 50) resolve();
        },
      );
      consumers.push(consumer);
      consumer.on('ready', async () => {
        const publisher = rabbit.createPublisher({ confirm: true, maxAttempts: 2 });
        for (let number = 0; number < 50; number += 1) await publisher.send('rc.jobs', { number });
        await publisher.close();
      });
    });
    expect(got).toHaveLength(50);
    const answerer = rabbit.createConsumer({ queue: 'rc.calls' }, async (message, reply) => reply(`${message.body}!`));
    await new Promise((resolve) => answerer.once('ready', resolve));
    const caller = rabbit.createRPCClient({ confirm: true });
    expect((await caller.send('rc.calls', 'hello')).body).toBe('hello!');
    await caller.close();
    await Promise.all([...consumers, answerer].map((consumer) => consumer.close()));
    await rabbit.close();
  });
});

describe('@cloudamqp/amqp-client', () => {
  it('publishes, gets, consumes and acknowledges', async () => {
    const connection = await new AMQPClient(url).connect();
    const channel = await connection.channel();
    const queue = await channel.queueDeclare('', { exclusive: true });
    await channel.confirmSelect();
    for (let number = 0; number < 20; number += 1) {
      await channel.basicPublish('', queue.name, `m${number}`, { deliveryMode: 2 });
    }
    expect((await channel.basicGet(queue.name, { noAck: true }))?.bodyString()).toBe('m0');
    const got: (string | null)[] = [];
    await new Promise<void>((resolve) => {
      channel.basicConsume(queue.name, { noAck: false }, async (message) => {
        got.push(message.bodyString());
        await message.ack();
        if (got.length === 19) resolve();
      });
    });
    expect(got.at(-1)).toBe('m19');
    await connection.close();
  });
});
