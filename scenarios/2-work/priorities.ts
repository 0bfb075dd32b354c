import type { ConsumeMessage } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

const [ORDINARY, URGENT] = [1, 5];
const PLAIN = 'a plain queue takes no notice of the priority: first in, first out';

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
      : say`prefetch ${prefetch} · jobs have priority ${ORDINARY}, urgent ones ${URGENT} (the queue knows 0 to ${URGENT}: x-max-priority)`,
  names: ['job', 'urgent'],

  async run(lab, { jobs, prefetch, plain }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const queue = lab.name('jobs');
    const sending = await lab.using(await connect('producer')).createConfirmChannel();
    await sending.assertQueue(queue, plain ? {} : { maxPriority: URGENT });
    const send = async (priority: number, bodies: readonly object[]) => {
      for (const body of bodies) sending.sendToQueue(queue, Buffer.from(JSON.stringify(body)), { priority });
      await sending.waitForConfirms();
    };
    const ordinary = (first: number, last: number) => range(first, last).map((job) => ({ job }));

    const receiving = await lab.using(await connect('worker')).createChannel();
    await receiving.prefetch(prefetch);
    const got: string[] = [];
    const held: ConsumeMessage[] = [];
    let isBusy = true;
    const take = (delivery: ConsumeMessage | null) => {
      if (!delivery) return;
      got.push(delivery.content.toString());
      if (isBusy) held.push(delivery);
      else receiving.ack(delivery);
    };
    const finish = () => {
      isBusy = false;
      for (const delivery of held.splice(0)) receiving.ack(delivery);
    };

    const places = { last: 'last: it came last', first: 'first: before all others' };
    const comes = 'Jobs wait in the queue, then an urgent one comes. When will it be done?';
    const waiting = await lab.predict(comes, places);
    await lab.step(say`Ordinary jobs (${jobs}) wait, an urgent one comes; then the worker subscribes`);
    await send(ORDINARY, ordinary(1, jobs));
    await send(URGENT, [{ urgent: 1 }]);
    await receiving.consume(queue, take);
    await lab.until('the worker has its hands full', () => held.length === Math.min(prefetch, jobs + 1));
    finish();
    await lab.until('the worker has had every job', () => got.length === jobs + 1);
    const place = got.indexOf('{"urgent":1}') + 1;
    const why = 'a priority queue keeps what waits in order of priority, and hands out the highest first';
    if (place === 1) waiting.answer('first', why);
    else waiting.answer('last', PLAIN);

    const question = say`The worker holds jobs (prefetch ${prefetch}), others wait, then an urgent one comes. When will it be done?`;
    const late = await lab.predict(question, { ...places, next: 'after the jobs that the worker holds already' });
    await lab.step(say`The worker is busy with ${prefetch} jobs and ${jobs} wait; now an urgent one comes`);
    isBusy = true;
    got.length = 0;
    await send(ORDINARY, ordinary(jobs + 1, 2 * jobs + prefetch));
    await lab.until('the worker has its hands full', () => held.length === prefetch);
    await send(URGENT, [{ urgent: 2 }]);
    finish();
    await lab.until('the worker has had every job', () => got.length === prefetch + jobs + 1);
    const latePlace = got.indexOf('{"urgent":2}') + 1;
    const behind = say`urgent 2 was the number ${latePlace} of ${got.length} to be delivered: what the worker holds already can't be passed`;
    late.answer(latePlace === 1 ? 'first' : latePlace === prefetch + 1 ? 'next' : 'last', plain ? PLAIN : behind);

    if (plain) {
      lab.check('without x-max-priority jobs stay in the order of their coming', place === jobs + 1);
    } else {
      lab.check('the urgent job passed all that waited', place === 1, say`number ${place} of ${jobs + 1}`);
      const number = say`number ${latePlace} of ${got.length}`;
      lab.check('it passed nothing that the worker held', latePlace === prefetch + 1, number);
    }
  },
});
