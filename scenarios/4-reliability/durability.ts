import type { ChannelModel } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

const LEFT = { none: 'neither', some: 'the persistent one only', all: 'both' };
const NO_QUEUE = 'the queue itself is gone';
const UNWRITTEN =
  'a queue that is not durable is not written down: it is gone with all that was in it, persistent or not';
const WHY = {
  classic: 'a durable queue survives, with what was marked as persistent; the rest was in memory only',
  quorum: 'a quorum queue writes every message to its log, persistent or not',
};

export default defineScenario({
  name: 'durability',
  title: 'The broker restarts: what is durable and persistent is still there',
  lesson: 3,
  options: {
    messages: { type: 'integer', default: 1, min: 1, max: 100, help: 'how many messages of each kind are published' },
    type: { type: 'choice', choices: ['classic', 'quorum'], default: 'classic', help: 'the type of the durable queue' },
  },
  needs: ['rabbitmq'],
  owns: () => ['rabbitmq'],
  about: ({ messages, type }) => say`messages of each kind: ${messages} · the durable queue is a ${type} queue`,
  names: ['order'],

  async run(lab, { messages, type }) {
    const amqp = await import('amqplib');
    const [durable, fleeting] = [lab.name('durable'), lab.name('not-durable')];
    const [kept, lost] = [lab.name('orders'), lab.name('offers')];
    const connect = async (peer: string) => {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
      return connection.on('error', () => {});
    };
    const openChannel = async (connection: ChannelModel) =>
      (await connection.createConfirmChannel()).on('error', () => {});

    await lab.step(
      'Exchange orders and its queue are durable, exchange offers and its queue are not; persistent and transient messages go to both queues',
    );
    const channel = await openChannel(await connect('shop'));
    await channel.assertExchange(kept, 'direct', { durable: true });
    await channel.assertExchange(lost, 'direct', { durable: false });
    await channel.assertQueue(durable, { durable: true, arguments: { 'x-queue-type': type } });
    await channel.assertQueue(fleeting, { durable: false });
    await channel.bindQueue(durable, kept, 'order');
    await channel.bindQueue(fleeting, lost, 'offer');
    let order = 0;
    for (const queue of [durable, fleeting]) {
      for (const persistent of range(1, messages).flatMap(() => [true, false])) {
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ order: ++order, persistent })), { persistent });
      }
    }
    await channel.waitForConfirms();

    const question = 'The broker restarts. Which messages does the durable queue still have?';
    const inDurable = await lab.predict(question, LEFT);
    const inTransient = await lab.predict('And the queue that is not durable?', { ...LEFT, gone: NO_QUEUE });
    await lab.step('The broker restarts');
    await lab.restart('rabbitmq');

    await lab.step('The shop connects again and looks what is there');
    const shop = await connect('shop');
    /** Asking for what is not there closes the channel, so each question has a channel of its own. */
    const isThere = async (what: 'checkQueue' | 'checkExchange', name: string) => {
      lab.note(say`asks on a channel of its own: is ${name} there? (404 = no)`, 'shop');
      const asking = await openChannel(shop);
      const found = await asking[what](name).catch(() => undefined);
      return found !== undefined;
    };
    const hasExchange = await isThere('checkExchange', kept);
    const isLost = !(await isThere('checkExchange', lost));
    const hasQueue = await isThere('checkQueue', durable);
    const isGone = !(await isThere('checkQueue', fleeting));
    const reading = await openChannel(shop);
    lab.note(say`publishes order ${++order} to exchange ${kept}: does that still lead to queue ${durable}?`, 'shop');
    reading.publish(kept, 'order', Buffer.from(JSON.stringify({ order, persistent: true })));
    await reading.waitForConfirms();
    const left: { order: number; persistent: boolean }[] = [];
    for (let got = await reading.get(durable); got; got = await reading.get(durable)) {
      left.push(JSON.parse(got.content.toString()));
      reading.ack(got);
    }
    const isBound = left.pop()?.order === order;
    const persistent = left.filter((one) => one.persistent).length;
    const transient = left.length - persistent;
    inDurable.answer(persistent === 0 ? 'none' : transient === 0 ? 'some' : 'all', WHY[type]);
    inTransient.answer(isGone ? 'gone' : 'none', UNWRITTEN);
    lab.check('the durable exchange, queue and binding are there', hasExchange && hasQueue && isBound);
    lab.check('what is not durable is gone', isLost && isGone);
    lab.check('every persistent message in the durable queue is there', persistent === messages, say`${persistent}`);
    const expected = type === 'quorum' ? messages : 0;
    lab.check(say`transient messages that are still in the durable queue: ${expected}`, transient === expected);
  },
});
