/** RabbitMQ, spoken to with AMQP 0-9-1. */
import { messageOf } from '../core/errors.ts';
import type { Service } from '../core/services.ts';
import type { AmqpValue } from '../protocols/amqp/index.ts';
import type { Frame } from '../protocols/protocol.ts';
import { shortened } from './_told.ts';
import { type Knock, Refused } from './knock.ts';
import type { Leftovers, ServiceDefinition } from './service.ts';

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

/** Queues and exchanges, by their names. */
class Declared implements Leftovers {
  readonly #isOurs: (name: string) => boolean;
  readonly #queues = new Set<string>();
  readonly #exchanges = new Set<string>();

  constructor(isOurs: (name: string) => boolean) {
    this.#isOurs = isOurs;
  }

  watch(frame: Frame): void {
    if (frame.protocol !== 'amqp') return;
    const { method, args } = frame.value as AmqpValue;
    if (method === 'queue.declare' && this.#isOurs(args.queue)) this.#queues.add(args.queue);
    if (method === 'exchange.declare' && this.#isOurs(args.exchange)) this.#exchanges.add(args.exchange);
  }

  async remove(urls: ReadonlyMap<Service, string>): Promise<void> {
    await removeFrom(urls.get('rabbitmq'), this.#queues, this.#exchanges);
  }
}

/** Removes queues and exchanges, where there is something to remove and a broker to remove it from. */
export async function removeFrom(
  url: string | undefined,
  queues: ReadonlySet<string>,
  exchanges: ReadonlySet<string>,
): Promise<void> {
  if (url === undefined || queues.size + exchanges.size === 0) return;
  const { connect } = await import('amqplib');
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    // RabbitMQ answers a deletion of what is not there with success, so nothing needs to be asked first.
    for (const queue of queues) await channel.deleteQueue(queue);
    for (const exchange of exchanges) await channel.deleteExchange(exchange);
  } finally {
    await connection.close();
  }
}

const rabbitmq: ServiceDefinition = {
  name: 'rabbitmq',
  protocols: ['amqp'],
  knock,
  clients: ['amqplib'],
  leftovers: (isOurs) => new Declared(isOurs),
};
export default rabbitmq;
