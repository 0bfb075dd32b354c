import { defineScenario, range, say } from 'msgplay';

const FATES = {
  wait: 'they wait',
  dropped: 'the oldest go',
  refused: 'they are refused',
  blocked: 'the producer waits',
};
/** Why more orders than the queue has room for fare as they do. */
const WHY = {
  dropped: 'overflow drop-head makes room at the old end, and nobody is told',
  wait: 'without a limit a queue grows until the broker runs short of memory or disk',
  refused: 'overflow reject-publish passes the pressure on to the producer, who must know what to do with it',
};
const OVERFLOW = ['drop-head', 'reject-publish'] as const;

export default defineScenario({
  name: 'backpressure',
  title: 'A slow consumer: what prefetch, a limit and an overflow policy do, and to whom',
  lesson: 2,
  options: {
    prefetch: { type: 'integer', default: 2, min: 1, max: 50, help: 'how many unacked orders the consumer may hold' },
    limit: { type: 'integer', default: 3, min: 0, max: 50, help: 'how many orders may wait (0: no limit)' },
    excess: { type: 'integer', default: 4, min: 1, max: 50, help: 'how many more orders come then' },
    overflow: { type: 'choice', choices: OVERFLOW, default: 'drop-head', help: 'drop the oldest, or refuse new ones' },
    again: { type: 'flag', help: 'the producer waits, and sends again what was refused' },
  },
  needs: ['rabbitmq'],
  about: ({ prefetch, limit, overflow }) =>
    say`prefetch ${prefetch} · limit of the queue: ${limit} · overflow: ${overflow}`,
  names: ['order'],

  async run(lab, { prefetch, limit, excess, overflow, again }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const queue = lab.name('orders');
    const sending = await lab.using(await connect('producer')).createConfirmChannel();
    const bounds = { 'x-max-length': limit, 'x-overflow': overflow };
    await sending.assertQueue(queue, { arguments: limit === 0 ? {} : bounds });
    const refused: number[] = [];
    /** Resolves when the broker has taken the order (ack) or refused it (nack). */
    const publish = (order: number) =>
      new Promise<void>((resolve) => {
        sending.sendToQueue(queue, Buffer.from(JSON.stringify({ order, what: 'tea' })), {}, (nacked) => {
          if (nacked) refused.push(order);
          resolve();
        });
      });
    const receiving = await lab.using(await connect('consumer')).createChannel();
    await receiving.prefetch(prefetch);
    const got: number[] = [];
    let isSlow = true;

    const shares = { all: 'all of them', some: 'as many as its prefetch allows', one: 'one at a time' };
    const room = await lab.predict('The consumer acks nothing yet. How many orders will it be given?', shares);
    const first = prefetch + (limit || 3);
    await lab.step(say`The producer sends ${first} orders to a consumer that acks nothing yet`);
    await receiving.consume(queue, (delivery) => {
      if (!delivery) return;
      got.push(JSON.parse(delivery.content.toString()).order);
      if (!isSlow) receiving.ack(delivery);
    });
    for (const order of range(1, first)) await publish(order);
    await lab.until('the consumer has its hands full', () => got.length === prefetch);
    const waiting = (await sending.checkQueue(queue)).messageCount;
    const why = say`the consumer got ${got.length}, which is its prefetch; ${waiting} wait in the queue, where they don't burden it`;
    room.answer(got.length < first ? 'some' : 'all', why);
    lab.check('prefetch bounds what the consumer holds', got.length === prefetch, say`${got.length} unacked`);

    const rest = await lab.predict(say`The queue holds ${waiting} orders, and more come. What happens?`, FATES);
    await lab.step(say`The producer sends ${excess} more`);
    for (const order of range(first + 1, first + excess)) await publish(order);
    const length = (await sending.checkQueue(queue)).messageCount;
    const lost = waiting + excess - length - refused.length;
    lab.note(say`in the queue: ${length} · refused with a nack: ${refused.length} · dropped without a word: ${lost}`);
    const fate = lost > 0 ? 'dropped' : refused.length > 0 ? 'refused' : 'wait';
    rest.answer(fate, WHY[fate]);
    if (limit > 0) lab.check('the queue never held more than its limit', length <= limit, say`${length} of ${limit}`);

    await lab.step('The consumer recovers: it acks what it holds, and takes the rest');
    isSlow = false;
    receiving.ackAll();
    await lab.until('the queue is empty again', () => got.length === prefetch + length);
    if (again && refused.length > 0) {
      await lab.step('The producer sends again what was refused');
      while (refused.length > 0) for (const order of refused.splice(0)) await publish(order);
      await lab.until('the consumer gets those, too', () => got.length === first + excess);
    }
    const came = first + excess - lost - refused.length;
    lab.check('the consumer got what was neither dropped nor refused', got.length === came, got.join(' '));
  },
});
