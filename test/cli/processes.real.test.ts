/** Processes that a scenario file starts: none outlives its run, however it ends, and what was ended is told. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { msgplay, SHORT_LIMITS, start } from '../helpers/cli.ts';
import { eventually } from '../helpers/eventually.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;

/** For such a file: until `count` of its processes are the program that they are to become. */
writeFileSync(
  join(directory, 'asleep.mjs'),
  `import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export async function asleep(seconds, count) {
  const isAsleep = (pid) => {
    try {
      return readFileSync('/proc/' + pid + '/cmdline', 'latin1') === ['sleep', seconds, ''].join('\\0');
    } catch {
      return false;
    }
  };
  while (readdirSync('/proc').filter(isAsleep).length < count) await sleep(5);
}`,
);
const asleep = (seconds: string, count: number): string =>
  `await (await import('./asleep.mjs')).asleep('${seconds}', ${count});`;

/** A scenario file whose processes sleep for so long as nobody else's do, and who of them is still there. */
function guest(body: (seconds: string) => string, before: (seconds: string) => string = () => '') {
  const seconds = `${70_000 + process.pid}.${++files}`;
  const path = join(directory, `guest-${files}.mjs`);
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
import { exec, execSync, spawn, spawnSync } from 'node:child_process';
${before(seconds)}
export default defineScenario({
  name: 'guest', title: 'A guest', options: {}, needs: [], about: () => '',
  async run(lab) {
${body(seconds)}
    lab.check('fine', true);
  },
});
`,
  );
  const sleeping = (): string[] =>
    readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(seconds));
  return { path, sleeping };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** What the trace of a run tells of them. */
const told = (stdout: string): string[] =>
  [...stdout.matchAll(/"code":"PROCESSES_ENDED","values":\{"programs":"([^"]*)"/g)].map(
    ([, programs = '']) => programs,
  );

describe.skipIf(!existsSync('/proc/self/environ'))('processes of a scenario file', () => {
  test.each<[string, (seconds: string) => string, string]>([
    ['one', (s) => `spawn('sleep', ['${s}']);`, 'sleep'],
    ['detached', (s) => `spawn('sleep', ['${s}'], { detached: true, stdio: 'ignore' }).unref();`, 'sleep'],
    [
      'behind a shell that has ended',
      (s) => `spawn('sh', ['-c', 'setsid sleep ${s} & exit 0']); ${asleep(s, 1)}`,
      'sleep',
    ],
    [
      'with an environment of their own',
      (s) => `const env = { PATH: process.env.PATH };
      spawn('sleep', ['${s}'], { env }); execSync('nohup sleep ${s} > /dev/null 2>&1 &', { env });
      ${asleep(s, 2)}`,
      'sleep',
    ],
    [
      'that do not want to end',
      (s) => `exec("(trap '' TERM; while :; do sleep ${s}; done)"); ${asleep(s, 1)}`,
      'sh, sleep',
    ],
  ])('%s', async (_, body, programs) => {
    const { path, sleeping } = guest(body);
    const { code, stdout, stderr } = await msgplay(['run', path, '--format', 'ndjson']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(told(stdout)).toEqual([programs]);
    expect(sleeping()).toEqual([]);
  });

  test('one that has ended by itself is not told', async () => {
    const { path } = guest(() => "spawnSync('true'); await new Promise((end) => spawn('true').once('exit', end));");
    const { code, stdout } = await msgplay(['run', path, '--format', 'ndjson']);
    expect([code, told(stdout)]).toEqual([0, []]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('after %s', async (signal) => {
    for (const line of [[], ['--repeat', '2', '-j', '2']]) {
      const { path, sleeping } = guest(
        (s) => `spawn('sleep', ['${s}'], { detached: true }); await lab.sleep(600_000);`,
      );
      const running = start(['run', path, ...line]);
      await eventually(() => expect(sleeping().length).toBe(line.length === 0 ? 1 : 2));
      running.child.kill(signal);
      await running.ended;
      await eventually(() => expect(sleeping()).toEqual([]));
    }
  });

  test('one that is waited for is ended at the timeout, and so is the wait', async () => {
    const { path, sleeping } = guest((s) => `spawnSync('sleep', ['${s}']);`);
    const { code, stdout } = await msgplay(['run', path, '--timeout', '1', '--format', 'ndjson'], SHORT_LIMITS);
    expect([code, told(stdout)]).toEqual([4, ['sleep']]);
    expect(sleeping()).toEqual([]);
  });

  test('one that a file waits for while it loads: exit 2, and it is told', async () => {
    const { path, sleeping } = guest(
      () => '',
      (s) => `execSync('sleep ${s}');`,
    );
    const env = { ...SHORT_LIMITS, SHORTEN_TO_MS: '10000', SHORTEN_TIMES: '2' };
    const { code, stdout, stderr } = await msgplay(['run', path], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/guest-\d+\.mjs left programs, which were ended: (sh, )?sleep\n/);
    expect(stderr).toMatch(/can't be loaded: Command failed: sleep .*\(.*:3\)$/m);
    expect(sleeping()).toEqual([]);
  });
});
