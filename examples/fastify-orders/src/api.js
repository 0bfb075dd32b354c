/** Takes orders, announces them, and remembers them for half an hour. */
import amqp from 'amqplib';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const REMEMBERED_SECONDS = 30 * 60;

export async function startApi({ amqpUrl, redisUrl }) {
  const connection = await amqp.connect(amqpUrl, { clientProperties: { connection_name: 'api' } });
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('orders', 'topic');
  const redis = new Redis(redisUrl, { connectionName: 'api' });
  const app = Fastify();

  app.post('/orders', async (request, reply) => {
    const order = request.body;
    await redis.set(`order:${order.id}`, JSON.stringify(order), 'EX', REMEMBERED_SECONDS);
    channel.publish('orders', 'order.created', Buffer.from(JSON.stringify(order)), { persistent: true });
    await channel.waitForConfirms();
    return reply.code(202).send({ id: order.id });
  });

  app.get('/orders/:id', async (request, reply) => {
    const found = await redis.get(`order:${request.params.id}`);
    return found ? JSON.parse(found) : reply.code(404).send();
  });

  app.addHook('onClose', async () => {
    await connection.close();
    await redis.quit();
  });
  return app;
}
