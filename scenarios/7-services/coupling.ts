import { defineScenario, say } from 'msgplay';

const SERVICES = ['payment', 'stock', 'mail'];
/** How an order can end, by the status of the answer. */
const ENDS = { 503: 'it is refused', 201: 'it is placed, when mail is done', 202: 'it is placed at once' };

export default defineScenario({
  name: 'coupling',
  title: 'An order calls three services, or just tells what happened: who must know whom, and who must be up',
  lesson: 1,
  options: {
    mail: { type: 'choice', choices: ['up', 'slow', 'down'], default: 'down', help: 'how the mail service is' },
    slowness: { type: 'integer', default: 150, min: 20, max: 5000, help: 'milliseconds that a slow mail takes' },
  },
  needs: ['rabbitmq'],
  names: ['order'],
  about: ({ mail }) => say`one order each way · the mail service is ${mail}`,

  async run(lab, { mail, slowness }) {
    const amqp = await import('amqplib');
    const isDown = mail === 'down';
    /** Who has done its part, of the order by calls and of the one by events. */
    const [byCalls, byEvents] = [[] as string[], [] as string[]];
    const work = async (service: string, done: string[]) => {
      await lab.sleep(service === 'mail' && mail === 'slow' ? slowness : 5);
      done.push(service);
    };
    const place = async (url: string, order: number) => {
      const { status } = await fetch(url, { method: 'POST', body: JSON.stringify({ order }) });
      return status as keyof typeof ENDS;
    };

    const calls = say`The order service calls payment, stock and mail, one after the other. mail is ${mail}. What becomes of an order?`;
    const called = await lab.predict(calls, ENDS);
    await lab.step('By calls: the order service asks each of the three, and waits');
    const addresses: string[] = [];
    for (const service of SERVICES) {
      const server = await lab.serve(service, async (request) => {
        await work(service, byCalls);
        return new Response(await request.text());
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
    const end = await place(await calling.url('customer'), 1);
    const slow = 'the order took as long as the three together';
    called.answer(end, isDown ? 'one of three did not answer, so the whole could not be done' : slow);
    lab.check(isDown ? 'with mail down no order was placed' : 'every order was placed', end === (isDown ? 503 : 201));
    const stays = 'what was done before a call failed stays done: the money is taken, and the goods are set aside';
    if (isDown) lab.check(stays, byCalls.join() === 'payment,stock');

    await lab.step('By events: each service has a queue of its own, bound to the exchange orders');
    const exchange = lab.name('orders');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const channel = await lab.using(await connect('orders')).createConfirmChannel();
    await channel.assertExchange(exchange, 'fanout');
    const publishing = await lab.serve('orders', async (request) => {
      const body = await request.text();
      channel.publish(exchange, '', Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
      return new Response(body, { status: 202 });
    });
    /** A service declares its queue; where it is up, it goes on to consume. */
    const join = async (service: string, isUp: boolean) => {
      const connection = lab.using(await connect(service));
      const inbox = await connection.createChannel();
      const { queue } = await inbox.assertQueue(lab.name(`${service}-inbox`));
      await inbox.bindQueue(queue, exchange, '');
      if (!isUp) return connection.close();
      await inbox.consume(queue, async (delivery) => {
        if (!delivery) return;
        await work(service, byEvents);
        inbox.ack(delivery);
      });
    };
    for (const service of SERVICES) await join(service, service !== 'mail' || !isDown);
    const event = say`Now the order service publishes an event and answers. mail is ${mail}. What becomes of an order?`;
    const told = await lab.predict(event, ENDS);
    await lab.step('The customer orders again: the event is published, and that is all the order service does');
    const { connections } = lab.traffic('orders');
    const later = await place(await publishing.url('customer'), 2);
    told.answer(later, 'the broker has the event: whoever is slow or away does its part later');
    await lab.until('whoever is there has done its part', () => byEvents.length === (isDown ? 2 : 3));
    lab.check('by events every order was placed', later === 202);
    lab.check('the order service called nobody', lab.traffic('orders').connections === connections);
    if (isDown) {
      await lab.step('mail comes back, and finds in its queue what it has missed');
      await join('mail', true);
      await lab.until('mail has done its part', () => byEvents.includes('mail'));
    }
    lab.check('in the end each service had done its part for every event', byEvents.length === SERVICES.length);
  },
});
