/** The shape of the code: who imports whom, how long files are, who may touch the outside. */
import { readdirSync, readFileSync } from 'node:fs';
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
  servers: 2,
  services: 3,
  backends: 4,
  tap: 4,
  lab: 5,
  cli: 6,
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

const sources = filesBelow('src');

describe('imports', () => {
  test.each(sources.filter((file) => file !== 'src/index.ts'))('%s looks down', (file) => {
    const { folder, rank } = placeOf(file);
    for (const target of importsOf(file).filter((name) => name.startsWith('.'))) {
      const imported = relative(ROOT, resolve(ROOT, dirname(file), target));
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
      const outside = importsOf(file).filter((name) => /^node:(?!buffer|zlib|util)/.test(name));
      expect(outside).toEqual([]);
      expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(
        /\b(setTimeout|setInterval|Date\.now|Math\.random|process\.)\b/,
      );
    },
  );

  test.each(sources.filter((file) => !file.startsWith('src/cli/')))('%s does not print or exit', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(
      /\bconsole\.(log|error|warn|info)|process\.(stdout|stderr|exit)\b/,
    );
  });
});

test.each([...sources, ...filesBelow('scenarios')].filter((file) => !DECLARATIVE.includes(file)))(
  '%s is not long',
  (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8').split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  },
);

/** Ranks inside a server, the lowest first: a room imports from itself and from lower lines, not from its neighbours. */
const ROOMS: Record<string, readonly (readonly string[])[]> = {
  rabbitmq: [
    ['refusal', 'terms', 'transport'],
    ['messages'],
    ['queues'],
    ['exchanges'],
    ['broker'],
    ['channels'],
    ['amqp', 'stomp'],
    ['start'],
    ['index'],
  ],
};

describe.each(Object.entries(ROOMS))('inside the server %s', (server, lines) => {
  const own = sources.filter((file) => file.startsWith(`src/servers/${server}/`));
  const below = new Map(own.map((file) => [file, importsOf(file).filter((name) => name.startsWith('.'))]));
  const targets = (file: string): string[] =>
    (below.get(file) ?? [])
      .map((name) => relative(ROOT, resolve(ROOT, dirname(file), name)))
      .filter((to) => below.has(to));
  const roomOf = (file: string): string => file.split('/')[3]!.replace('.ts', '');
  const rankOf = (room: string): number => lines.findIndex((rooms) => rooms.includes(room));

  test.each(own)('%s looks down', (file) => {
    expect(rankOf(roomOf(file)), `${roomOf(file)} has no rank`).toBeGreaterThanOrEqual(0);
    const wrong = targets(file).filter(
      (to) => roomOf(to) !== roomOf(file) && rankOf(roomOf(to)) >= rankOf(roomOf(file)),
    );
    expect(wrong).toEqual([]);
  });

  test('files know each other in no circle, types included', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' imports '));
      if (path.includes(file) || done.has(file)) return;
      for (const to of targets(file)) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of own) visit(file, []);
    expect(circles).toEqual([]);
  });
});
