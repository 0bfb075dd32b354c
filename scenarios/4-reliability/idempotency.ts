import { count, defineScenario, range, say } from 'msgplay';

const DAY_S = 86_400;
const AMOUNT = 10;
const OFTEN = { 0: 'never', 1: 'once', 2: 'twice' };
const SIDES = {
  without: {
    step: 'Without a memory: the bank charges each payment that a worker brings, and the worker acks it',
    crash:
      'worker-1 had payment 2 charged and was gone before its ack: worker-2 was given it, too, and did not look whether it was charged',
    copy: 'for the broker the copy is a new message, and nobody looks whether the payment was charged',
    promise: 'without a memory every payment is charged, and both duplicates',
  },
  with: {
    step: 'With a memory: before the bank charges, it writes the payment down in Redis (SET … NX)',
    crash:
      'worker-1 had payment 2 charged and was gone before its ack: worker-2 was given it, too, but Redis had it as begun. Had the bank crashed between SET and HINCRBY, the payment would never be charged: a script that does both in one step closes that gap',
    copy: 'for the broker the copy is a new message; Redis had the payment already, so it was not charged again',
    promise: 'with a memory every payment is charged once',
  },
};

export default defineScenario({
  name: 'idempotency',
  title: 'At least once brings duplicates; Redis remembers what was done',
  lesson: 7,
  options: {
    guard: { type: 'choice', choices: ['both', 'without', 'with'], default: 'both', help: 'whether Redis remembers' },
    payments: { type: 'integer', default: 3, min: 3, max: 100, help: 'how many payments the shop sends' },
  },
  needs: ['rabbitmq', 'redis'],
  about: ({ payments }) =>
    say`payments: ${payments}, 10 € each · workers have the bank charge them, which adds up in Redis what each was charged · worker-1 crashes before an ack · the last payment is sent twice`,
  names: ['payment'],

  async run(lab, { payments, guard }) {
    const amqp = await import('amqplib');
    const { Redis } = await import('ioredis');
    const redis = lab.using(new Redis(await lab.url('redis', 'bank')));
    const connect = async (peer: string) => {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
      return connection.on('error', () => {}).createChannel();
    };
    let shop = await connect('shop');
    for (const side of guard === 'both' ? (['without', 'with'] as const) : [guard]) {
      const { step, crash, copy, promise } = SIDES[side];
      const [queue, account] = [lab.name(`payments-${side}`), lab.name(`charged-${side}`)];
      const charges: number[] = [];
      let handled = 0;
      /** Charges the customer, unless that payment was seen before. */
      const charge = async (payment: number) => {
        const seen = lab.name(`seen:${payment}`);
        if (side === 'with' && (await redis.set(seen, 'begun', 'EX', DAY_S, 'NX')) === null) return;
        await redis.hincrby(account, `payment-${payment}`, AMOUNT);
        charges.push(payment);
      };
      const work = async (peer: string, unacked?: number) => {
        const worker = await connect(peer);
        await worker.prefetch(1);
        await worker.consume(queue, async (delivery) => {
          if (!delivery) return;
          const { payment } = JSON.parse(delivery.content.toString());
          await charge(payment);
          handled++;
          if (payment !== unacked) worker.ack(delivery);
        });
      };
      const send = (payment: number) =>
        shop.sendToQueue(queue, Buffer.from(JSON.stringify({ payment, amount: AMOUNT })), { persistent: true });

      await lab.step(step);
      await shop.assertQueue(queue, { durable: true });
      const question = 'worker-1 charges payment 2 and crashes before its ack. How often is it charged?';
      const crashed = await lab.predict(question, OFTEN);
      for (const payment of range(1, payments)) send(payment);
      await work('worker-1', 2);
      await lab.until('worker-1 has charged payment 2', () => handled === 2);
      await lab.cut('worker-1');
      await work('worker-2');
      await lab.until('worker-2 has handled the rest', () => handled === payments + 1);
      crashed.answer(count(charges, 2), crash);

      const doubt = await lab.predict(say`The shop sends payment ${payments} again. How often is it charged?`, OFTEN);
      await lab.step('The shop loses its connection. Has the last payment arrived? It sends it again');
      await lab.cut('shop');
      shop = await connect('shop');
      lab.note(say`connects again, and sends a copy of payment ${payments}`, 'shop');
      send(payments);
      await lab.until('the copy is handled', () => handled === payments + 2);
      doubt.answer(count(charges, payments), copy);

      const [due, charged] = [payments * AMOUNT, charges.length * AMOUNT];
      const isPromised = charges.length === payments + (side === 'with' ? 0 : 2) && new Set(charges).size === payments;
      lab.check(promise, isPromised, say`charged ${charged}, should be ${due}`);
    }
  },
});
