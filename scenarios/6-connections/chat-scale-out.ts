import { defineScenario, type Lab, range, say } from 'msgplay';
import type { WebSocket } from 'ws';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
const TIMES = { 0: 'never', 1: 'once', 2: 'twice' };

type Tell = (text: string) => unknown;
/** What the chat servers share: `tell` gets all that any of them sends to it; the result sends. */
const RELAYS = {
  async redis(lab: Lab, server: string, tell: Tell) {
    const { Redis } = await import('ioredis');
    const [url, channel] = [await lab.url('redis', server), lab.name('chat')];
    const [publisher, subscriber] = [lab.using(new Redis(url)), lab.using(new Redis(url))];
    subscriber.on('message', (_, text) => tell(text));
    await subscriber.subscribe(channel);
    return (text: string) => publisher.publish(channel, text);
  },
  async rabbitmq(lab: Lab, server: string, tell: Tell) {
    const amqp = await import('amqplib');
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', server), { noDelay: true }));
    const channel = await connection.createChannel();
    const exchange = lab.name('chat');
    await channel.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true });
    const { queue } = await channel.assertQueue(lab.name(`inbox-of-${server}`), { exclusive: true });
    await channel.bindQueue(queue, exchange, '');
    await channel.consume(queue, (delivery) => delivery && tell(delivery.content.toString()), { noAck: true });
    return (text: string) => channel.publish(exchange, '', Buffer.from(text));
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
    const people = NAMES.slice(0, users).map((name, index) => ({ name, server: `chat-${(index % servers) + 1}` }));
    const neighbour = people[servers]?.name ?? '';
    const heard: string[] = [];
    const times = (name: string, text: string) => heard.filter((one) => one === `${name} ${text}`).length as 0 | 1 | 2;

    const where = people.map(({ name, server }) => `${name}: ${server}`).join(', ');
    await lab.step(say`Everybody connects (${where}); each chat server knows its own users`);
    /** What a server tells its own users, and what it does with what they say: at first it tells it. */
    const tell = new Map<string, Tell>();
    const handle = new Map<string, Tell>();
    const sockets = new Map<string, WebSocket>();
    for (const server of range(1, servers).map((number) => `chat-${number}`)) {
      const known = new Set<WebSocket>();
      const local = (text: string) => {
        for (const socket of known) socket.send(text);
      };
      tell.set(server, local);
      handle.set(server, local);
      const chat = await lab.accept(server, (socket) => {
        known.add(socket);
        socket.on('message', (data) => handle.get(server)?.(String(data)));
      });
      for (const { name } of people.filter((one) => one.server === server)) {
        const socket = new WebSocket(await chat.url(name)).on('message', (data) => heard.push(`${name} ${data}`));
        lab.defer(() => socket.close(1000));
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        sockets.set(name, socket);
      }
    }

    const question = 'alice is on chat-1, bob on chat-2. How often will bob hear what alice says?';
    const deaf = await lab.predict(question, TIMES);
    await lab.step('alice speaks, and her server tells its users');
    const alone = JSON.stringify({ says: 'hello', from: 'alice' });
    sockets.get('alice')?.send(alone);
    await lab.until('the users of chat-1 hear alice', () => times('alice', alone) + times(neighbour, alone) === 2);
    lab.note('hears nothing: chat-1 does not know him', 'bob');
    deaf.answer(times('bob', alone), 'chat-1 has the sockets of its own users only, and bob has none there');

    await lab.step(say`The chat servers get a relay, ${relay}: what one of them publishes there comes to all of them`);
    for (const [server, local] of tell) {
      const send = await RELAYS[relay](lab, server, local);
      handle.set(server, (text) => {
        if (shortcut) local(text);
        send(text);
      });
    }

    const again = await lab.predict(say`How often will ${neighbour}, who is on alice's server, hear her now?`, TIMES);
    await lab.step('alice speaks again');
    const relayed = JSON.stringify({ says: 'hello again', from: 'alice' });
    sockets.get('alice')?.send(relayed);
    const due = (server: string) => (shortcut && server === 'chat-1' ? 2 : 1);
    const isDue = () => people.every(({ name, server }) => times(name, relayed) === due(server));
    await lab.until('everybody hears alice', isDue);
    const why = shortcut
      ? 'chat-1 told its users at once, and again when the relay brought the message back'
      : 'chat-1 tells its users what the relay brings, and the relay brings back what chat-1 sent';
    again.answer(times(neighbour, relayed), why);
    const isOwn = people.every(({ name, server }) => times(name, alone) === (server === 'chat-1' ? 1 : 0));
    lab.check('without a relay only the users of her own server heard alice', isOwn);
    const isHeard = people.every(({ name }) => times(name, relayed) > 0);
    lab.check('with a relay everybody heard alice', isHeard);
    lab.check(shortcut ? "the shortcut made her own server's users hear it twice" : 'nobody heard it twice', isDue());
    const columns = ['user', 'chat server', 'without a relay', 'with a relay'];
    const rows = people.map(({ name, server }) => [say`${name}`, server, times(name, alone), times(name, relayed)]);
    lab.table({ title: 'How often each heard what alice said', columns, rows });
  },
});
