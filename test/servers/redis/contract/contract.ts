/**
 * Runs the same commands on the embedded server and on a real redis-server, and requires the same replies, byte for
 * byte, in RESP2 and in RESP3.
 *
 * A script is one command per line, quoted as in redis-cli. `@b` in front sends it as client b. `@b>` does not wait
 * for a reply, `@b<` alone waits for the next one. `~name` in front loosens the comparison; every loosening has a
 * reason below.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue, type RespValue } from '../../../../src/protocols/resp/index.ts';
import { splitInline } from '../../../../src/protocols/resp/inline.ts';
import { createEngine } from '../../../../src/servers/redis/create.ts';
import type { Engine } from '../../../../src/servers/redis/dispatch/engine.ts';
import { TestClient } from '../client.ts';
import { comparable, type RealServer, startReal } from '../real.ts';

const text = (value: RespValue): string => encodeValue(value).toString('latin1');

function sorted(value: RespValue): RespValue {
  if (value.type === 'map') {
    const pairs: RespValue[][] = [];
    for (let i = 0; i < value.items.length; i += 2) pairs.push([value.items[i]!, value.items[i + 1]!]);
    pairs.sort((a, b) => (text(a[0]!) < text(b[0]!) ? -1 : 1));
    return { ...value, items: pairs.flat() };
  }
  if (!('items' in value)) return value;
  return { ...value, items: [...value.items].sort((a, b) => (text(a) < text(b) ? -1 : 1)) } as RespValue;
}

function shape(value: RespValue): RespValue {
  if ('items' in value) return { ...value, items: value.items.map(shape) } as RespValue;
  if (value.type === 'integer') return { type: 'integer', value: 0 };
  if ('bytes' in value) return { ...value, bytes: Buffer.alloc(0), length: 0 } as RespValue;
  return value;
}

/** Each loosening, and why it is needed. */
export const LOOSENINGS: Record<string, { why: string; view: (value: RespValue) => RespValue }> = {
  sorted: { why: 'The order is that of a hash table, which Redis does not promise.', view: sorted },
  deep: {
    why: 'As `sorted`, for the list inside the reply of a scan; cursors have no meaning of their own.',
    view: (value) =>
      'items' in value && value.items.length === 2
        ? ({ ...value, items: [value.items[0]!, sorted(value.items[1]!)] } as RespValue)
        : value,
  },
  shape: { why: 'The reply tells times, sizes or random choices; only its types are compared.', view: shape },
  nested: {
    why: 'As `sorted`, at every depth: replies of a transaction among them.',
    view: (value) =>
      'items' in value
        ? sorted({ ...value, items: value.items.map((item) => LOOSENINGS.nested!.view(item)) } as RespValue)
        : value,
  },
  pairs: {
    why: 'A flat list of pairs in the order of a hash table.',
    view: (value) => {
      if (!('items' in value) || value.type !== 'array') return sorted(value);
      const items = value.items;
      if (items.length % 2 === 1 || items.some((item) => 'items' in item)) return sorted(value);
      return sorted({ type: 'map', items, length: items.length });
    },
  },
  type: {
    why: 'What is told differs by design; only the type of the reply is compared.',
    view: (value) => ({ type: 'simple', bytes: Buffer.from(value.type), length: 0 }),
  },
};

const servers: { real?: RealServer } = {};
const engines: Engine[] = [];

/** Starts the real server once per test file. */
export function useServers(...options: string[]): void {
  beforeAll(async () => {
    if (comparable) servers.real = await startReal(...options);
  });
  afterAll(async () => {
    for (const engine of engines.splice(0)) engine.close();
    await servers.real?.stop();
  });
}

export interface Side {
  connect(): Promise<TestClient>;
}

/** The two servers, the embedded one new and the real one empty. */
export async function bothSides(): Promise<{ embedded: Side; real: Side; close(): void }> {
  const engine = createEngine();
  engines.push(engine);
  const { port } = servers.real!;
  const clients: TestClient[] = [];
  const keep = (client: TestClient): TestClient => {
    clients.push(client);
    return client;
  };
  const cleaner = await TestClient.tcp(port);
  await cleaner.call('FLUSHALL');
  await cleaner.call('FUNCTION', 'FLUSH');
  cleaner.close();
  return {
    embedded: { connect: async () => keep(TestClient.of(engine)) },
    real: { connect: async () => keep(await TestClient.tcp(port)) },
    close() {
      for (const client of clients) client.close();
      engine.close();
    },
  };
}

/** A reply that does not come is a result too. */
function timeUp(): Promise<RespValue> {
  return new Promise((resolve) =>
    setTimeout(resolve, 1500, { type: 'simple', bytes: Buffer.from('no reply'), length: 8 }),
  );
}

const LINE = /^(?:~(\w+)\s+)?(?:@(\w+)([<>]?)\s*)?(.*)$/;

async function run(side: Side, version: string, lines: readonly string[]): Promise<string[]> {
  const clients = new Map<string, TestClient>();
  const replies: string[] = [];
  for (const line of lines) {
    const [, loosening, name = 'a', mark, commandText] = LINE.exec(line)!;
    let client = clients.get(name);
    if (client === undefined) {
      client = await side.connect();
      if (version === '3') await client.call('HELLO', '3');
      clients.set(name, client);
    }
    const bytes = Buffer.from(commandText!, 'latin1');
    const args = splitInline(bytes, 0, bytes.length);
    if (args === undefined) throw new Error(`unbalanced quotes: ${line}`);
    if (mark !== '<') client.send(...args);
    if (mark === '>') {
      // The server must have seen it before the next client's command: a round trip of another connection tells.
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const value = await Promise.race([client.next(), timeUp()]);
    const { view } = loosening === undefined ? { view: (v: RespValue) => v } : LOOSENINGS[loosening]!;
    replies.push(`${line}  =>  ${JSON.stringify(text(view(value)))}`);
  }
  return replies;
}

/** Declares a test for a script, once per protocol version. */
export function contract(title: string, script: string): void {
  const lines = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  describe.skipIf(!comparable)(title, () => {
    for (const version of ['2', '3']) {
      it(`answers as Redis does in RESP${version}`, async () => {
        const sides = await bothSides();
        try {
          const real = await run(sides.real, version, lines);
          const embedded = await run(sides.embedded, version, lines);
          expect(embedded).toEqual(real);
        } finally {
          sides.close();
        }
      });
    }
  });
}
