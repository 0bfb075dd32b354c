/** CONTRIBUTING.md names nothing that is not there, and every folder that is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = ['.ci/', 'bin/', 'docs/', 'examples/', 'scenarios/', 'src/', 'test/', 'tools/'];
const page = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const matches = (pattern: RegExp): string[] => [
  ...new Set([...page.matchAll(pattern)].map(([, found]) => found ?? '')),
];

/** What is below a folder; folders with a slash behind them. */
function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).map((entry) =>
    relative(ROOT, join(entry.parentPath, entry.name)).concat(entry.isDirectory() ? '/' : ''),
  );
}

const there = [...readdirSync(ROOT), ...OURS, ...OURS.flatMap(below)];

/** A path may begin where its paragraph is; `<name>` stands for any name, and the end of a module may be left out. */
function isThere(path: string): boolean {
  const pattern = path
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace('<path>', '.+')
    .replace(/<\w+>/g, '[^/]+');
  const sought = new RegExp(`(?:^|/)${pattern}(?:/|\\.[jt]s)?$`);
  return there.some((one) => sought.test(one));
}

const paths = matches(/`((?:[\w.<>-]+\/)+[\w.<>-]*)`/g);
test.each(paths.filter((path) => path !== 'msgplay/test'))('%s is there', (path) => {
  expect(isThere(path)).toBe(true);
});

test('what its commands run is there', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts);
  const run = matches(/npm run ([\w:]+)/g);
  expect(run.length).toBeGreaterThan(10);
  expect(run.filter((name) => !scripts.includes(name))).toEqual([]);
  const files = matches(/(?:vitest run|jiti|bash|node) ((?:[\w.-]+\/)[\w./-]+)/g);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((path) => !isThere(path))).toEqual([]);
});

test('what it names is in the code', () => {
  const code = there.filter((path) => /^(?:src|test)\/.*\.[jt]s$/.test(path) && !path.startsWith('test/docs/'));
  const words = new Set(code.flatMap((path) => readFileSync(join(ROOT, path), 'utf8').match(/\w+/g) ?? []));
  const names = matches(/`([a-zA-Z]\w*(?:\.\w+)*)(?:\([^`]*\))?`/g).filter((name) => !isThere(name));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !words.has(name.split('.').at(-1) ?? ''))).toEqual([]);
});

test('it names each folder: those of the project, of test, and of src two levels down', () => {
  const folders = there.filter((path) =>
    /^(?:test\/[\w-]+|src\/(?:[\w-]+\/)?[\w-]+|src\/servers\/\w+\/[\w-]+)\/$/.test(path),
  );
  const names = [...OURS, ...folders].map((path) => path.split('/').at(-2) ?? '');
  expect(names.filter((name) => !new RegExp(`(?<![\\w-])${name}/`).test(page))).toEqual([]);
});

test('each folder of src is in the map with its rank, and no other', () => {
  const named = matches(/^ {6}(\w+)\/ +\d {2}/gm);
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(named.sort()).toEqual(folders.map(({ name }) => name).sort());
});

test('the rooms of the embedded Redis are those of its map', () => {
  const map = page.slice(page.indexOf('**The embedded Redis**'), page.indexOf('**Faults.**'));
  const named = [...map.matchAll(/^ {4}(\S+(?: \S+)*) {3}/gm)].flatMap(([, names = '']) => names.split(' '));
  const rooms = there.flatMap((path) => /^src\/servers\/redis\/([\w-]+(?:\.ts|\/))$/.exec(path)?.[1] ?? []);
  expect(named.sort()).toEqual(rooms.map((name) => name.replace('.ts', '')).sort());
});

test('the rooms of the embedded RabbitMQ are named', () => {
  const map = page.slice(page.indexOf('**The embedded RabbitMQ**'), page.indexOf('**The embedded Redis**'));
  const rooms = there.flatMap((path) => /^src\/servers\/rabbitmq\/([\w-]+)(?:\.ts|\/)$/.exec(path)?.[1] ?? []);
  expect(rooms.filter((name) => !new RegExp(`\`${name}[/\`]`).test(map))).toEqual([]);
});
