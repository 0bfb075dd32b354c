/** The embedded RabbitMQ: one broker, an AMQP front and a STOMP front. */
import type { EmbeddedServer } from '../server.ts';
import { VERSION } from './version.ts';

const rabbitmq: EmbeddedServer = {
  name: 'rabbitmq',
  provides: ['rabbitmq', 'stomp'],
  version: `${VERSION.replace(/\.\d+$/, '')} behaviour`,
  // Whoever needs no RabbitMQ does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
  embed: async (options) => (await import('./start.ts')).embed(options),
};
export default rabbitmq;
