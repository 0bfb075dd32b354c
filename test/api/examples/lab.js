// node lab.js
import { connect } from 'amqplib';
import { startLab } from 'msgplay/test';

const lab = await startLab({ services: ['rabbitmq'], names: ['order'] });
try {
  // An application: it knows nothing of the lab but a URL.
  const connection = await connect(lab.urls.rabbitmq, { clientProperties: { connection_name: 'mailer' } });
  lab.defer(() => connection.close());
  const channel = await connection.createChannel();
  await channel.assertQueue('mail');
  await channel.consume('mail', (message) => channel.ack(message));
  channel.sendToQueue('mail', Buffer.from(JSON.stringify({ order: 7 })));

  const [message] = await lab.story.message({ queue: 'mail', body: { order: 7 } }).wasAcked({ by: 'mailer' });
  await lab.story.nothingUnroutable();
  await lab.story.nothingUnacked();
  console.log(`${message.steps.at(-1).name} was acked by the mailer`);
} finally {
  await lab.close();
}
