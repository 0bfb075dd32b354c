import { defineScenario, say } from 'msgplay';

/** Small frames leave at once, instead of waiting up to 40 ms for company (Nagle's algorithm). */
const SOCKET = { noDelay: true };
const [ORDINARY, URGENT] = [1, 5];

export default defineScenario({
  name: 'priorities',
  title: 'A priority queue: an urgent job passes those that wait, and only those',
  lesson: 3,
  options: {
    jobs: { type: 'integer', default: 3, min: 1, max: 50, help: 'how many ordinary jobs wait' },
    prefetch: { type: 'integer', default: 2, min: 1, max: 20, help: 'how many unacked jobs the worker may hold' },
    plain: { type: 'flag', help: 'a queue without x-max-priority, where the priority of a message counts for nothing' },
  },
  needs: ['rabbitmq'],
  about: ({ prefetch, plain }) =>
    plain
      ? say`prefetch ${prefetch} · a queue without priorities`
      : say`prefetch ${prefetch} · x-max-priority ${URGENT}`,
  names: ['job', 'urgent'],

  async run(lab, { jobs, prefetch, plain }) {
    const amqp = await import('amqplib');
    const queue = lab.name('jobs');
    const producer = await amqp.connect(await lab.url('rabbitmq', 'producer'), SOCKET);
    lab.defer(() => producer.close());
    const sending = await producer.createConfirmChannel();
    await sending.assertQueue(queue, plain ? {} : { maxPriority: URGENT });
    const send = async (bodies: readonly object[], priority: number): Promise<void> => {
      for (const body of bodies) sending.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { priority });
      await sending.waitForConfirms();
    };
    const ordinary = (count: number) => Array.from({ length: count }, () => ({ job: ++sent }));
    let sent = 0;

    const worker = await amqp.connect(await lab.url('rabbitmq', 'worker'), SOCKET);
    const receiving = await worker.createChannel();
    await receiving.prefetch(prefetch);
    const got: string[] = [];
    /** What the worker has and has not acked; undefined while it acks at once. */
    let held: (() => void)[] | undefined = [];
    const finish = (): void => {
      for (const ack of held ?? []) ack();
      held = undefined;
    };
    const placeOf = (body: object): number => got.indexOf(JSON.stringify(body)) + 1;

    const [first, afterHeld, last] = [
      'first: before all others',
      'after the jobs that the worker holds already',
      'last: it came last',
    ];
    const waiting = await lab.predict('Jobs wait in the queue, then an urgent one comes. When will it be done?', [
      last,
      first,
      'after the job that waits longest',
    ]);
    await lab.step(say`Ordinary jobs (${jobs}) wait, an urgent one comes; then the worker subscribes`);
    await send(ordinary(jobs), ORDINARY);
    await send([{ urgent: 1 }], URGENT);
    await receiving.consume(queue, (delivery) => {
      if (!delivery) return;
      got.push(delivery.content.toString());
      if (held) held.push(() => receiving.ack(delivery));
      else receiving.ack(delivery);
    });
    await lab.until('the worker has its hands full', () => held?.length === Math.min(prefetch, jobs + 1));
    finish();
    await lab.until('the worker has had every job', () => got.length === jobs + 1);
    const place = placeOf({ urgent: 1 });
    waiting.answer(
      place === 1 ? first : last,
      place === 1
        ? 'a priority queue keeps what waits in order of priority, and hands out the highest first'
        : 'a plain queue takes no notice of the priority: first in, first out',
    );

    const late = await lab.predict(
      say`The worker holds jobs (prefetch ${prefetch}), others wait, then an urgent one comes. When will it be done?`,
      [first, last, afterHeld],
    );
    await lab.step(say`The worker is busy with ${prefetch} jobs and ${jobs} wait; now an urgent one comes`);
    held = [];
    const before = got.length;
    await send(ordinary(prefetch + jobs), ORDINARY);
    await lab.until('the worker has its hands full', () => held?.length === prefetch);
    await send([{ urgent: 2 }], URGENT);
    finish();
    await lab.until('the worker has had every job', () => got.length === before + prefetch + jobs + 1);
    await receiving.close();
    await worker.close();
    const latePlace = placeOf({ urgent: 2 }) - before;
    late.answer(
      latePlace === 1 ? first : latePlace === prefetch + 1 ? afterHeld : last,
      say`it was number ${latePlace} of ${prefetch + jobs + 1}: what was delivered is out of the queue, and can't be passed`,
    );

    if (plain) {
      lab.check('without x-max-priority jobs stay in the order of their coming', place === jobs + 1);
    } else {
      lab.check('the urgent job passed all that waited', place === 1, say`number ${place} of ${jobs + 1}`);
      lab.check('it passed nothing that the worker held', latePlace === prefetch + 1, say`number ${latePlace}`);
    }
  },
});
