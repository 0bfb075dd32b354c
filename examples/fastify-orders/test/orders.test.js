import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import amqp from 'amqplib';
import { startLab } from 'msgplay/test';
import { startApi } from '../src/api.js';
import { startMailer } from '../src/mailer.js';

let lab;
let api;
const mails = [];

before(async () => {
  lab = await startLab({ services: ['rabbitmq', 'redis'] });
  const mailer = await startMailer({ amqpUrl: lab.urls.rabbitmq, send: async (mail) => mails.push(mail) });
  lab.defer(() => mailer.close());
  api = await startApi({ amqpUrl: lab.urls.rabbitmq, redisUrl: lab.urls.redis });
  lab.defer(() => api.close());
});
beforeEach(async () => {
  mails.length = 0;
  await lab.reset();
});
after(() => lab.close());

const order = (payload) => api.inject({ method: 'POST', url: '/orders', payload });

test('an order sends a mail', async () => {
  const { statusCode } = await order({ id: 7, customer: 'ann@example.org' });
  assert.equal(statusCode, 202);
  await lab.story.message({ queue: 'mail', body: { id: 7 } }).wasAcked({ by: 'mailer' });
  await lab.story.nothingUnroutable();
  await lab.story.nothingUnacked();
  assert.deepEqual(mails, [{ to: 'ann@example.org', subject: 'Your order 7' }]);
});

test('what the mailer can not read is kept, and not delivered again', async () => {
  const connection = await amqp.connect(await lab.url('rabbitmq', 'somebody'));
  const channel = await connection.createChannel();
  channel.publish('orders', 'order.created', Buffer.from('{"id":'));
  await lab.story.message({ from: 'somebody' }).wasRejected({ by: 'mailer' });
  await lab.story.message({ from: 'somebody' }).wasDeadLettered({ into: 'mail.dead' });
  await lab.story.message({ from: 'somebody' }).not.wasRedelivered();
  assert.equal((await channel.checkQueue('mail.dead')).messageCount, 1);
  await connection.close();
});

test('an order is forgotten after half an hour', async () => {
  await order({ id: 8, customer: 'bob@example.org' });
  assert.deepEqual((await api.inject('/orders/8')).json(), { id: 8, customer: 'bob@example.org' });
  await lab.clock.advance(30 * 60_000);
  assert.equal((await api.inject('/orders/8')).statusCode, 404);
});

test('an order is taken as long as Redis is slow', async () => {
  lab.slow('api', { latencyMs: 50 });
  const { statusCode } = await order({ id: 9, customer: 'eve@example.org' });
  lab.resume('api');
  assert.equal(statusCode, 202);
  await lab.story.message({ body: { id: 9 } }).wasConfirmed({ to: 'api' });
});
