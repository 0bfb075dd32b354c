import type { Channel } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

/** What each payment takes from the account. */
const AMOUNT = 10;
/** For how long Redis remembers a payment, in seconds. */
const MEMORY_S = 86_400;
const OFTEN = { 0: 'never', 1: 'once', 2: 'twice' };
const STEPS = {
  without: 'Without a memory: the bank charges each payment that a worker brings, and the worker acks it',
  with: 'With a memory: before the bank charges, it writes the payment down in Redis (SET … NX)',
};
/** Why payment 2 was charged as often as it was. */
const WHY = {
  without:
    'worker-1 had payment 2 charged and was gone before its ack: worker-2 was given it, too, and could not know that it was charged',
  with: 'worker-1 had payment 2 charged and was gone before its ack: worker-2 was given it, too, but Redis had it as begun. Had worker-1 crashed between SET and HINCRBY, it would never be charged: a script that does both in one step closes that gap',
};

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
      : say`payments: ${payments}, 10 € each · workers have the bank charge them, which adds up in Redis what each was charged · worker-1 crashes before an ack · the last payment is sent twice`,
  names: ['payment'],

  async run(lab, { payments, guard, lateCopy }) {
    const amqp = await import('amqplib');
    const { Redis } = await import('ioredis');
    const redis = lab.using(new Redis(await lab.url('redis', 'bank')));
    const rows: [string, number, number][] = [];
    for (const side of guard === 'both' ? (['without', 'with'] as const) : [guard]) {
      const isGuarded = side === 'with';
      const [queue, account] = [lab.name(`payments-${side}`), lab.name(`charged-${side}`)];
      const memory = (payment: number) => lab.name(`seen:${payment}`);
      const charges: number[] = [];
      const times = (payment: number) => charges.filter((one) => one === payment).length as 0 | 1 | 2;
      let handled = 0;
      const connect = async (peer: string) => {
        const connection = await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
        connection.on('error', () => {});
        const channel = await connection.createChannel();
        return { connection, channel, gone: new Promise((resolve) => connection.on('close', resolve)) };
      };
      /** Charges the customer, unless that payment was seen before. */
      const charge = async (payment: number) => {
        if (isGuarded && (await redis.set(memory(payment), 'begun', 'EX', MEMORY_S, 'NX')) === null) return;
        await redis.hincrby(account, `payment-${payment}`, AMOUNT);
        charges.push(payment);
      };
      const work = async (peer: string, crashAt?: number) => {
        const worker = await connect(peer);
        await worker.channel.prefetch(1);
        await worker.channel.consume(queue, async (delivery) => {
          if (!delivery) return;
          const { payment } = JSON.parse(delivery.content.toString());
          await charge(payment);
          handled++;
          if (payment === crashAt) lab.cut(peer);
          else worker.channel.ack(delivery);
        });
        return worker;
      };
      const send = (channel: Channel, payment: number) =>
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ payment, amount: AMOUNT })), { persistent: true });

      await lab.step(STEPS[side]);
      const shop = await connect('shop');
      await shop.channel.assertQueue(queue, { durable: true });
      const question = 'worker-1 charges payment 2 and crashes before its ack. How often is it charged?';
      const crashed = await lab.predict(question, OFTEN);
      for (const payment of range(1, payments)) send(shop.channel, payment);
      await (await work('worker-1', 2)).gone;
      const second = await work('worker-2');
      await lab.until('worker-2 has handled the rest', () => handled === payments + 1);
      crashed.answer(times(2), WHY[side]);

      const doubt = await lab.predict(say`The shop sends payment ${payments} again. How often is it charged?`, OFTEN);
      const lost =
        'The shop lost its connection before it knew whether the last payment had arrived, so it sends it again';
      await lab.step(lost);
      lab.cut('shop');
      await shop.gone;
      if (lateCopy && isGuarded) {
        lab.note('A day passes, and Redis forgets the payment (the run lets it expire now)');
        await redis.pexpire(memory(payments), 1);
        await lab.until('Redis forgets the payment', async () => (await redis.exists(memory(payments))) === 0);
      }
      const again = await connect('shop');
      lab.note(say`connects again, and sends a copy of payment ${payments}`, 'shop');
      send(again.channel, payments);
      await lab.until('the copy is handled', () => handled === payments + 2);
      const known = say`for the broker the copy is a new message; Redis had payment ${payments} already, so it was not charged again`;
      const unknown = say`for the broker the copy is a new message, and nothing says that payment ${payments} was charged`;
      doubt.answer(times(payments), times(payments) === 1 ? known : unknown);
      for (const { connection } of [second, again]) await connection.close();

      const charged = (await redis.hvals(account)).reduce((sum, amount) => sum + Number(amount), 0);
      const twice = range(1, payments).filter((payment) => times(payment) === 2).length;
      const expected = !isGuarded ? 2 : lateCopy ? 1 : 0;
      const title = isGuarded
        ? say`with a memory, payments charged twice: ${expected}`
        : say`without a memory, payments charged twice: ${expected}`;
      const isRight = twice === expected && charged === (payments + expected) * AMOUNT;
      lab.check(title, isRight, say`charged ${charged}, should be ${payments * AMOUNT}`);
      const isCharged = range(1, payments).every((payment) => charges.includes(payment));
      lab.check('every payment was charged', isCharged);
      rows.push([side, payments * AMOUNT, charged]);
    }
    const columns = ['memory', 'should be', { title: 'charged', bar: true }];
    lab.table({ title: 'What the customer was charged', columns, rows });
  },
});
