/** The shape of the code: who imports whom, how long files are, who may touch the outside. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A file imports from its own folder or from a lower rank. */
const RANKS: Record<string, number> = {
  core: 0,
  protocols: 1,
  story: 2,
  reporters: 2,
  diff: 2,
  servers: 2,
  services: 3,
  backends: 4,
  tap: 4,
  lab: 5,
  testing: 6,
  cli: 6,
};
/**
 * The rooms of a folder, from the lowest to the highest: folders, and files that stand beside them. A file imports from
 * its own room or from a lower one; what it needs from above it states as an interface.
 */
const ROOMS: Record<string, readonly string[]> = {
  lab: [
    'limits.ts',
    'random.ts',
    'stomp-config.ts',
    'using.ts',
    'waiting.ts',
    'web-server.ts',
    '_strays.ts',
    'scenario',
    'servers',
    'wire',
    'plan.ts',
    'lab.ts',
    'ending.ts',
    'start.ts',
    'run.ts',
    'guest',
    'run-scenario.ts',
  ],
  'story/redis': [
    'body.ts',
    'keys',
    'choice.ts',
    'order',
    'lists',
    'streams',
    'pubsub',
    'transaction.ts',
    'session.ts',
  ],
  'servers/rabbitmq': [
    'refusal.ts',
    'terms.ts',
    'releases.ts',
    'differences.ts',
    'transport',
    'messages',
    'queues',
    'exchanges',
    'broker',
    'channels',
    'amqp',
    'stomp',
    'start.ts',
    'index.ts',
  ],
  'servers/redis': [
    'errors.ts',
    'releases.ts',
    'differences.ts',
    'numbers.ts',
    'long-double.ts',
    'values',
    'keyspace',
    'clients',
    'dispatch',
    'scripting',
    'commands',
    'create.ts',
    'start.ts',
    'index.ts',
  ],
};
const MAX_LINES = 400;
/** Tables that say what a protocol has, row by row. */
const DECLARATIVE: string[] = [];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.d)\.ts$/.test(file))
    .map((file) => join(folder, file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gms);
  return [...found].map(([, one, two, three]) => (one ?? two ?? three)!);
}

/** `src/protocols/amqp/table.ts` is in the folder `protocols/amqp`: protocols and servers don't know each other. */
function placeOf(file: string): { folder: string; rank: number } {
  const [, top = '', second = ''] = file.split('/');
  const nested = (top === 'protocols' || top === 'servers') && !second.endsWith('.ts');
  return { folder: nested ? `${top}/${second}` : top, rank: RANKS[top] ?? Number.POSITIVE_INFINITY };
}

/** The files of the project that a file imports, types included. */
function ownImportsOf(file: string): string[] {
  const own = importsOf(file).filter((name) => name.startsWith('.'));
  return own.map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)));
}

/** A way from a file back to itself along its imports, if there is one. */
function circleFrom(start: string): string[] | undefined {
  const seen = new Set<string>();
  const ways = [[start]];
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    for (const next of ownImportsOf(way.at(-1) ?? start)) {
      if (next === start) return [...way, next];
      if (seen.has(next) || !existsSync(join(ROOT, next))) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

const sources = filesBelow('src');

describe('imports', () => {
  test.each(sources.filter((file) => file !== 'src/index.ts'))('%s looks down', (file) => {
    const { folder, rank } = placeOf(file);
    for (const imported of ownImportsOf(file)) {
      const place = placeOf(imported);
      const contract = place.folder === folder.split('/')[0];
      const allowed = place.folder === folder || contract || place.rank < rank;
      expect(allowed, `${file} imports ${imported}`).toBe(true);
    }
  });

  test.each(filesBelow('scenarios'))('%s uses the public API and clients only', (file) => {
    const own = importsOf(file).filter((name) => name.startsWith('.') || name.startsWith('node:'));
    expect(own).toEqual([]);
  });

  test.each(sources.filter((file) => file.startsWith('src/protocols/') || file.startsWith('src/story/')))(
    '%s touches no socket, file, clock or process',
    (file) => {
      // Of node:crypto only what always gives the same for the same bytes.
      const outside = importsOf(file).filter((name) => /^node:(?!buffer|crypto|zlib|util)/.test(name));
      expect(outside).toEqual([]);
      expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(
        /\b(setTimeout|setInterval|Date\.now|Math\.random|random(Bytes|Fill|Int|UUID)|process\.)\b/,
      );
    },
  );

  /** The thread of a guest has a process object of its own, and hands on what is printed there. */
  const GUEST = 'src/lab/guest/worker.ts';
  const silent = sources.filter((file) => !file.startsWith('src/cli/') && file !== GUEST);
  test.each(silent)('%s does not print or exit', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(
      /\bconsole\.(log|error|warn|info)|process\.(stdout|stderr|exit)\b/,
    );
  });
});

describe.each(Object.entries(ROOMS))('the rooms of %s', (folder, rooms) => {
  const home = `src/${folder}/`;
  const files = sources.filter((file) => file.startsWith(home));
  const rankOf = (file: string): number => rooms.indexOf(file.slice(home.length).split('/')[0] ?? '');

  test.each(files)('%s has a room, and looks down', (file) => {
    expect(rankOf(file), 'the rank of its room').toBeGreaterThanOrEqual(0);
    for (const imported of ownImportsOf(file).filter((name) => name.startsWith(home))) {
      expect(rankOf(imported), `${file} imports ${imported}`).toBeLessThanOrEqual(rankOf(file));
    }
  });

  test.each(files)('%s is in no circle', (file) => {
    expect(circleFrom(file)).toBeUndefined();
  });
});

test.each(sources.filter((file) => file.startsWith('src/servers/rabbitmq/stomp/')))('%s does not know AMQP', (file) => {
  expect(ownImportsOf(file).filter((name) => name.startsWith('src/servers/rabbitmq/amqp/'))).toEqual([]);
});

test.each([...sources, ...filesBelow('scenarios')].filter((file) => !DECLARATIVE.includes(file)))(
  '%s is not long',
  (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  },
);

describe('tests', () => {
  /** Folders that mirror nothing; CONTRIBUTING.md says what is in them. */
  const OTHERS = ['api', 'bench', 'clients', 'contracts', 'docs', 'fuzz', 'golden', 'helpers', 'random', 'reading'];
  const contributing = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const folders = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => dirname(file));

  test.each([...new Set(folders)].sort())('in test/%s stand where what they test stands', (folder) => {
    const other = folder.split('/').find((part) => OTHERS.includes(part));
    if (other === undefined) expect(existsSync(join(ROOT, 'src', folder))).toBe(true);
    else expect(contributing).toContain(`${other}/`);
  });
});
