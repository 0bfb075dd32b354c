/** Scenario files that misbehave: each run ends in time, says why and where, and its trace is whole. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { type Environment, msgplay, SHORT_LIMITS } from '../helpers/cli.ts';
import { ofType } from '../helpers/play.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;

/** A scenario whose run is `body`, from line 11 on; `before` stands in line 2. */
function guest(body: string, before = ''): string {
  const path = join(directory, `guest-${++files}.mjs`);
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
${before}
export default defineScenario({
  name: 'guest', title: 'A guest', group: 'Mine', options: {}, needs: [],
  about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },



  async run(lab) {
${body}
  },
});
`,
  );
  return path;
}

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
  readonly events: readonly TraceEvent[];
  readonly end: { readonly outcome: string; readonly reason?: string };
}

/** Runs a file; every line of stdout is an event, and the last one is the end. */
async function ran(path: string, flags: readonly string[] = [], env: Environment = {}): Promise<Ran> {
  const { code, stdout, stderr } = await msgplay(['run', path, '--format', 'ndjson', ...flags], env);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEvent);
  const end = events.at(-1);
  if (end?.type !== 'run-end') throw new Error(`no end: ${stdout}${stderr}`);
  return { code, stderr, events, end };
}

const OUTCOMES: Record<string, number> = { passed: 0, failed: 1, 'timed-out': 4 };

describe('while it runs', () => {
  test.each([
    ['process.exit(0) after a failed check', "lab.check('fine', false);\nprocess.exit(0);", 'failed', 12, ''],
    ['process.exit(0)', 'process.exit(0);', 'failed', 11, ''],
    ['a throw', 'undefined.foo;', 'failed', undefined, ':11:'],
    [
      'a throw in a callback',
      "setTimeout(() => {\nthrow new Error('oops') });\nawait lab.sleep(50);",
      'failed',
      undefined,
      ':12:',
    ],
    [
      'a rejection that nobody hears',
      "Promise.reject(new Error('oops'));\nawait lab.sleep(50);",
      'failed',
      undefined,
      ':11:',
    ],
    ['a timer that is left', "setInterval(() => {}, 1);\nlab.check('fine', true);", 'passed', undefined, ''],
    ['no check', '', 'passed', undefined, 'guest makes no check'],
  ])('%s', async (_what, body, outcome, line, said) => {
    const path = guest(body);
    const { code, stderr, end, events } = await ran(path);
    expect([end.outcome, code]).toEqual([outcome, OUTCOMES[outcome]]);
    if (line !== undefined) expect(end.reason).toMatch(new RegExp(`was called at .*${path.slice(-11)}:${line}$`));
    if (said === '') expect(stderr).toBe('');
    else expect(stderr).toContain(said);
    // A check that came too late is not told: the end is the end.
    expect(ofType(events, 'check').every(({ title }) => title === 'fine')).toBe(true);
  });

  test.each([
    ['no text', 'throw Object.create(null);'],
    ['that throws when it is read', "throw new Proxy({}, { get() { throw new Error('x') } });"],
  ])('a throw of something %s ends it at once', async (_what, body) => {
    const { code, end } = await ran(guest(body));
    expect([end.outcome, code, end.reason]).toEqual(['failed', 1, 'something that has no message was thrown']);
  });

  test('a lab used for ever: what comes after the end is not told, and changes nothing', async () => {
    const { code, end, events } = await ran(
      guest("setInterval(() => lab.check('late', false), 1);\nlab.check('fine', true);"),
    );
    const late = ofType(events, 'check').filter(({ passed }) => !passed);
    expect([end.outcome, code]).toEqual(late.length > 0 ? ['failed', 1] : ['passed', 0]);
    expect(events.filter(({ type }) => type === 'run-end').length).toBe(1);
  });

  test('what it prints is not in the trace, and moves no cursor', async () => {
    const { code, stderr } = await ran(
      guest(
        "console.log('hello \\u001b[2J there'); process.stdout.write('raw\\n'); console.error('oh');\nlab.check('fine', true);",
      ),
    );
    expect(code).toBe(0);
    expect(stderr.split('\n').sort()).toEqual(['', 'hello  [2J there', 'oh', 'raw']);
  });

  test('a loop that never yields ends with the timeout, and is found', async () => {
    const path = guest("lab.note('so far');\nconst spin = () => {\nfor (;;);\n};\nspin();");
    const { code, stderr, end, events } = await ran(path, ['--timeout', '2'], SHORT_LIMITS);
    expect([end.outcome, code]).toEqual(['timed-out', 4]);
    expect(ofType(events, 'note').map(({ text }) => text)).toEqual(['so far']);
    expect(stderr).toMatch(/never yields: it was busy at .*:13 and was ended\.$/m);
  });

  test('a clean-up that never yields is ended, and found', async () => {
    const path = guest("lab.defer(() => {\nfor (;;);\n});\nlab.check('fine', true);");
    const { code, stderr, end } = await ran(path, [], SHORT_LIMITS);
    expect([end.outcome, code]).toEqual(['passed', 0]);
    expect(stderr).toMatch(/^cleaning up: busy at .*:12, not done after 9 s$/m);
  });

  test('waiting for what never comes ends with the timeout', async () => {
    const { code, end } = await ran(guest('await new Promise(() => {});'), ['--timeout', '0.2']);
    expect([end.outcome, code]).toEqual(['timed-out', 4]);
  });

  test('an exit while others wait for their turn: they have it', async () => {
    const [bad, good] = [guest('process.exit(0);'), guest("lab.check('fine', true);")];
    const { code, stdout, stderr } = await msgplay(['run', bad, good]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed in [\s\S]*^passed in /m);
    expect(stderr).toMatch(/^1 of 2 scenarios passed\n {2}✗ guest {2}failed\n {2}✓ guest {2}passed\n$/m);
  });
});

describe('while it loads', () => {
  test.each([
    ['a throw', "throw new Error('no luck');", /can't be loaded: no luck \(.*:2\)$/m],
    ['a top-level await that never comes', 'await new Promise(() => {});', /can't be loaded: it never finishes: /],
    ['process.exit', 'process.exit(0);', /can't be loaded: process\.exit\(0\) was called at .*:2$/m],
  ])('%s: exit 2, and where', async (_what, before, message) => {
    const { code, stdout, stderr } = await msgplay(['run', guest('', before)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test.each([
    [
      'an import that never resolves',
      'setInterval(() => {}, 1000); await new Promise(() => {});',
      /not done after 10 s$/m,
    ],
    ['a loop', 'for (;;);', /busy at .*:2, not done after 10 s$/m],
  ])('%s: exit 2, after a while', async (_what, before, message) => {
    const env = { ...SHORT_LIMITS, SHORTEN_TO_MS: '10000', SHORTEN_TIMES: '2' };
    const { code, stdout, stderr } = await msgplay(['run', guest('', before)], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a directory, JSON, a file that is not there', async () => {
    writeFileSync(join(directory, 'data.json'), '{}');
    const said = async (word: string): Promise<string> => {
      const { code, stdout, stderr } = await msgplay(['run', word]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await said(directory)).toContain('is a directory.\nName a file in it');
    expect(await said(join(directory, 'data.json'))).toContain('is no program: it has to be JavaScript or TypeScript.');
    expect(await said(join(directory, 'nowhere.ts'))).toContain('There is no file');
  });
});

describe('options', () => {
  test('one that is called like our own is refused; two that clash, too', async () => {
    const declaring = (options: string): string => {
      const path = guest("lab.check('fine', true);").replace('.mjs', '-o.mjs');
      writeFileSync(
        path,
        `export default { name: 'guest', title: '', group: '', options: ${options}, needs: [], about: () => '',
explain: { idea: '', picture: '', look: [], try: [] }, run: async () => {} };`,
      );
      return path;
    };
    const own = await msgplay(['run', declaring("{ timeout: { type: 'flag', help: '' } }")]);
    expect(own).toMatchObject({ code: 2, stdout: '' });
    expect(own.stderr).toContain("The option --timeout of guest is called like one of msgplay's own.");
    const clash = await msgplay(['run', 'job-queue', declaring("{ jobs: { type: 'flag', help: '' } }")]);
    expect(clash).toMatchObject({ code: 2, stdout: '' });
    expect(clash.stderr).toContain('job-queue and guest mean different things by --jobs');
  });
});

describe("nobody else's code", () => {
  test('what is compiled lies where only this user can write, and nothing of it under the temp directory', async () => {
    const [home, temp] = [join(directory, 'home'), join(directory, 'temp')];
    mkdirSync(temp);
    const path = guest("lab.check('fine', true);");
    const env = { XDG_CACHE_HOME: home, TMPDIR: temp };
    expect((await msgplay(['run', path], env)).code).toBe(0);
    expect(readdirSync(temp)).toEqual([]);
    const cache = join(home, 'msgplay', 'compiled');
    expect(readdirSync(cache).length).toBe(1);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    // Whoever could have written there could have written anything.
    for (const name of readdirSync(cache)) {
      const kept = join(cache, name);
      writeFileSync(kept, 'exports.default = process.exit(77);');
    }
    chmodSync(cache, 0o777);
    expect((await msgplay(['run', path], env)).code).toBe(0);
  });

  test('a cache that can not be had is gone without', async () => {
    writeFileSync(join(directory, 'file'), '');
    const env = { XDG_CACHE_HOME: join(directory, 'file'), TMPDIR: join(directory, 'nowhere') };
    expect((await msgplay(['run', guest("lab.check('fine', true);")], env)).code).toBe(0);
  });
});
