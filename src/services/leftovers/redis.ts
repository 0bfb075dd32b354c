/** What runs leave on a Redis that others share: keys, in every database, and libraries of functions. */
import type { Redis } from 'ioredis';
import type { Service } from '../../core/services.ts';
import { within } from '../../core/time/patience.ts';
import type { Frame } from '../../protocols/protocol.ts';
import type { RespFrameValue } from '../../protocols/resp/index.ts';
import type { Item, LeftoversOf, Removal, Watcher, Watching } from './leftovers.ts';

/** Keys that go with one command. */
const BATCH = 500;
/** How long one command may take, in ms. */
const COMMAND_MS = 10_000;
/** Of more names than this only that they are many is remembered; then the server is asked. */
const MOST_NAMES = 50_000;
/** Commands that make a key, which is their first argument. */
const WRITES = new Set(
  (
    'APPEND DECR DECRBY GETSET GEOADD HINCRBY HINCRBYFLOAT HMSET HSET HSETNX INCR INCRBY INCRBYFLOAT LPUSH MSET MSETNX ' +
    'PFADD PSETEX RPUSH SADD SET SETBIT SETEX SETNX SETRANGE XADD ZADD ZINCRBY'
  ).split(' '),
);
const LIBRARY = /^#!\w+\s+name=(\w+)/;

class Keys implements Watcher {
  readonly #watching: Watching;
  readonly #items = new Map<string, Item>();
  readonly #foreign = new Set<string>();
  /** The database that a connection has selected. */
  readonly #selected = new Map<number, number>();
  /** Set where the wire does not show every key. */
  #mustLook = false;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  watch(frame: Frame, connection: number): void {
    if (frame.protocol !== 'resp') return;
    const command = frame.value as RespFrameValue;
    if (command.kind !== 'command') return;
    const { name, args } = command;
    if (name === 'SELECT') this.#selected.set(connection, Number(args[0]));
    if (name === 'FUNCTION LOAD') this.#library(args.at(-1)?.toString('latin1', 0, 512) ?? '');
    // A script names keys that nobody else sees, and what is very long is not kept whole.
    if (command.cut || /^(EVAL|FCALL)/.test(name)) this.#mustLook = true;
    const database = this.#selected.get(connection) ?? 0;
    for (const argument of args) this.#key(argument, database);
    const [key] = args;
    if (key && WRITES.has(name)) this.#foreignKey(key.toString('latin1'));
  }

  get mayBeMore(): boolean {
    return this.#mustLook;
  }

  async items(url: string): Promise<readonly Item[]> {
    const seen = [...this.#items.values()];
    if (!this.#mustLook) return seen;
    return [...seen.filter(({ kind }) => kind !== 'key'), ...(await keysOn(url, this.#watching.isOurs))];
  }

  /** Any argument may be a key; removing one that isn't costs nothing. */
  #key(argument: Buffer, database: number): void {
    const name = argument.toString('latin1');
    if (!this.#watching.isOurs(name)) return;
    if (this.#items.size < MOST_NAMES) this.#note({ kind: 'key', name, database });
    else this.#mustLook = true;
  }

  #library(code: string): void {
    const name = LIBRARY.exec(code)?.[1];
    if (name === undefined) return;
    if (this.#watching.isOurs(name)) this.#note({ kind: 'library', name });
    else this.#tellForeign('library', name);
  }

  #foreignKey(name: string): void {
    if (!this.#watching.isOurs(name) && this.#foreign.size < MOST_NAMES) this.#tellForeign('key', name);
  }

  #note(item: Item): void {
    const key = `${item.kind} ${item.database} ${item.name}`;
    if (this.#items.has(key)) return;
    this.#items.set(key, item);
    this.#watching.declared(item);
  }

  #tellForeign(kind: Item['kind'], name: string): void {
    if (this.#foreign.has(`${kind} ${name}`)) return;
    this.#foreign.add(`${kind} ${name}`);
    this.#watching.foreign({ kind, name });
  }
}

/** A client that gives up instead of trying for ever. */
async function withRedis<Result>(url: string, act: (redis: Redis) => Promise<Result>): Promise<Result> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 0, retryStrategy: () => null });
  // ioredis rejects with "Connection is closed" and emits why.
  let failure: unknown;
  redis.on('error', (error) => {
    failure ??= error;
  });
  try {
    await within(COMMAND_MS, redis.connect());
    return await act(redis);
  } catch (error) {
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}

/** The keys of runs, in every database. */
function keysOn(url: string, isOurs: (name: string) => boolean): Promise<Item[]> {
  return withRedis(url, async (redis) => {
    const items: Item[] = [];
    const keyspace = await within(COMMAND_MS, redis.info('keyspace'));
    for (const [, number] of keyspace.matchAll(/^db(\d+):/gm)) {
      const database = Number(number);
      await within(COMMAND_MS, redis.select(database));
      for (let cursor = '0'; ; ) {
        const page = redis.scanBuffer(cursor, 'MATCH', 'msgplay_*', 'COUNT', 1000);
        const [next, keys] = await within(COMMAND_MS, page);
        for (const key of keys) {
          const name = key.toString('latin1');
          if (isOurs(name)) items.push({ kind: 'key', name, database });
        }
        cursor = next.toString();
        if (cursor === '0') break;
      }
    }
    return items;
  });
}

/** The libraries of runs; a server older than 7.0 has none. */
function librariesOn(url: string, isOurs: (name: string) => boolean): Promise<Item[]> {
  return withRedis(url, async (redis) => {
    const listed = await within(COMMAND_MS, redis.call('FUNCTION', 'LIST')).catch(() => []);
    const names = (listed as unknown[][]).map((library) => String(library[1]));
    return names.filter(isOurs).map((name) => ({ kind: 'library', name }) as const);
  });
}

async function remove(urls: ReadonlyMap<Service, string>, items: readonly Item[], removal: Removal): Promise<void> {
  const url = urls.get('redis');
  if (url === undefined) throw new Error('no URL of it is known');
  await withRedis(url, async (redis) => {
    for (const [database, keys] of byDatabase(items)) {
      await within(COMMAND_MS, redis.select(database));
      for (let at = 0; at < keys.length; at += BATCH) {
        const batch = keys.slice(at, at + BATCH);
        await within(COMMAND_MS, redis.unlink(...batch.map(({ name }) => Buffer.from(name, 'latin1'))));
        for (const item of batch) removal.removed(item);
      }
    }
    for (const item of items.filter(({ kind }) => kind === 'library')) {
      await within(COMMAND_MS, redis.call('FUNCTION', 'DELETE', item.name)).catch((error: unknown) => {
        if (!/not found/i.test(String(error))) throw error;
      });
      removal.removed(item);
    }
  });
}

function byDatabase(items: readonly Item[]): Map<number, Item[]> {
  const found = new Map<number, Item[]>();
  for (const item of items) {
    if (item.kind !== 'key') continue;
    const database = item.database ?? 0;
    const keys = found.get(database) ?? [];
    keys.push(item);
    found.set(database, keys);
  }
  return found;
}

export const redisLeftovers: LeftoversOf = {
  watcher: (watching) => new Keys(watching),
  async find(url, isOurs) {
    return [...(await keysOn(url, isOurs)), ...(await librariesOn(url, isOurs))];
  },
  remove,
};
