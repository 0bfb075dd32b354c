import { defineScenario, range, say } from 'msgplay';

const SERVICES = ['payment', 'stock', 'mail'];
const SLOW = 'the order took as long as the three together';
const ENDS = { refused: 'it is refused', late: 'it is placed, when mail is done', fine: 'it is placed at once' };

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
    /** Who has done its part for which order: `mail 1`. */
    const log = new Set<string>();
    const work = async (service: string, order: number) => {
      await lab.sleep(service === 'mail' && mail === 'slow' ? slowness : 5);
      log.add(`${service} ${order}`);
    };
    const did = (service: string, order: number) => log.has(`${service} ${order}`);
    /** How the orders of a customer end. */
    const place = async (url: string, numbers: readonly number[]) => {
      const ends: (keyof typeof ENDS)[] = [];
      for (const order of numbers) {
        const { ok } = await fetch(url, { method: 'POST', body: JSON.stringify({ order }) });
        ends.push(!ok ? 'refused' : mail === 'slow' && did('mail', order) ? 'late' : 'fine');
      }
      return ends;
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

    const calls = say`The order service calls payment, stock and mail, one after the other. mail is ${mail}. What becomes of an order?`;
    const called = await lab.predict(calls, ENDS);
    await lab.step('By calls: the order service asks each of the three, and waits');
    const ends = await place(await calling.url('customer'), range(1, orders));
    const why = isDown ? 'one of three did not answer, so the whole could not be done' : SLOW;
    called.answer(ends[0] ?? 'fine', why);
    const refused = ends.filter((end) => end === 'refused').length;
    const title = isDown ? 'with mail down no order was placed' : 'every order was placed';
    lab.check(title, refused === (isDown ? orders : 0), say`refused: ${refused}`);
    const half = range(1, orders).filter((order) => did('payment', order) && did('stock', order)).length;
    const stays = 'what was done before a call failed stays done: the money is taken, and the goods are set aside';
    if (isDown) lab.check(stays, half === orders, say`orders refused, and half done: ${half}`);

    // Events: the order service has one exchange, and goes on when the broker has the message.
    const exchange = lab.name('orders');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    /** A service declares its queue; where it is up, it goes on to consume. */
    const join = async (service: string, isUp: boolean) => {
      const connection = await connect(service);
      const channel = await connection.createChannel();
      await channel.assertExchange(exchange, 'fanout');
      const { queue } = await channel.assertQueue(lab.name(`${service}-inbox`));
      await channel.bindQueue(queue, exchange, '');
      if (!isUp) return connection.close();
      lab.using(connection);
      await channel.consume(queue, async (delivery) => {
        if (!delivery) return;
        await work(service, JSON.parse(delivery.content.toString()).order);
        channel.ack(delivery);
      });
    };
    await lab.step('By events: each service has a queue of its own, bound to the exchange orders');
    const channel = await lab.using(await connect('orders')).createConfirmChannel();
    await channel.assertExchange(exchange, 'fanout');
    const publishing = await lab.serve('orders', async (request) => {
      const body = await request.text();
      channel.publish(exchange, '', Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
      return new Response(body, { status: 202 });
    });
    for (const service of SERVICES) await join(service, service !== 'mail' || !isDown);
    const event = say`Now the order service publishes an event and answers. mail is ${mail}. What becomes of an order?`;
    const told = await lab.predict(event, ENDS);
    await lab.step('The customer orders again: the event is published, and that is all the order service does');
    const before = lab.traffic('orders').connections;
    const later = await place(await publishing.url('customer'), range(orders + 1, 2 * orders));
    told.answer(later[0] ?? 'refused', 'the broker has the event: whoever is slow or away does its part later');
    const doneBy = (service: string) => range(orders + 1, 2 * orders).every((order) => did(service, order));
    await lab.until('whoever is there has done its part', () => SERVICES.slice(0, isDown ? 2 : 3).every(doneBy));
    lab.check('by events every order was placed', !later.includes('refused'), say`placed: ${later.length}`);
    lab.check('the order service called nobody', lab.traffic('orders').connections === before);
    if (isDown) {
      await lab.step('mail comes back, and finds in its queue what it has missed');
      await join('mail', true);
      await lab.until('mail has done its part', () => doneBy('mail'));
    }
    lab.check('in the end each service had done its part for every event', SERVICES.every(doneBy));
  },
});
