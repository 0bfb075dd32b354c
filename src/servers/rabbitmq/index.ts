/** The embedded RabbitMQ: one broker, an AMQP front and a STOMP front. */
import type { EmbeddedServer } from '../server.ts';

const rabbitmq: EmbeddedServer = {
  name: 'rabbitmq',
  provides: ['rabbitmq', 'stomp'],
  version: '3.10 behaviour',
  // Whoever needs no RabbitMQ does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
  embed: async (options) => (await import('./start.ts')).embed(options),
};
export default rabbitmq;
