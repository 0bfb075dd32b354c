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
  about: ({ requests, direct }) =>
    direct
      ? say`requests: ${requests} · replies by direct reply-to`
      : say`requests: ${requests} · replies by a queue of the client's own`,
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
        const wanted = say`request 1 asks for its reply at ${replyTo}, with correlation id ${correlationId}`;
        if (request === 1) lab.note(wanted, 'client');
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ request })), { ...options, replyTo, correlationId });
      });

    const served: number[] = [];
    const serve = async () => {
      const connection = await connect('server');
      const server = await connection.createChannel();
      await server.assertQueue(queue);
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

    const match = await lab.predict('The first request takes longest. How will the client know which reply is whose?', {
      byOrder: 'by its place: the first reply belongs to the first request',
      byId: 'by its correlation id',
      byConnection: 'each request has a connection of its own',
    });
    const once = say`${requests} requests at once, each with a reply-to address and a correlation id; the server answers the first one last`;
    await lab.step(once);
    const leave = await serve();
    const prices = await Promise.all(range(1, requests).map((request) => call(request)));
    const [asked, order] = [range(1, requests).join(' '), replied.join(' ')];
    await leave();
    const how = say`the replies came as ${order}; each carries the correlation id of its request back`;
    match.answer(order === asked ? 'byOrder' : 'byId', how);
    const isFound = prices.every((price, index) => price === 10 * (index + 1));
    lab.check('each reply found its request', isFound, prices.join(' '));
    lab.check('replies need not come in the order of the requests', order !== asked, order);

    const lost = requests + 1;
    const alone = await lab.predict('The server is gone. What will the client get for its next request?', {
      error: 'an error from the broker',
      nothing: 'nothing: it must give up by itself',
      refused: 'a refused connection, as with HTTP',
    });
    const short = say`The server is gone; the client sends a request that may live ${EXPIRES_MS} ms, and waits in vain`;
    await lab.step(lasting ? 'The server is gone; the client asks, and waits in vain' : short);
    const errors: Error[] = [];
    channel.once('error', (error) => errors.push(error));
    const options = lasting ? {} : { expiration: String(EXPIRES_MS) };
    const price = await Promise.race([call(lost, options), lab.sleep(PATIENCE_MS)]);
    pending.delete(`id-${lost}`);
    const silence = say`for ${PATIENCE_MS} ms no reply came: the broker took the request, and can't know whether anybody will answer`;
    alone.answer(errors.length > 0 ? 'error' : 'nothing', silence);
    lab.check('without a server there is no reply, and no error', price === undefined && errors.length === 0);

    await lab.step('The server returns, and the client asks something else');
    const leaveAgain = await serve();
    const next = await call(lost + 1);
    await leaveAgain();
    const isDone = served.includes(lost) && replied.includes(lost);
    const stayed = say`request ${lost} was still in the queue, so it was done, though nobody waits for it`;
    const expired = say`request ${lost} had expired after ${EXPIRES_MS} ms; that shows now, as the one behind it is delivered and it is not`;
    lab.note(lasting ? stayed : expired);
    lab.check('a server that returns answers again', next === 10 * (lost + 1));
    if (lasting) lab.check('a request that is kept is done for nobody', isDone);
    else lab.check('an expired request is not done', !served.includes(lost));
  },
});
