import { defineScenario, type Lab, say } from 'msgplay';
import type { WebSocket } from 'ws';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
const TIMES = ['never', 'once', 'twice'];

/** What the chat servers share: `tell` gets all that any of them sends to it; the result sends. */
type Relay = (lab: Lab, server: string, tell: (text: string) => void) => Promise<(text: string) => unknown>;

const RELAYS: Record<'redis' | 'rabbitmq', Relay> = {
  async redis(lab, server, tell) {
    const { Redis } = await import('ioredis');
    const [url, channel] = [await lab.url('redis', server), lab.name('chat')];
    const [publisher, subscriber] = [new Redis(url), new Redis(url)];
    lab.defer(() => Promise.all([publisher.quit(), subscriber.quit()]));
    subscriber.on('message', (_, text) => tell(text));
    await subscriber.subscribe(channel);
    return (text) => publisher.publish(channel, text);
  },
  async rabbitmq(lab, server, tell) {
    const amqp = await import('amqplib');
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', server), { noDelay: true }));
    const channel = await connection.createChannel();
    const exchange = lab.name('chat');
    await channel.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true });
    const { queue } = await channel.assertQueue(lab.name(`inbox-of-${server}`), { exclusive: true });
    await channel.bindQueue(queue, exchange, '');
    await channel.consume(queue, (delivery) => delivery && tell(delivery.content.toString()), { noAck: true });
    return (text) => channel.publish(exchange, '', Buffer.from(text));
  },
};

export default defineScenario({
  name: 'chat-scale-out',
  title: 'A chat on several servers: without a relay, users of different servers are deaf to each other',
  lesson: 7,
  options: {
    relay: { type: 'choice', choices: ['redis', 'rabbitmq'], default: 'redis', help: 'what the chat servers share' },
    servers: { type: 'integer', default: 2, min: 2, max: 4, help: 'how many chat servers there are' },
    users: { type: 'integer', default: 3, min: 3, max: NAMES.length, help: 'how many users, in turn on each server' },
    shortcut: { type: 'flag', help: 'a server tells its own users at once, and does not wait for the relay' },
  },
  needs: ({ relay }) => [relay],
  names: ['says'],
  about: ({ relay, servers, users }) => say`users: ${users} · chat servers: ${servers} · relay: ${relay}`,
  validate: ({ servers, users }) =>
    users > servers ? undefined : 'With more --users than --servers at least two users share a server.',

  async run(lab, { relay, servers, users, shortcut }) {
    const { WebSocket } = await import('ws');
    const serverOf = (user: number) => `chat-${(user % servers) + 1}`;
    const people = NAMES.slice(0, users).map((name, index) => ({
      name,
      server: serverOf(index),
      heard: [] as string[],
    }));
    const [alice, bob] = people as [(typeof people)[0], (typeof people)[0]];
    const neighbour = people[servers] ?? alice;
    const times = ({ heard }: typeof alice, text: string): number => heard.filter((one) => one === text).length;

    await lab.step(say`Everybody connects: each of the ${servers} chat servers knows its own users`);
    /** What a server does with what its users say; at first it tells those that it knows. */
    const handle = new Map<string, (text: string) => unknown>();
    const tell = new Map<string, (text: string) => void>();
    const sockets = new Map<string, WebSocket>();
    for (const server of new Set(people.map((one) => one.server))) {
      const known = new Set<WebSocket>();
      tell.set(server, (text) => {
        for (const socket of known) socket.send(text);
      });
      handle.set(server, (text) => tell.get(server)?.(text));
      const chat = await lab.serve(
        server,
        () => new Response('WebSocket only', { status: 426 }),
        (socket) => {
          known.add(socket);
          socket.on('message', (data) => handle.get(server)?.(String(data)));
        },
      );
      for (const { name, heard } of people.filter((one) => one.server === server)) {
        const socket = new WebSocket((await chat.url(name)).replace('http:', 'ws:'));
        lab.defer(() => socket.close(1000));
        socket.on('message', (data) => heard.push(String(data)));
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        sockets.set(name, socket);
      }
    }

    const deaf = await lab.predict(
      say`alice is on chat-1, bob on chat-2. How often will bob hear what alice says?`,
      TIMES,
    );
    await lab.step('alice speaks, and her server tells its users');
    const alone = JSON.stringify({ says: 'hello', from: 'alice' });
    sockets.get('alice')?.send(alone);
    await lab.until('the users of chat-1 hear alice', () => times(alice, alone) === 1 && times(neighbour, alone) === 1);
    deaf.answer(TIMES[times(bob, alone)] ?? '', 'chat-1 has the sockets of its own users only, and bob has none there');

    await lab.step(say`The chat servers get a relay: ${relay}`);
    for (const [server, local] of tell) {
      const send = await RELAYS[relay](lab, server, local);
      handle.set(server, (text) => {
        if (shortcut) local(text);
        send(text);
      });
    }
    const heard = await lab.predict(
      say`How often will ${neighbour.name}, who is on alice's server, hear her now?`,
      TIMES,
    );
    await lab.step('alice speaks again');
    const relayed = JSON.stringify({ says: 'hello again', from: 'alice' });
    sockets.get('alice')?.send(relayed);
    const due = ({ server }: typeof alice): number => (shortcut && server === alice.server ? 2 : 1);
    await lab.until('everybody hears alice', () => people.every((one) => times(one, relayed) === due(one)));
    heard.answer(
      TIMES[times(neighbour, relayed)] ?? '',
      shortcut
        ? 'chat-1 told its users at once, and again when the relay brought the message back'
        : 'chat-1 tells its users what the relay brings, and the relay brings back what chat-1 sent',
    );
    const isClose = ({ server }: typeof alice): boolean => server === alice.server;
    lab.check(
      'without a relay only the users of her own server heard alice',
      people.every((one) => times(one, alone) === (isClose(one) ? 1 : 0)),
    );
    lab.check(
      'with a relay everybody heard alice',
      people.every((one) => times(one, relayed) > 0),
    );
    lab.check(
      shortcut ? "the shortcut made her own server's users hear it twice" : 'nobody heard it twice',
      people.every((one) => times(one, relayed) === due(one)),
    );
    const columns = ['user', 'chat server', 'without a relay', 'with a relay'];
    const rows = people.map((one) => [say`${one.name}`, one.server, times(one, alone), times(one, relayed)]);
    lab.table({ title: 'How often each heard what alice said', columns, rows });
  },
});
