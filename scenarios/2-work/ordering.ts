import { defineScenario, range, say } from 'msgplay';

export default defineScenario({
  name: 'ordering',
  title: 'Competing consumers break the order; a single active consumer keeps it',
  lesson: 4,
  options: {
    events: { type: 'integer', default: 4, min: 2, max: 50, help: 'how many events are published in each part' },
    consumers: { type: 'integer', default: 2, min: 2, max: 10, help: 'how many consumers share a queue' },
  },
  needs: ['rabbitmq'],
  about: ({ events, consumers }) => say`events: ${events} in each part · consumers: ${consumers} · prefetch 1`,
  names: ['event'],

  async run(lab, { events, consumers }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const channel = await lab.using(await connect('publisher')).createConfirmChannel();
    const publish = async (queue: string, from: number) => {
      for (const event of range(from, from + events - 1)) {
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ event })));
      }
      await channel.waitForConfirms();
    };
    const names = range(1, consumers).map((number) => `consumer-${number}`);
    const consume = async (queue: string, name: string, work: (event: number) => unknown) => {
      const connection = await connect(name);
      const consumer = await connection.createChannel();
      await consumer.prefetch(1);
      await consumer.consume(queue, async (delivery) => {
        if (!delivery) return;
        await work(JSON.parse(delivery.content.toString()).event);
        consumer.ack(delivery);
      });
      return connection;
    };
    const isSorted = (list: readonly number[]) => list.every((event, index) => event > (list[index - 1] ?? 0));

    const question = say`A queue is first in, first out. ${consumers} consumers share it. In which order are events finished?`;
    const orders = { kept: 'in the order in which they were published', broken: 'in another order' };
    const order = await lab.predict(question, orders);
    await lab.step(say`${consumers} consumers share a queue; event 1 takes longest`);
    const shared = lab.name('shared');
    await channel.assertQueue(shared);
    const finished: number[] = [];
    const compete = async (event: number) => {
      // Longer than any other: the others have their turns in the meantime.
      if (event === 1) await lab.until('the other consumers go on', () => finished.length === events - 1);
      finished.push(event);
    };
    const competing = await Promise.all(names.map((name) => consume(shared, name, compete)));
    await publish(shared, 1);
    await lab.until('every event is finished', () => finished.length === events);
    for (const connection of competing) await connection.close();
    const overtaken = say`the events were finished as ${finished.join(' ')}: delivered in order, but a slow consumer is overtaken`;
    order.answer(isSorted(finished) ? 'kept' : 'broken', overtaken);
    lab.check('competing consumers broke the order', !isSorted(finished), finished.join(' '));

    const shares = { turns: 'they take turns', one: 'the first one gets all of them', each: 'each of them gets all' };
    const same = 'Now the same consumers share a queue with x-single-active-consumer. Who gets the events?';
    const who = await lab.predict(same, shares);
    await lab.step('The queue has a single active consumer: the others stand by');
    const single = lab.name('single');
    await channel.assertQueue(single, { arguments: { 'x-single-active-consumer': true } });
    const log: { event: number; name: string }[] = [];
    const standing: Awaited<ReturnType<typeof consume>>[] = [];
    for (const name of names) standing.push(await consume(single, name, (event) => log.push({ event, name })));
    for (const name of names.slice(1)) lab.note('stands by: one consumer at a time is active', name);
    await publish(single, 1);
    await lab.until('every event is finished', () => log.length === events);
    const active = [...new Set(log.map(({ name }) => name))];
    const why = say`${active.join(', ')} got all ${log.length}: the others get nothing as long as it is there`;
    who.answer(active.length === 1 ? 'one' : 'turns', why);

    await lab.step('The active consumer leaves: the next one becomes active, and gets what comes');
    await standing.shift()?.close();
    await publish(single, events + 1);
    await lab.until('every event is finished', () => log.length === 2 * events);
    for (const connection of standing) await connection.close();
    lab.check('a single active consumer kept the order', isSorted(log.map(({ event }) => event)));
    const [first, next, ...others] = new Set(log.map(({ name }) => name));
    lab.check('one consumer at a time', first === names[0] && others.length === 0, say`${first}, then ${next}`);
  },
});
