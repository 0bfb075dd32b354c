/** RabbitMQ, spoken to with AMQP 0-9-1. */
import { messageOf } from '../core/errors.ts';
import type { AmqpValue } from '../protocols/amqp/index.ts';
import type { Frame } from '../protocols/protocol.ts';
import { shortened } from './_told.ts';
import { type Knock, Refused } from './knock.ts';
import { rabbitmqLeftovers } from './leftovers/rabbitmq.ts';
import type { ServiceDefinition } from './service.ts';

const LOGIN = /ACCESS.REFUSED|authentication/i;
/** The server closes the connection where it should have opened the virtual host; amqplib does not pass on why. */
const VHOST = /NOT.ALLOWED|vhost|ConnectionOpenOk; got <ConnectionClose/i;
const NOT_AMQP = /frame|handshake|Socket closed|version|octet|Expected/i;

/** Opens an AMQP connection, so that host, credentials and virtual host are all known to be right. */
const knock: Knock = async (url, signal) => {
  const { connect } = await import('amqplib');
  // amqplib hands its options to the socket, which an aborted signal then ends; its types don't know that.
  const options: object = { signal };
  const connection = await connect(url.href, options).catch((error: unknown) => {
    throw explain(error);
  });
  connection.on('error', () => {});
  const properties = connection.connection.serverProperties as { product?: string; version?: string };
  await connection.close();
  return properties.version ?? 'of unknown version';
};

function explain(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== undefined && !/^\d/.test(String((error as { code?: unknown }).code))) {
    return error;
  }
  const message = messageOf(error);
  if (LOGIN.test(message)) return new Refused('login', 'user or password is wrong', error);
  if (VHOST.test(message)) return new Refused('vhost', 'the connection is closed instead of opened', error);
  return NOT_AMQP.test(message) ? new Refused('protocol', shortened(message), error) : error;
}

/** The name that applications give their connections. https://www.rabbitmq.com/docs/connections#client-provided-names */
const NAME = 'connection_name';

function introduction({ value }: Frame): string | undefined {
  const said = value as Partial<AmqpValue>;
  if (said.method !== 'connection.start-ok') return undefined;
  const name = said.args?.clientProperties[NAME];
  return typeof name === 'string' ? name : undefined;
}

const rabbitmq: ServiceDefinition = {
  name: 'rabbitmq',
  protocols: ['amqp'],
  knock,
  clients: ['amqplib'],
  introduction,
  leftovers: rabbitmqLeftovers,
};
export default rabbitmq;
