import { defineScenario, say } from 'msgplay';

const SERVICES = ['payment', 'stock', 'mail'];
const [FAILS, LATE, FINE] = ['it is refused', 'it is placed, when mail is done', 'it is placed at once'];

export default defineScenario({
  name: 'coupling',
  title: 'An order calls three services, or just tells what happened: who must know whom, and who must be up',
  lesson: 1,
  options: {
    mail: { type: 'choice', choices: ['up', 'slow', 'down'], default: 'down', help: 'how the mail service is' },
    slowness: { type: 'integer', default: 150, min: 20, max: 5000, help: 'milliseconds that a slow mail takes' },
    orders: { type: 'integer', default: 1, min: 1, max: 20, help: 'how many orders are placed each way' },
  },
  needs: ['rabbitmq'],
  names: ['order'],
  about: ({ mail, orders }) => say`orders each way: ${orders} · the mail service is ${mail}`,

  async run(lab, { mail, slowness, orders }) {
    const amqp = await import('amqplib');
    const isDown = mail === 'down';
    /** Who has done what for which order, in the order in which it happened. */
    const log: string[] = [];
    const work = async (service: string, order: number) => {
      await lab.sleep(service === 'mail' && mail === 'slow' ? slowness : 5);
      log.push(`${service} ${order}`);
    };
    const did = (service: string, order: number) => log.includes(`${service} ${order}`);
    const place = async (url: string, order: number): Promise<string | undefined> => {
      const { ok } = await fetch(url, { method: 'POST', body: JSON.stringify({ order }) });
      const waited = mail === 'slow' && did('mail', order);
      return ok ? (waited ? LATE : FINE) : FAILS;
    };

    // Calls: the order service has three addresses, and goes on when it has an answer.
    const addresses: string[] = [];
    for (const service of SERVICES) {
      const server = await lab.serve(service, async (request) => {
        const { order } = (await request.json()) as { order: number };
        await work(service, order);
        return Response.json({ order });
      });
      addresses.push(await server.url('orders'));
      if (service === 'mail' && isDown) await server.stop();
    }
    const calling = await lab.serve('orders', async (request) => {
      const body = await request.text();
      for (const address of addresses) {
        const response = await fetch(address, { method: 'POST', body }).catch(() => undefined);
        if (!response?.ok) return new Response(body, { status: 503 });
      }
      return new Response(body, { status: 201 });
    });
    const called = await lab.predict(
      say`The order service calls payment, stock and mail, one after the other. mail is ${mail}. What becomes of an order?`,
      [FAILS, LATE, FINE] as string[],
    );
    await lab.step('By calls: the order service asks each of the three, and waits');
    const ends: (string | undefined)[] = [];
    for (let order = 1; order <= orders; order++) ends.push(await place(await calling.url('customer'), order));
    called.answer(
      ends[0] ?? '',
      isDown ? 'one of three did not answer, so the whole could not be done' : 'it took as long as the three together',
    );
    const refused = ends.filter((end) => end === FAILS).length;
    lab.check(
      isDown ? 'with mail down no order was placed' : 'every order was placed',
      refused === (isDown ? orders : 0),
      say`refused: ${refused}`,
    );
    const paid = [...ends.keys()].filter((index) => ends[index] === FAILS && did('payment', index + 1)).length;
    if (isDown) lab.check('payment has the money for orders that were refused', paid === orders, say`orders: ${paid}`);

    // Events: the order service has one exchange, and goes on when the broker has the message.
    const exchange = lab.name('orders');
    const working: (() => Promise<void>)[] = [];
    const goHome = async () => {
      for (const leave of working.splice(0)) await leave();
    };
    lab.defer(goHome);
    const join = async (service: string) => {
      const connection = await amqp.connect(await lab.url('rabbitmq', service), { noDelay: true });
      const channel = await connection.createChannel();
      await channel.assertExchange(exchange, 'fanout');
      const { queue } = await channel.assertQueue(lab.name(`${service}-inbox`));
      await channel.bindQueue(queue, exchange, '');
      const start = () =>
        channel.consume(queue, async (delivery) => {
          if (!delivery) return;
          await work(service, JSON.parse(delivery.content.toString()).order);
          channel.ack(delivery);
        });
      const leave = async () => {
        await channel.close();
        await connection.close();
      };
      return { start, leave };
    };
    await lab.step('By events: each service has a queue of its own, bound to the exchange orders');
    const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', 'orders'), { noDelay: true }));
    const channel = await connection.createConfirmChannel();
    await channel.assertExchange(exchange, 'fanout');
    const publishing = await lab.serve('orders', async (request) => {
      const body = await request.text();
      channel.publish(exchange, '', Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
      return new Response(body, { status: 202 });
    });
    for (const service of SERVICES) {
      const { start, leave } = await join(service);
      if (service === 'mail' && isDown) {
        await leave();
        continue;
      }
      working.push(leave);
      await start();
    }
    const told = await lab.predict(
      say`Now the order service publishes an event and answers. mail is ${mail}. What becomes of an order?`,
      [FAILS, LATE, FINE] as string[],
    );
    await lab.step('The customer orders again: the event is published, and that is all the order service does');
    const before = lab.traffic('orders').connections;
    const numbers = Array.from({ length: orders }, (_, index) => orders + index + 1);
    const later: (string | undefined)[] = [];
    for (const order of numbers) later.push(await place(await publishing.url('customer'), order));
    told.answer(later[0] ?? '', 'the broker has the event: whoever is slow or away does its part later');
    const doneBy = (service: string) => numbers.every((order) => did(service, order));
    await lab.until('whoever is there has done its part', () => SERVICES.slice(0, isDown ? 2 : 3).every(doneBy));
    await goHome();
    lab.check(
      'every order was placed',
      later.every((end) => end !== FAILS),
      say`placed: ${later.length}`,
    );
    lab.check('the order service called nobody', lab.traffic('orders').connections === before);
    if (isDown) {
      await lab.step('mail comes back, and finds in its queue what it has missed');
      const { start, leave } = await join('mail');
      working.push(leave);
      await start();
      await lab.until('mail has done its part', () => doneBy('mail'));
      await goHome();
    }
    lab.check('in the end each service had done its part for every order', SERVICES.every(doneBy));
  },
});
