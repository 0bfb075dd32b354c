import type { Message } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

/** Bytes of an event: so many that the limit of a stream counts events, whatever else RabbitMQ writes down. */
const SIZE = 10_000;
const AN_HOUR_AGO = { '!': 'timestamp', value: Math.floor(Date.now() / 1000) - 3600 };
const PLACES = ['first', 'last', 'next', 'number', 'timestamp'] as const;
const STREAM = { 'x-queue-type': 'stream' };
const FIRST = { 'x-stream-offset': 'first' };

export default defineScenario({
  name: 'streams',
  title: 'A stream: a log that many read, again and again, against a queue that is emptied',
  lesson: 7,
  options: {
    events: { type: 'integer', default: 4, min: 3, max: 12, help: 'how many events are published in each part' },
    from: { type: 'choice', choices: PLACES, default: 'first', help: 'where audit begins: at 2, or an hour ago' },
    keep: { type: 'integer', default: 2, min: 1, max: 11, help: 'for how many events the limited stream has room' },
  },
  needs: ['rabbitmq'],
  about: ({ events, from }) => say`events: ${events} · audit reads from: ${from}`,
  names: ['event'],
  validate: ({ events, keep }) => (keep < events ? undefined : '--keep must be less than --events.'),

  async run(lab, { events, from, keep }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
      const channel = await connection.createConfirmChannel();
      // A stream asks for a limit of what may be unacked.
      await channel.prefetch(10);
      return channel;
    };
    const [publisher, dashboard] = [await connect('publisher'), await connect('dashboard')];
    let published = 0;
    const publish = async (queue: string, count: number) => {
      for (const _ of range(1, count)) {
        publisher.sendToQueue(queue, Buffer.from(JSON.stringify({ event: ++published }).padEnd(SIZE)));
        await publisher.waitForConfirms();
      }
    };
    /** Reads from now on; answers a list that grows. */
    const read = async (reader: typeof publisher, queue: string, args = {}) => {
      const got: number[] = [];
      const take = (delivery: Message | null) => {
        if (!delivery) return;
        got.push(JSON.parse(delivery.content.toString()).event);
        reader.ack(delivery);
      };
      await reader.consume(queue, take, { arguments: args });
      return got;
    };

    await lab.step('A queue: what was acked is gone');
    const { queue } = await publisher.assertQueue(lab.name('queue'));
    await publish(queue, events);
    const taken = await read(dashboard, queue);
    await lab.until('dashboard takes every event', () => taken.length === events);
    const { messageCount: left } = await publisher.checkQueue(queue);
    lab.check('nothing is left in the queue for anybody else', left === 0, say`${left} left`);

    await lab.step('A stream: here an ack removes nothing. dashboard has read and acked all of it when audit comes');
    const { queue: log } = await publisher.assertQueue(lab.name('log'), { arguments: STREAM });
    await publish(log, events);
    const seen = await read(dashboard, log, FIRST);
    await lab.until('dashboard reads every event', () => seen.length === events);
    const counts = [0, 1, events - 2, events];
    const again = await lab.predict(say`audit reads from: ${from}. How many of these events does it get?`, counts);
    const offset = from === 'number' ? 2 : from === 'timestamp' ? AN_HOUR_AGO : from;
    const audited = await read(await connect('audit'), log, { 'x-stream-offset': offset });
    await publish(log, 1);
    await lab.until('one more comes to both', () => [seen, audited].every((got) => got.at(-1) === published));
    const why = 'reading takes nothing out of a stream: each reader says where it begins, whatever others have acked';
    again.answer(audited.length - 1, why);
    const isRight = audited.join() === range(audited[0] ?? 0, published).join();
    lab.check('audit gets all that stands from there on, and the new event', isRight, audited.join(', '));

    const finds = { first: 'the first that was published', oldest: 'the first that is left', none: 'none' };
    const found = await lab.predict('latecomer reads a full stream from: first. Which event does it get first?', finds);
    await lab.step(say`A stream with room for ${keep} of ${events} events: the oldest are dropped`);
    const limits = { 'x-max-length-bytes': keep * SIZE * 1.05, 'x-stream-max-segment-size-bytes': SIZE };
    const { queue: recent } = await publisher.assertQueue(lab.name('recent'), { arguments: { ...STREAM, ...limits } });
    const live = await read(dashboard, recent, FIRST);
    await publish(recent, events);
    await lab.until('dashboard reads them as they come', () => live.length === events);
    const latecomer = await connect('latecomer');
    let late: number[] = [];
    // RabbitMQ drops them a moment after there is no more room.
    for (let tries = 0; tries < 50 && late.length !== keep; tries++) {
      late = await read(latecomer, recent, FIRST);
      await lab.until('latecomer reads what is left', () => late.at(-1) === published);
    }
    found.answer(late.length < events ? 'oldest' : 'first', 'a full stream drops its oldest, whoever has read them');
    lab.check('latecomer finds the newest only', late[0] === published - keep + 1, late.join(', '));
  },
});
