/** Sends a mail for each order. What it can't read goes to the queue mail.dead. */
import amqp from 'amqplib';

export async function startMailer({ amqpUrl, send }) {
  const connection = await amqp.connect(amqpUrl, { clientProperties: { connection_name: 'mailer' } });
  const channel = await connection.createChannel();
  await channel.assertExchange('orders', 'topic');
  await channel.assertQueue('mail.dead');
  await channel.assertQueue('mail', { deadLetterExchange: '', deadLetterRoutingKey: 'mail.dead' });
  await channel.bindQueue('mail', 'orders', 'order.created');
  await channel.prefetch(10);
  await channel.consume('mail', async (message) => {
    if (!message) return;
    try {
      const { id, customer } = JSON.parse(message.content.toString());
      await send({ to: customer, subject: `Your order ${id}` });
      channel.ack(message);
    } catch {
      channel.reject(message, false);
    }
  });
  return { close: () => connection.close() };
}
