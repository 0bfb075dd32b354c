import { count, defineScenario, type Lab, say } from 'msgplay';
import type { WebSocket as Socket } from 'ws';

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
    shortcut: { type: 'flag', help: 'a server tells its own users at once, and does not wait for the relay' },
  },
  needs: ({ relay }) => [relay],
  names: ['says'],
  about: ({ relay }) => say`two chat servers, three users · relay: ${relay}`,

  async run(lab, { relay, shortcut }) {
    const { WebSocket } = await import('ws');
    let heard: string[] = [];
    const start = async (server: string) => {
      const users = new Set<Socket>();
      const tell = (text: string) => {
        for (const user of users) user.send(text);
      };
      let publish: Tell | undefined;
      const { url } = await lab.accept(server, (user) => {
        users.add(user);
        user.on('message', (data) => {
          if (!publish || shortcut) tell(String(data));
          publish?.(String(data));
        });
      });
      const connect = async (name: string) => {
        const socket = lab.using(new WebSocket(await url(name))).on('message', () => heard.push(name));
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        return socket;
      };
      const join = async () => {
        publish = await RELAYS[relay](lab, server, tell);
      };
      return { connect, join };
    };

    await lab.step('alice and carol connect to chat-1, bob to chat-2; each chat server knows its own users');
    const [first, second] = [await start('chat-1'), await start('chat-2')];
    const alice = await first.connect('alice');
    await second.connect('bob');
    await first.connect('carol');

    const deaf = await lab.predict('alice is on chat-1, bob on chat-2. How often will bob hear alice?', TIMES);
    await lab.step('alice speaks, and her server tells its users');
    alice.send(JSON.stringify({ says: 'hello', from: 'alice' }));
    await lab.until('the users of chat-1 hear alice', () => heard.length >= 2);
    lab.note('hears nothing: chat-1 does not know him', 'bob');
    deaf.answer(count(heard, 'bob'), 'chat-1 has the sockets of its own users only, and bob has none there');
    const isOwn = [...heard].sort().join() === 'alice,carol';
    lab.check('without a relay only the users of her own server heard alice', isOwn, say`${heard.join(', ')}`);

    await lab.step(say`The chat servers get a relay, ${relay}: what one of them publishes there comes to all of them`);
    for (const { join } of [first, second]) await join();

    const again = await lab.predict("How often will carol, who is on alice's server, hear her now?", TIMES);
    await lab.step('alice speaks again');
    heard = [];
    alice.send(JSON.stringify({ says: 'hello again', from: 'alice' }));
    await lab.until('everybody hears alice', () => heard.length >= (shortcut ? 5 : 3));
    const why = shortcut
      ? 'chat-1 told its users at once, and again when the relay brought the message back'
      : 'chat-1 tells its users what the relay brings, and the relay brings back what chat-1 sent';
    again.answer(count(heard, 'carol'), why);
    lab.check('with a relay everybody heard alice', new Set(heard).size === 3, say`${heard.join(', ')}`);
    const title = shortcut ? "the shortcut made her own server's users hear it twice" : 'nobody heard it twice';
    lab.check(title, count(heard, 'carol') === (shortcut ? 2 : 1));
  },
});
