/** The README's examples are run, and its tables say what the program says. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../src/core/services.ts';
import { LAYERS } from '../src/reporters/reporter.ts';
import { missing, OWN_BACKEND, type Servers, startServers, titled } from './helpers/servers.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'bin/msgplay.js');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const run = promisify(execFile);

/** The command lines of the README, without those that install. */
const examples = [...readme.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block]) => block!.trim().split('\n'))
  .map((line) => line.replace(/^npm install && /, ''))
  .filter((line) => line.startsWith('npx msgplay '))
  .map((line) => line.replace('npx msgplay ', '').replace(/ +#.*/, ''));

/** Examples with real servers are run where this run is about those. */
const ours = examples.filter((line) => OWN_BACKEND === 'local' || !line.includes('local'));
const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis']);

/** Where the examples leave what they write; no trace of them is left on this machine. */
const folder = mkdtempSync(join(tmpdir(), 'msgplay-examples-'));
const env = { ...process.env, XDG_STATE_HOME: folder };
cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

let servers: Servers | undefined;
beforeAll(async () => {
  if (why === undefined) servers = await startServers('rabbitmq', 'redis');
});
afterAll(() => servers?.close());

/** The words of a line; the servers it names are replaced by private ones. */
function wordsOf(line: string): string[] {
  const urlOf = (service: Service): string => servers!.urls[service]!;
  return line.split(' ').map((word) => {
    if (word.startsWith('amqp://')) return urlOf('rabbitmq');
    if (word.startsWith('redis://')) return urlOf('redis');
    return word;
  });
}

describe('the examples', () => {
  test.skipIf(why !== undefined).each(ours.filter((line) => !line.startsWith('up ')))(
    titled('msgplay %s', why),
    { timeout: 90_000 },
    async (line) => {
      const { stdout } = await run(process.execPath, [BIN, ...wordsOf(line)], { cwd: folder, env });
      expect(stdout).not.toBe('');
    },
  );

  test.each(ours.filter((line) => line.startsWith('up ')))('msgplay %s', async (line) => {
    const child = spawn(process.execPath, [BIN, ...wordsOf(line)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [ready] = await once(child.stdout, 'data');
    expect(Object.keys(JSON.parse(String(ready)))).toEqual(['redis']);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });

  test('include the two that do everything', () => {
    expect(examples).toContain('run pubsub');
    expect(readme).toContain('npm install && npm test');
  });
});

test('a scenario of your own is one that runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-readme-'));
  try {
    const file = join(folder, 'hello.js');
    writeFileSync(file, /```js\n(.*?)```/s.exec(readme)![1]!);
    const { stdout } = await run(process.execPath, [BIN, 'run', file, '--by', '3'], { cwd: folder });
    expect(stdout).toContain('✓ the counter counts');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every layer and exit code is named', () => {
  for (const layer of LAYERS) expect(readme).toMatch(new RegExp(`\\| \`${layer}\` +\\|`));
  for (const code of [0, 1, 2, 3, 4, 130]) expect(readme).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});
