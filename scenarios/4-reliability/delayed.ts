import { defineScenario, type Lab, say } from 'msgplay';

const REMINDERS = { 1: 'reminder 1 (long)', 2: 'reminder 2 (short)' };
type Options = { readonly long: number; readonly short: number };

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
    long - short >= 50
      ? undefined
      : '--long must be 50 ms more than --short, or more: then it is plain who is due first.',

  async run(lab, { via, ...options }) {
    if (via !== 'redis') await viaRabbitmq(lab, options);
    if (via !== 'rabbitmq') await viaRedis(lab, options);
  },
});

async function viaRabbitmq(lab: Lab, { long, short }: Options) {
  const amqp = await import('amqplib');
  const connect = async (peer: string) =>
    lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true })).createChannel();
  const [calendar, phone] = [await connect('calendar'), await connect('phone')];
  const due = lab.name('due');
  await calendar.assertQueue(due, { durable: true });
  const back = { durable: true, deadLetterExchange: '', deadLetterRoutingKey: due };
  const came: { reminder: 1 | 2; at: number }[] = [];
  await phone.consume(due, (delivery) => {
    if (!delivery) return;
    came.push({ reminder: JSON.parse(delivery.content.toString()).reminder, at: lab.now() });
    phone.ack(delivery);
  });
  /** Both reminders go out at the same moment; resolves when both have come, to the first of them. */
  const remind = async (queues: readonly string[], options: readonly object[]) => {
    came.length = 0;
    for (const [turn, queue] of queues.entries()) {
      const body = Buffer.from(JSON.stringify({ reminder: turn + 1 }));
      calendar.sendToQueue(queue, body, { persistent: true, ...options[turn] });
    }
    await lab.until('both reminders have come', () => came.length === 2, long + 10_000);
    return came[0]?.reminder ?? 1;
  };

  await lab.step('RabbitMQ: one waiting queue, each message with its own time to live');
  const waiting = lab.name('waiting');
  await calendar.assertQueue(waiting, back);
  const question = say`Reminder 1 waits ${long} ms, reminder 2, behind it, ${short} ms. Which comes first?`;
  const guess = await lab.predict(question, REMINDERS);
  const since = lab.now();
  const mixed = await remind([waiting, waiting], [{ expiration: long }, { expiration: short }]);
  guess.answer(mixed, 'a message expires at the head of its queue only, so the short one waits behind the long one');
  const late = Math.round((came.find(({ reminder }) => reminder === 2)?.at ?? 0) - since);
  const isLate = mixed === 1 && late >= long - 5;
  const instead = say`${late} ms after it was sent, instead of ${short}`;
  lab.check('one queue: the short reminder waits for the long one', isLate, instead);

  await lab.step('RabbitMQ: a waiting queue for each delay');
  const queues = [lab.name(`waiting-${long}ms`), lab.name(`waiting-${short}ms`)];
  for (const [turn, queue] of queues.entries()) {
    await calendar.assertQueue(queue, { ...back, messageTtl: turn === 0 ? long : short });
  }
  const again = await lab.predict('Now each delay has a queue of its own. Which comes first?', REMINDERS);
  const apart = await remind(queues, []);
  again.answer(apart, 'in each queue all wait for the same time, so the head is always the first that is due');
  lab.check('a queue for each delay: the short reminder comes first', apart === 2);
}

async function viaRedis(lab: Lab, { long, short }: Options) {
  const { Redis } = await import('ioredis');
  const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
  const [calendar, ...phones] = [await connect('calendar'), await connect('phone-1'), await connect('phone-2')];
  const key = lab.name('reminders');

  await lab.step('Redis: a sorted set, whose scores are the times at which the reminders are due');
  const shows = { one: 'one of them', both: 'both' };
  const guess = await lab.predict('Two phones look into the same sorted set. Who shows reminder 2?', shows);
  const which = await lab.predict('Which of the two reminders is shown first?', REMINDERS);
  const start = Date.now();
  const due = say`it is ${start} now (ms since 1970): reminder 2 is due ${short} ms from now, reminder 1 ${long} ms`;
  lab.note(due, 'calendar');
  for (const [turn, delayMs] of [long, short].entries()) {
    await calendar.zadd(key, start + delayMs, JSON.stringify({ reminder: turn + 1 }));
  }
  const shown: { reminder: 1 | 2; afterMs: number }[] = [];
  const watch = async (phone: typeof calendar) => {
    while (shown.length < 2) {
      const [next, score] = await phone.zrange(key, 0, '0', 'WITHSCORES');
      const waitMs = Number(score) - Date.now();
      if (next === undefined) return;
      if (waitMs > 0) await lab.sleep(waitMs);
      // Both see that it is due; only one of them removes it.
      else if ((await phone.zrem(key, next)) === 1) {
        shown.push({ ...JSON.parse(next), afterMs: Date.now() - start });
      }
    }
  };
  await Promise.all(phones.map(watch));
  const order = shown.map(({ reminder }) => reminder).join(', ');
  const isOnce = shown.filter(({ reminder }) => reminder === 2).length === 1;
  guess.answer(isOnce ? 'one' : 'both', 'ZREM answers 1 to whoever removed the member, and 0 to the other');
  which.answer(shown[0]?.reminder ?? 1, 'the set is sorted by the due time, whichever was added first');
  lab.check('Redis: each reminder is shown once, in the order of the times', order === '2, 1', say`shown: ${order}`);
  const late = shown.map(({ reminder, afterMs }) => afterMs - (reminder === 1 ? long : short));
  const times = say`reminders ${order}: late by ${late.join(', ')} ms`;
  lab.check('Redis: no reminder is shown before its time', Math.min(...late) >= 0, times);
}
