import { defineScenario, type Lab, say } from 'msgplay';

const FIRST = 'reminder 1 (long)';
const SECOND = 'reminder 2 (short)';
type Options = { readonly long: number; readonly short: number };

export default defineScenario({
  name: 'delayed',
  title: 'Messages for later: waiting queues in RabbitMQ, a sorted set in Redis',
  lesson: 6,
  options: {
    via: {
      type: 'choice',
      choices: ['both', 'rabbitmq', 'redis'],
      default: 'both',
      help: 'who keeps what is for later',
    },
    long: { type: 'integer', default: 120, min: 60, max: 10_000, help: 'how long reminder 1 waits, in ms' },
    short: { type: 'integer', default: 30, min: 1, max: 9_000, help: 'how long reminder 2 waits, in ms' },
  },
  needs: ({ via }) => (via === 'both' ? ['rabbitmq', 'redis'] : [via]),
  about: ({ long, short }) => say`reminder 1 is due after ${long} ms, reminder 2 after ${short} ms`,
  names: ['reminder'],
  validate: ({ long, short }) =>
    long - short < 50
      ? '--long must be 50 ms more than --short, or more: then it is plain who is due first.'
      : undefined,

  async run(lab, { via, ...options }) {
    if (via !== 'redis') await viaRabbitmq(lab, options);
    if (via !== 'rabbitmq') await viaRedis(lab, options);
  },
});

async function viaRabbitmq(lab: Lab, { long, short }: Options): Promise<void> {
  const amqp = await import('amqplib');
  const connect = async (peer: string) => {
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
    return connection.createChannel();
  };
  const [calendar, phone] = [await connect('calendar'), await connect('phone')];
  const due = lab.name('due');
  await calendar.assertQueue(due, { durable: true });
  const back = { durable: true, deadLetterExchange: '', deadLetterRoutingKey: due };
  let since = 0;
  const came: { reminder: number; afterMs: number }[] = [];
  await phone.consume(due, (delivery) => {
    if (!delivery) return;
    const { reminder } = JSON.parse(delivery.content.toString());
    came.push({ reminder, afterMs: lab.now() - since });
    phone.ack(delivery);
  });
  /** Both reminders go out at the same moment; resolves when both have come, with the times. */
  const remind = async (publish: (reminder: number, delayMs: number, body: Buffer) => void) => {
    came.length = 0;
    since = lab.now();
    for (const [turn, delayMs] of [long, short].entries()) {
      publish(turn + 1, delayMs, Buffer.from(JSON.stringify({ reminder: turn + 1 })));
    }
    await lab.until('both reminders have come', () => came.length === 2, long + 10_000);
    return came.map(({ reminder }) => (reminder === 1 ? FIRST : SECOND));
  };

  await lab.step('RabbitMQ: one waiting queue, each message with its own time to live');
  const waiting = lab.name('waiting');
  await calendar.assertQueue(waiting, back);
  const guess = await lab.predict(
    say`Reminder 1 waits ${long} ms, reminder 2, behind it, ${short} ms. Which comes first?`,
    [SECOND, FIRST],
  );
  const mixed = await remind((_, delayMs, body) =>
    calendar.sendToQueue(waiting, body, { persistent: true, expiration: delayMs }),
  );
  guess.answer(
    mixed[0] ?? '',
    'a message expires at the head of its queue only, so the short one waits behind the long one',
  );
  const late = came.find(({ reminder }) => reminder === 2)?.afterMs ?? 0;
  lab.check(
    'one queue: the short reminder waits for the long one',
    mixed[0] === FIRST && late >= long - 5,
    say`after ${Math.round(late)} ms instead of ${short}`,
  );

  await lab.step('RabbitMQ: a waiting queue for each delay');
  for (const delayMs of [long, short]) {
    await calendar.assertQueue(lab.name(`waiting-${delayMs}ms`), { ...back, messageTtl: delayMs });
  }
  const again = await lab.predict('Now each delay has a queue of its own. Which comes first?', [SECOND, FIRST]);
  const apart = await remind((_, delayMs, body) =>
    calendar.sendToQueue(lab.name(`waiting-${delayMs}ms`), body, { persistent: true }),
  );
  again.answer(apart[0] ?? '', 'in each queue all wait for the same time, so the head is always the first that is due');
  lab.check('a queue for each delay: the short reminder comes first', apart[0] === SECOND);
}

async function viaRedis(lab: Lab, { long, short }: Options): Promise<void> {
  const { Redis } = await import('ioredis');
  const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
  const [calendar, ...phones] = [await connect('calendar'), await connect('phone-1'), await connect('phone-2')];
  const key = lab.name('reminders');

  await lab.step('Redis: a sorted set, whose scores are the times at which the reminders are due');
  const guess = await lab.predict('Two phones look into the same sorted set. Who shows reminder 2?', [
    'one of them',
    'both',
  ]);
  const which = await lab.predict('Which of the two reminders is shown first?', [FIRST, SECOND]);
  const start = Date.now();
  for (const [turn, delayMs] of [long, short].entries()) {
    await calendar.zadd(key, start + delayMs, JSON.stringify({ reminder: turn + 1 }));
  }
  const shown: { reminder: number; afterMs: number }[] = [];
  const watch = async (phone: InstanceType<typeof Redis>) => {
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
  guess.answer(
    shown.filter(({ reminder }) => reminder === 2).length === 1 ? 'one of them' : 'both',
    'ZREM answers 1 to whoever removed the member, and 0 to the other',
  );
  which.answer(
    shown[0]?.reminder === 1 ? FIRST : SECOND,
    'the set is sorted by the due time, whichever was added first',
  );
  lab.check('Redis: each reminder is shown once, in the order of the times', order === '2, 1', say`shown: ${order}`);
  const early = shown.some(({ reminder, afterMs }) => afterMs < (reminder === 1 ? long : short));
  lab.check(
    'Redis: no reminder is shown before its time',
    !early,
    say`after ${shown.map((one) => one.afterMs).join(', ')} ms`,
  );
}
