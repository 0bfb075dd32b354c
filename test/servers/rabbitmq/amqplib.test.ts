import amqplib from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rabbitmq from '../../../src/servers/rabbitmq/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await rabbitmq.start({ services: ['rabbitmq'] });
});
afterAll(() => server.close());

describe('amqplib', () => {
  it('publishes, consumes and acknowledges', async () => {
    const connection = await amqplib.connect(server.urls.rabbitmq!);
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const got: string[] = [];
    const done = new Promise<void>((resolve) => {
      channel.consume(queue, (message) => {
        got.push(message!.content.toString());
        channel.ack(message!);
        if (got.length === 100) resolve();
      });
    });
    for (let index = 0; index < 100; index += 1) channel.sendToQueue(queue, Buffer.from(`m${index}`));
    await channel.waitForConfirms();
    await done;
    expect(got[99]).toBe('m99');
    await connection.close();
  });
});
