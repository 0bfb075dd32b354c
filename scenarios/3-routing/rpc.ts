import type { ConsumeMessage } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

/** How long a request is worth something, and how long the client waits for its reply. */
const [EXPIRES_MS, PATIENCE_MS] = [20, 60];

export default defineScenario({
  name: 'rpc',
  title: 'Request and reply over queues: reply-to, correlation ids, and nobody there',
  lesson: 5,
  options: {
    requests: { type: 'integer', default: 3, min: 2, max: 50, help: 'how many requests the client sends at once' },
    direct: { type: 'flag', help: 'replies come by amq.rabbitmq.reply-to, without a queue of their own' },
    lasting: { type: 'flag', help: 'a request that nobody takes waits on, instead of expiring' },
  },
  needs: ['rabbitmq'],
  about: ({ requests }) => say`requests: ${requests} · each has a reply-to address and a correlation id`,
  names: ['request', 'reply'],

  async run(lab, { requests, direct, lasting }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const queue = lab.name('prices');
    const channel = await lab.using(await connect('client')).createChannel();
    await channel.assertQueue(queue);
    const replies = direct ? undefined : await channel.assertQueue(lab.name('replies'), { exclusive: true });
    const replyTo = replies?.queue ?? 'amq.rabbitmq.reply-to';
    const pending = new Map<string, (price: number) => void>();
    const replied: number[] = [];
    const receive = (delivery: ConsumeMessage | null) => {
      const { reply, price } = JSON.parse(String(delivery?.content));
      replied.push(reply);
      pending.get(delivery?.properties.correlationId)?.(price);
    };
    await channel.consume(replyTo, receive, { noAck: true });
    const call = (request: number, options = {}) =>
      new Promise<number>((resolve) => {
        const correlationId = `id-${request}`;
        pending.set(correlationId, resolve);
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ request })), { ...options, replyTo, correlationId });
      });

    const served: number[] = [];
    const serve = async () => {
      const connection = await connect('server');
      const server = await connection.createChannel();
      await server.consume(queue, async (delivery) => {
        if (!delivery) return;
        const { request } = JSON.parse(delivery.content.toString());
        served.push(request);
        // The first one takes longest: the others are answered meanwhile.
        if (request === 1) await lab.until('the others are answered', () => replied.length === requests - 1);
        const { replyTo: to, correlationId } = delivery.properties;
        server.sendToQueue(to, Buffer.from(JSON.stringify({ reply: request, price: 10 * request })), { correlationId });
        server.ack(delivery);
      });
      // The channel first: that way its last acks are on the wire before the connection goes.
      return () => server.close().then(() => connection.close());
    };

    const ways = { byOrder: 'by its place', byId: 'by its correlation id', byConnection: 'by a connection of its own' };
    const match = await lab.predict('The first request takes longest. How are the replies told apart?', ways);
    await lab.step(say`${requests} requests at once; the server answers the first one last`);
    const leave = await serve();
    lab.note(say`request 1 asks for its reply at ${replyTo}, with correlation id id-1`, 'client');
    const prices = await Promise.all(range(1, requests).map((request) => call(request)));
    await leave();
    const order = replied.join(' ');
    const isSorted = order === range(1, requests).join(' ');
    const how = say`the replies came as ${order}; each carries the correlation id of its request back`;
    match.answer(isSorted ? 'byOrder' : 'byId', how);
    const isFound = prices.every((price, index) => price === 10 * (index + 1));
    lab.check('each reply found its request', isFound, prices.join(' '));
    lab.check('replies need not come in the order of the requests', !isSorted, order);

    const gets = { error: 'an error from the broker', nothing: 'nothing', refused: 'a refused connection' };
    const alone = await lab.predict('The server is gone. What will the client get for its next request?', gets);
    await lab.step('The server is gone; the client asks, and waits in vain');
    const lost = requests + 1;
    const price = await Promise.race([call(lost, lasting ? {} : { expiration: EXPIRES_MS }), lab.sleep(PATIENCE_MS)]);
    const silence = say`for ${PATIENCE_MS} ms no reply came: the broker took the request, and can't know whether anybody will answer`;
    alone.answer(price === undefined ? 'nothing' : 'error', silence);
    lab.check('without a server there is no reply, and no error', price === undefined);

    await lab.step('The server returns, and the client asks something else');
    const leaveAgain = await serve();
    await call(lost + 1);
    await leaveAgain();
    const isDone = served.includes(lost);
    const stayed = say`request ${lost} was still in the queue, so it was done, though nobody waits for it`;
    const expired = say`request ${lost} had expired after ${EXPIRES_MS} ms; that shows now, as the one behind it is delivered and it is not`;
    lab.note(isDone ? stayed : expired);
    const title = lasting ? 'a request that is kept is done for nobody' : 'an expired request is not done';
    lab.check(title, isDone === lasting);
  },
});
