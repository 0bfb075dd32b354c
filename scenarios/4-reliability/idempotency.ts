import type { Channel, ConsumeMessage } from 'amqplib';
import { defineScenario, type Lab, say } from 'msgplay';

/** What each payment takes from the account. */
const AMOUNT = 10;
/** For how long Redis remembers a payment, in seconds. */
const MEMORY_S = 86_400;
const OFTEN = ['once', 'twice', 'never'] as const;
type Options = { readonly payments: number; readonly lateCopy: boolean };

export default defineScenario({
  name: 'idempotency',
  title: 'At least once brings duplicates; Redis remembers what was done',
  lesson: 7,
  options: {
    guard: { type: 'choice', choices: ['both', 'without', 'with'], default: 'both', help: 'whether Redis remembers' },
    payments: { type: 'integer', default: 3, min: 3, max: 100, help: 'how many payments the shop sends' },
    lateCopy: { type: 'flag', help: 'the copy of the last payment comes when Redis has forgotten it' },
  },
  needs: ['rabbitmq', 'redis'],
  about: ({ payments, lateCopy }) =>
    lateCopy
      ? say`payments: ${payments} · the copy of the last one comes too late for the memory`
      : say`payments: ${payments} · worker-1 crashes before an ack · the last payment is sent twice`,
  names: ['payment'],

  async run(lab, { guard, ...options }) {
    const rows = [];
    for (const isGuarded of guard === 'both' ? [false, true] : [guard === 'with']) {
      rows.push([isGuarded ? 'with' : 'without', options.payments * AMOUNT, await pay(lab, isGuarded, options)]);
    }
    lab.table({
      title: 'What the customer was charged',
      columns: ['memory', 'should be', { title: 'charged', bar: true }],
      rows,
    });
  },
});

/** Payments come twice for two reasons; tells what the customer was charged altogether. */
async function pay(lab: Lab, isGuarded: boolean, { payments, lateCopy }: Options): Promise<number> {
  const amqp = await import('amqplib');
  const { Redis } = await import('ioredis');
  const side = isGuarded ? 'with' : 'without';
  const queue = lab.name(`payments-${side}`);
  const account = lab.name(`charged-${side}`);
  const memory = (payment: number) => lab.name(`done-${side}:${payment}`);
  const charges = new Map<number, number>();
  const often = (payment: number) => (charges.has(payment) ? (charges.get(payment) === 1 ? 'once' : 'twice') : 'never');
  let handled = 0;

  const connect = async (peer: string) => {
    const connection = await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const channel = await connection.createChannel();
    for (const one of [connection, channel]) one.on('error', () => {});
    const gone = new Promise((resolve) => connection.on('close', resolve));
    return { connection, channel, gone };
  };
  const redis = lab.using(new Redis(await lab.url('redis', 'bank')));
  /** Charges the customer, unless that payment was done before. */
  const charge = async (payment: number) => {
    if (isGuarded && (await redis.set(memory(payment), 'done', 'EX', MEMORY_S, 'NX')) === null) return;
    await redis.incrby(account, AMOUNT);
    charges.set(payment, (charges.get(payment) ?? 0) + 1);
  };
  const work = (channel: Channel, crashAt?: number) => {
    const handle = async (delivery: ConsumeMessage) => {
      const { payment } = JSON.parse(delivery.content.toString());
      await charge(payment);
      handled++;
      if (payment === crashAt) lab.cut('worker-1');
      else channel.ack(delivery);
    };
    return channel.consume(queue, (delivery) => delivery && void handle(delivery));
  };
  const send = (channel: Channel, payment: number) =>
    channel.sendToQueue(queue, Buffer.from(JSON.stringify({ payment, amount: AMOUNT })), { persistent: true });

  await lab.step(
    isGuarded
      ? 'With a memory: the worker asks Redis first (SET … NX): was this payment done?'
      : 'Without a memory: the worker charges whatever comes',
  );
  const shop = await connect('shop');
  await shop.channel.assertQueue(queue, { durable: true });
  const crashed = await lab.predict(
    'worker-1 charges payment 2 and crashes before its ack. How often is it charged?',
    OFTEN,
  );
  for (let payment = 1; payment <= payments; payment++) send(shop.channel, payment);
  const first = await connect('worker-1');
  await first.channel.prefetch(1);
  await work(first.channel, 2);
  await first.gone;
  const second = await connect('worker-2');
  await second.channel.prefetch(1);
  await work(second.channel);
  await lab.until('worker-2 has handled the rest', () => handled === payments + 1);
  crashed.answer(
    often(2),
    isGuarded
      ? 'worker-2 was given it, too, but Redis knew that it was done'
      : 'worker-2 was given it, too, and could not know that it was done',
  );

  const doubt = await lab.predict(say`The shop sends payment ${payments} again. How often is it charged?`, OFTEN);
  await lab.step(
    'The shop lost its connection before it knew whether the last payment had arrived, so it sends it again',
  );
  lab.cut('shop');
  await shop.gone;
  if (lateCopy && isGuarded) {
    lab.note('A day passes, and Redis forgets the payment (the run lets it expire now)');
    await redis.pexpire(memory(payments), 1);
    while ((await redis.exists(memory(payments))) === 1) await lab.sleep(1);
  }
  const again = await connect('shop');
  send(again.channel, payments);
  await lab.until('the copy is handled', () => handled === payments + 2);
  doubt.answer(
    often(payments),
    charges.get(payments) === 1
      ? 'for the broker the copy is a new message; Redis knew its number'
      : 'for the broker the copy is a new message, and nobody knew its number any more',
  );
  for (const { channel, connection } of [second, again]) {
    await channel.close();
    await connection.close();
  }

  const charged = Number(await redis.get(account));
  const twice = [...charges.values()].filter((count) => count > 1).length;
  const expected = !isGuarded ? 2 : lateCopy ? 1 : 0;
  lab.check(
    isGuarded
      ? say`with a memory, payments charged twice: ${expected}`
      : say`without a memory, payments charged twice: ${expected}`,
    twice === expected && charged === (payments + expected) * AMOUNT,
    say`charged ${charged} instead of ${payments * AMOUNT}`,
  );
  lab.check('every payment was charged', charges.size === payments);
  return charged;
}
