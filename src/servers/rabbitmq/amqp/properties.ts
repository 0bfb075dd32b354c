/** How the server introduces itself, and the limits it offers. */
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import type { Release } from '../../releases.ts';

/** The limits that RabbitMQ offers. */
export const TUNING = { channelMax: 2047, frameMax: 131_072, heartbeat: 60 } as const;

/**
 * Clients choose what they do by product and version, so these are the ones whose behaviour this server has; the
 * platform says what it is.
 */
export const serverProperties = ({ version }: Release): FieldTable => ({
  capabilities: {
    publisher_confirms: true,
    exchange_exchange_bindings: true,
    'basic.nack': true,
    consumer_cancel_notify: true,
    'connection.blocked': true,
    consumer_priorities: true,
    authentication_failure_close: true,
    per_consumer_qos: true,
    direct_reply_to: true,
  },
  cluster_name: 'msgplay@localhost',
  copyright: 'MIT licence',
  information: 'The RabbitMQ that is embedded in msgplay',
  platform: 'msgplay',
  product: 'RabbitMQ',
  version,
});
