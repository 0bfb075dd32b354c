/** Scenarios of the user's own: written by `new`, listed, run by their names, tested beside themselves. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Ended, start } from '../helpers/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Folder {
  readonly path: string;
  msgplay(...args: string[]): Promise<Ended>;
  write(file: string, content: string): void;
}

function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'msgplay-own-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return {
    path,
    msgplay: (...args) => start(args, {}, path).ended,
    write: (file, content) => {
      mkdirSync(join(path, file, '..'), { recursive: true });
      writeFileSync(join(path, file), content);
    },
  };
}

/** As `npm install` would leave it. */
function installInto({ path }: Folder, ...names: string[]): void {
  mkdirSync(join(path, 'node_modules'));
  for (const name of names) {
    symlinkSync(name === 'msgplay' ? ROOT : join(ROOT, 'node_modules', name), join(path, 'node_modules', name));
  }
}

test('in an empty folder it is written, listed, explained and run by its name', async () => {
  const { path, msgplay } = folder();
  const { code, stdout } = await msgplay('new', 'hello');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Wrote msgplay\/hello\.mjs and msgplay\/hello\.test\.mjs\.\n\nNext:\n {2}msgplay run hello /);
  expect(stdout).toContain('npm install --save-dev msgplay');
  expect(readdirSync(join(path, 'msgplay')).sort()).toEqual(['hello.mjs', 'hello.test.mjs']);

  const run = await msgplay('run', 'hello', '--greetings', '3');
  expect([run.code, run.stderr]).toEqual([0, '']);
  expect(run.stdout).toContain('✓ they arrive in order · 1, 2, 3');
  expect((await msgplay('list')).stdout).toMatch(/\n\nYour own \(\.\/msgplay\)\n {2}hello {2}A few greetings/);
  const listed = JSON.parse((await msgplay('list', '--json')).stdout);
  expect(listed.at(-1)).toMatchObject({ name: 'hello', needs: ['rabbitmq'], file: './msgplay/hello.mjs' });
  expect((await msgplay('explain', 'hello')).stdout).toContain('--greetings');
  expect((await msgplay('run', 'helo')).stderr).toContain('Did you mean hello?');
  expect((await msgplay('hello')).stderr).toContain('Did you mean: msgplay run hello');
});

test('the test beside it passes with node:test, and fails where the scenario does', async () => {
  const own = folder();
  own.write('package.json', '{"type":"module"}');
  installInto(own, 'msgplay');
  expect((await own.msgplay('new', 'hello')).stdout).not.toContain('npm install');
  const tested = () =>
    spawnSync(process.execPath, ['--test', 'msgplay/hello.test.js'], { cwd: own.path, encoding: 'utf8' });
  expect(tested().stdout).toContain('# pass 1');
  const file = join(own.path, 'msgplay', 'hello.js');
  writeFileSync(file, readFileSync(file, 'utf8').replace('=== index + 1', '=== index + 2'));
  const failed = tested();
  expect([failed.status, failed.stdout]).toEqual([1, expect.stringContaining('they arrive in order')]);
});

test('in TypeScript it passes with Vitest, and its types hold', async () => {
  const own = folder();
  own.write('package.json', '{"type":"module","devDependencies":{"typescript":"*","vitest":"*"}}');
  installInto(own, 'msgplay', 'vitest', 'amqplib', '@types');
  expect((await own.msgplay('new', 'hello')).stdout).toContain('npx vitest run msgplay/hello.test.ts');
  const vitest = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], {
    cwd: own.path,
    encoding: 'utf8',
  });
  expect([vitest.status, vitest.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
  ];
  const typed = spawnSync(process.execPath, [tsc, ...strict, 'msgplay/hello.ts'], { cwd: own.path, encoding: 'utf8' });
  expect([typed.status, typed.stdout]).toEqual([0, '']);
});

test('nothing is overwritten, and nothing is half written', async () => {
  const own = folder();
  own.write('msgplay/hello.ts', 'mine');
  own.write('msgplay/other.test.mjs', 'mine, too');
  expect(await own.msgplay('new', 'hello')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('msgplay/hello.ts already'),
  });
  expect(await own.msgplay('new', 'other')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('other.test.mjs already'),
  });
  expect(readdirSync(join(own.path, 'msgplay')).sort()).toEqual(['hello.ts', 'other.test.mjs']);
  const taken = folder();
  taken.write('msgplay', 'a file');
  expect(await taken.msgplay('new', 'hello')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('./msgplay is a file'),
  });
});

test.each([
  ['MyTalk', 'Try: msgplay new my-talk'],
  ['hello.ts', 'Try: msgplay new hello --ts'],
  ['../up', 'Try: msgplay new up'],
  ['con', 'For example: msgplay new hello'],
  ['pubsub', 'Try: msgplay new my-pubsub'],
])('a name that will not do is explained: %s', async (name, hint) => {
  const { path, msgplay } = folder();
  expect(await msgplay('new', name)).toMatchObject({ code: 2, stderr: expect.stringContaining(hint) });
  expect(readdirSync(path)).toEqual([]);
});

test('list tells of one that has the name of ours, and of one that can not be loaded', async () => {
  const own = folder();
  own.write('msgplay/pubsub.mjs', 'export default {}');
  own.write('msgplay/broken.ts', 'const = 1');
  own.write('msgplay/_shared.ts', 'export const x = 1');
  const { code, stdout } = await own.msgplay('list');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n {2}broken {2}✗ \.\/msgplay\/broken\.ts can't be loaded/);
  expect(stdout).toMatch(
    /\n {2}pubsub {2}✗ msgplay has a scenario of this name; run yours by its file: msgplay run \.\/msgplay\/pubsub\.mjs\n/,
  );
  expect(stdout).not.toContain('_shared');
});
