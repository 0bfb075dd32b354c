import { count, defineScenario, type Lab, say } from 'msgplay';

const REMINDERS = { 1: 'reminder 1 (long)', 2: 'reminder 2 (short)' };

export default defineScenario({
  name: 'delayed',
  title: 'Messages for later: waiting queues in RabbitMQ, a sorted set in Redis',
  lesson: 6,
  options: {
    via: { type: 'choice', choices: ['both', 'rabbitmq', 'redis'], default: 'both', help: 'who keeps reminders' },
    long: { type: 'integer', default: 300, min: 60, max: 10_000, help: 'how long reminder 1 waits, in ms' },
    short: { type: 'integer', default: 30, min: 1, max: 9_000, help: 'how long reminder 2 waits, in ms' },
  },
  needs: ({ via }) => (via === 'both' ? ['rabbitmq', 'redis'] : [via]),
  about: ({ long, short }) => say`reminder 1 is due after ${long} ms, reminder 2 after ${short} ms`,
  names: ['reminder'],
  validate: ({ long, short }) =>
    long - short >= 50 ? undefined : '--long must be 50 ms more than --short: then it is plain who is due first.',

  async run(lab, { via, long, short }) {
    if (via !== 'redis') await viaRabbitmq(lab, long, short);
    if (via !== 'rabbitmq') await viaRedis(lab, long, short);
  },
});

async function viaRabbitmq(lab: Lab, long: number, short: number) {
  const amqp = await import('amqplib');
  const connect = async (peer: string) =>
    lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true })).createChannel();
  const [calendar, phone] = [await connect('calendar'), await connect('phone')];
  const { queue: due } = await calendar.assertQueue(lab.name('due'));
  const came: number[] = [];
  await phone.consume(due, (delivery) => {
    if (!delivery) return;
    came.push(JSON.parse(delivery.content.toString()).reminder);
    phone.ack(delivery);
  });
  /** What expires in such a queue goes to the default exchange, which takes the key as the name of a queue. */
  const back = { deadLetterExchange: '', deadLetterRoutingKey: due };
  const remind = (reminder: number, queue: string, options = {}) =>
    calendar.sendToQueue(queue, Buffer.from(JSON.stringify({ reminder })), options);

  await lab.step('RabbitMQ: one waiting queue, each message with its own time to live');
  const { queue: waiting } = await calendar.assertQueue(lab.name('waiting'), back);
  const question = say`Reminder 1 waits ${long} ms, reminder 2, behind it, ${short} ms. Which comes first?`;
  const guess = await lab.predict(question, REMINDERS);
  remind(1, waiting, { expiration: long });
  remind(2, waiting, { expiration: short });
  await lab.until('both reminders have come', () => came.length === 2, long + 10_000);
  const why = 'a message expires at the head of its queue only, so the short one waits behind the long one';
  guess.answer(came[0] ?? 0, why);
  lab.check('one queue: the short reminder waits for the long one', came[0] === 1);

  await lab.step('RabbitMQ: a waiting queue for each delay');
  const { queue: slow } = await calendar.assertQueue(lab.name(`waiting-${long}ms`), { ...back, messageTtl: long });
  const { queue: fast } = await calendar.assertQueue(lab.name(`waiting-${short}ms`), { ...back, messageTtl: short });
  const again = await lab.predict('Now each delay has a queue of its own. Which comes first?', REMINDERS);
  remind(1, slow);
  remind(2, fast);
  await lab.until('both reminders have come', () => came.length === 4, long + 10_000);
  again.answer(came[2] ?? 0, 'in each queue all wait for the same time, so the head is always the first that is due');
  lab.check('a queue for each delay: the short reminder comes first', came[2] === 2);
}

async function viaRedis(lab: Lab, long: number, short: number) {
  const { Redis } = await import('ioredis');
  const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
  const [calendar, ...phones] = [await connect('calendar'), await connect('phone-1'), await connect('phone-2')];
  const key = lab.name('reminders');

  await lab.step('Redis: a sorted set, whose scores are the times at which the reminders are due');
  const shows = { one: 'one of them', both: 'both' };
  const guess = await lab.predict('Two phones look into the same sorted set. Who shows reminder 2?', shows);
  const now = Date.now();
  lab.note(say`it is ${now} now (ms since 1970): reminder 2 is due in ${short} ms, reminder 1 in ${long} ms`);
  await calendar.zadd(key, now + long, JSON.stringify({ reminder: 1 }));
  await calendar.zadd(key, now + short, JSON.stringify({ reminder: 2 }));
  const shown: { reminder: number; lateMs: number }[] = [];
  const watch = async (phone: typeof calendar) => {
    while (shown.length < 2) {
      const [next = '', score] = await phone.zrange(key, 0, '0', 'WITHSCORES');
      const lateMs = Date.now() - Number(score);
      if (lateMs < 0) await lab.sleep(-lateMs);
      // Both see that it is due; only one of them removes it.
      else if ((await phone.zrem(key, next)) === 1) shown.push({ ...JSON.parse(next), lateMs });
    }
  };
  await Promise.all(phones.map(watch));
  const order = shown.map(({ reminder }) => reminder);
  guess.answer(count(order, 2) === 1 ? 'one' : 'both', 'ZREM answers 1 to whoever removed it, and 0 to the other');
  lab.check('Redis: each reminder is shown once, in the order of the times', order.join() === '2,1');
  const late = shown.map(({ lateMs }) => lateMs);
  lab.check(
    'Redis: no reminder is shown before its time',
    Math.min(...late) >= 0,
    say`late by ${late.join(' ms, ')} ms`,
  );
}
