/** Redis, and whatever else speaks RESP. */
import { isIP } from 'node:net';
import { messageOf } from '../core/errors.ts';
import { addressOf, credentialsOf } from '../core/urls.ts';
import type { Frame } from '../protocols/protocol.ts';
import type { RespFrameValue } from '../protocols/resp/index.ts';
import { shortened } from './_told.ts';
import { type Knock, Refused } from './knock.ts';
import { redisLeftovers } from './leftovers/redis.ts';
import type { ServiceDefinition } from './service.ts';

/** Logs in and sends PING, then asks for the version, which a restricted user may not be told. */
const knock: Knock = async (url, signal) => {
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
    // A Valkey tells which Redis it stands in for, too.
    const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
    if (valkey !== undefined) return `valkey-${valkey}`;
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of unknown version';
  } catch (error) {
    throw explain(failures[0] ?? error);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
};

/** What only a Redis says of itself: BUSY with a script, LOADING its data, a copy whose original is away, full of clients. */
const OF_ITSELF = /^((BUSY|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|UNKILLABLE|DENIED) |ERR max number of clients)/;

function explain(error: unknown): unknown {
  const message = messageOf(error);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password|NOPERM)/.test(message))
    return new Refused('login', message, error);
  if (OF_ITSELF.test(message) || /^ERR .*(DB index|invalid)/i.test(message))
    return new Refused('other', message, error);
  if (/Protocol error|Connection is closed|reply type/i.test(message)) {
    return new Refused('protocol', shortened(message), error);
  }
  return error;
}

/** CLIENT SETNAME, or HELLO with SETNAME. https://redis.io/docs/latest/commands/client-setname/ */
function introduction({ value }: Frame): string | undefined {
  const said = value as RespFrameValue;
  if (said.kind !== 'command') return undefined;
  if (said.name === 'CLIENT SETNAME') return said.args[0]?.toString();
  if (said.name !== 'HELLO') return undefined;
  const at = said.args.findIndex((arg) => arg.toString().toUpperCase() === 'SETNAME');
  return at < 0 ? undefined : said.args[at + 1]?.toString();
}

const redis: ServiceDefinition = {
  name: 'redis',
  protocols: ['resp'],
  knock,
  clients: ['ioredis'],
  introduction,
  leftovers: redisLeftovers,
};
export default redis;
