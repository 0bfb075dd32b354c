/** The embedded RabbitMQ: one broker, an AMQP front and a STOMP front. */
import type { EmbeddedServer } from '../server.ts';
import { releaseFor } from './releases.ts';

const rabbitmq: EmbeddedServer = {
  name: 'rabbitmq',
  provides: ['rabbitmq', 'stomp'],
  version: (asked) => `${releaseFor(asked).name} behaviour`,
  // Whoever needs no RabbitMQ does not load it.
  start: async (options) => (await import('./start.ts')).start(options),
  embed: async (options) => (await import('./start.ts')).embed(options),
};
export default rabbitmq;
