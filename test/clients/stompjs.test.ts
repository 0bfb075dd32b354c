import { Client, type IMessage } from '@stomp/stompjs';
import amqplib from 'amqplib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import rabbitmq from '../../src/servers/rabbitmq/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';
import { eventually } from '../helpers/eventually.ts';

let server: RunningServer;
const clients: Client[] = [];
beforeAll(async () => {
  server = await rabbitmq.start({ services: ['rabbitmq', 'stomp'] });
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.deactivate())));
afterAll(() => server.close());

async function connect(): Promise<Client> {
  const { username, password, host, pathname } = new URL(server.urls.stomp!);
  const brokerURL = `ws://${host}${pathname}`;
  const client = new Client({
    webSocketFactory: () => new WebSocket(brokerURL, ['v12.stomp', 'v11.stomp']) as never,
    connectHeaders: { login: username, passcode: password, host: '/' },
    reconnectDelay: 0,
  });
  clients.push(client);
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onStompError = (frame) => reject(new Error(frame.headers.message));
    client.activate();
  });
  return client;
}

const receipt = (client: Client, id: string) =>
  new Promise<void>((resolve) => client.watchForReceipt(id, () => resolve()));

describe('@stomp/stompjs', () => {
  it('meets others in a room, and nobody outside of it', async () => {
    const [ann, bob, eve] = [await connect(), await connect(), await connect()];
    const heard: string[] = [];
    const listen = (client: Client, name: string, room: string) => {
      const done = receipt(client, `sub-${name}`);
      client.subscribe(`/topic/${room}`, (message) => heard.push(`${name}: ${message.body}`), {
        receipt: `sub-${name}`,
      });
      return done;
    };
    await Promise.all([listen(ann, 'ann', 'room.a'), listen(bob, 'bob', 'room.a'), listen(eve, 'eve', 'room.b')]);
    const sent = receipt(ann, 'sent');
    ann.publish({ destination: '/topic/room.a', body: 'hello', headers: { receipt: 'sent' } });
    await sent;
    await eventually(() => expect(heard.sort()).toEqual(['ann: hello', 'bob: hello']));
  });

  it('acknowledges, gives back and gets again', async () => {
    const client = await connect();
    const messages: IMessage[] = [];
    client.subscribe('/queue/stomp.ack', (message) => messages.push(message), { ack: 'client-individual' });
    client.publish({ destination: '/queue/stomp.ack', body: 'job' });
    await eventually(() => expect(messages).toHaveLength(1));
    messages[0]!.nack();
    await eventually(() => expect(messages).toHaveLength(2));
    expect(messages[1]!.headers.redelivered).toBe('true');
    messages[1]!.ack();
  });

  it('exchanges messages with AMQP', async () => {
    const client = await connect();
    const amqp = await amqplib.connect(server.urls.rabbitmq!);
    const channel = await amqp.createChannel();
    await channel.assertQueue('mixed', { durable: true });
    const messages: IMessage[] = [];
    client.subscribe('/amq/queue/mixed', (message) => messages.push(message));
    channel.sendToQueue('mixed', Buffer.from('from amqp'), {
      messageId: 'm1',
      headers: { colour: 'red' },
      persistent: true,
    });
    await eventually(() => expect(messages).toHaveLength(1));
    expect(messages[0]!.body).toBe('from amqp');
    expect(messages[0]!.headers).toMatchObject({
      'amqp-message-id': 'm1',
      colour: 'red',
      persistent: 'true',
      destination: '/queue/mixed',
    });
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'amq.topic', 'back');
    client.publish({ destination: '/topic/back', body: 'from stomp', headers: { size: '5' } });
    const back = await eventually(async () => {
      const got = await channel.get(queue, { noAck: true });
      if (!got) throw new Error('nothing yet');
      return got;
    });
    expect(back.content.toString()).toBe('from stomp');
    expect(back.properties.headers).toMatchObject({ size: '5' });
    await amqp.close();
  });
});
