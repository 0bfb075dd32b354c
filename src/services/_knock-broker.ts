/** Knocking at RabbitMQ and Redis, with the libraries that the scenarios use. */
import { isIP } from 'node:net';
import { messageOf } from '../core/errors.ts';
import { addressOf, credentialsOf } from '../core/urls.ts';
import { type Knock, Refused } from './_knock.ts';

const LOGIN = /ACCESS.REFUSED|authentication/i;
/** The server closes the connection where it should have opened the virtual host; amqplib does not pass on why. */
const VHOST = /NOT.ALLOWED|vhost|ConnectionOpenOk; got <ConnectionClose/i;
const NOT_AMQP = /frame|handshake|Socket closed|version|octet|Expected/i;

/** Opens an AMQP connection, so that host, credentials and virtual host are all known to be right. */
export const knockAmqp: Knock = async (url, signal) => {
  const { connect } = await import('amqplib');
  // amqplib hands its options to the socket, which an aborted signal then ends; its types don't know that.
  const options: object = { signal };
  const connection = await connect(url.href, options).catch((error: unknown) => {
    throw explainAmqp(error);
  });
  connection.on('error', () => {});
  const properties = connection.connection.serverProperties as { product?: string; version?: string };
  await connection.close();
  return properties.version ?? 'of unknown version';
};

function explainAmqp(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== undefined && !/^\d/.test(String((error as { code?: unknown }).code))) {
    return error;
  }
  const message = messageOf(error);
  if (LOGIN.test(message)) return new Refused('login', 'user or password is wrong', error);
  if (VHOST.test(message)) return new Refused('vhost', 'the connection is closed instead of opened', error);
  return NOT_AMQP.test(message) ? new Refused('protocol', shortened(message), error) : error;
}

/** Logs in and sends PING, then asks for the version, which a restricted user may not be told. */
export const knockRedis: Knock = async (url, signal) => {
  const { Redis } = await import('ioredis');
  const { host, port, tls } = addressOf('redis', url);
  const { user, password } = credentialsOf(url);
  const database = url.pathname.slice(1) || url.searchParams.get('db');
  const client = new Redis({
    host,
    port,
    ...(tls ? { tls: isIP(host) ? {} : { servername: host } } : {}),
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null as never,
  });
  const failures: unknown[] = [];
  client.on('error', (error) => failures.push(error));
  const stop = () => client.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
    await client.ping();
    if (database) await client.call('SELECT', database);
    const info = await client.info('server').catch(() => '');
    return /^(?:redis|valkey)_version:(\S+)/m.exec(info)?.[1] ?? 'of unknown version';
  } catch (error) {
    throw explainRedis(failures[0] ?? error);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
};

function explainRedis(error: unknown): unknown {
  const message = messageOf(error);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password|NOPERM)/.test(message))
    return new Refused('login', message, error);
  if (/^ERR .*(DB index|invalid)/i.test(message)) return new Refused('other', message, error);
  if (/Protocol error|Connection is closed|reply type/i.test(message)) {
    return new Refused('protocol', shortened(message), error);
  }
  return error;
}

/** Whatever a server says about itself, in one line of bounded length. */
function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
