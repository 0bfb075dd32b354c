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
  backends: 3,
  tap: 3,
  lab: 4,
  cli: 5,
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
      // Of node:crypto only what always gives the same for the same bytes.
      const outside = importsOf(file).filter((name) => /^node:(?!buffer|crypto|zlib|util)/.test(name));
      expect(outside).toEqual([]);
      expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(
        /\b(setTimeout|setInterval|Date\.now|Math\.random|random(Bytes|Fill|Int|UUID)|process\.)\b/,
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
