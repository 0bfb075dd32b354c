/** `msgplay run` from the outside: formats, layers, several scenarios, files of one's own, outcomes and exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../src/core/events.ts';
import { type Ended, msgplay, SHORT_LIMITS, start } from '../helpers/cli.ts';
import { ofType } from '../helpers/play.ts';

const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A scenario of one's own, as somebody writes it outside of any package. */
function own(file: string, body: string, needs = '[]'): string {
  const path = join(directory, file);
  const name = file.replace(/\..*$/, '');
  writeFileSync(
    path,
    `import { defineScenario${file.endsWith('.ts') ? ', type Lab' : ''} } from 'msgplay';
export default defineScenario({
  name: '${name}',
  title: 'A scenario of my own',
  options: { times: { type: 'integer', default: 2, min: 1, max: 5, help: 'how often' } },
  needs: ${needs},
  about: ({ times }) => \`\${times} times\`,
  explain: { idea: 'Mine.', picture: '', look: [], try: [] },
  async run(lab${file.endsWith('.ts') ? ': Lab' : ''}, { times }) {
    ${body}
  },
});
`,
  );
  return path;
}

function eventsOf({ stdout }: Ended): TraceEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ESCAPE = '\u001b';

describe('what is printed', () => {
  test('lines where there is no terminal; nothing on stderr', async () => {
    const { code, stdout, stderr } = await msgplay(['run', 'pubsub', '--via', 'redis']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^pubsub {2}One event, many subscribers[^▸]* Redis .* \(embedded\) · seed 1$/m);
    expect(stdout).toMatch(/publisher → Redis {2}event 1 PUBLISH/);
    expect(stdout).toMatch(/^passed in /m);
    expect(stdout).not.toContain(ESCAPE);
  });

  test('ndjson: every line is an event, all of one run', async () => {
    const ended = await msgplay(['run', 'job-queue', '--jobs', '2', '--format', 'ndjson', '--seed', '7']);
    expect(ended.code).toBe(0);
    const events = eventsOf(ended);
    expect(events[0]).toMatchObject({ type: 'run-start', scenario: 'job-queue', seed: 7, options: { jobs: 2 } });
    expect(events.at(-1)).toMatchObject({ type: 'run-end', outcome: 'passed' });
    expect(ofType(events, 'frame').length).toBeGreaterThan(0);
  });

  test('the layers', async () => {
    const at = async (layer: string) => (await msgplay(['run', 'pubsub', '--via', 'redis', '--layer', layer])).stdout;
    expect(await at('message')).toMatch(/event 2 message/);
    expect(await at('frame')).toMatch(/PUBLISH events .* \d+ B$/m);
    expect(await at('bytes')).toMatch(/ {2}0000 {2}2a 33 0d 0a/);
  });

  test('--handshakes shows how connections begin and end', async () => {
    const { stdout } = await msgplay(['run', 'job-queue', '--jobs', '1', '--layer', 'frame', '--handshakes']);
    expect(stdout).toMatch(/connection\.start-ok/);
    expect(stdout).not.toContain('guest\u0000');
  });

  test.each([
    ['FORCE_COLOR=1', { FORCE_COLOR: '1' }, true],
    ['NO_COLOR over FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '' }, true],
    ['CI', { CI: '1' }, false],
    ['TERM=dumb', { TERM: 'dumb' }, false],
  ])('colours: %s', async (_what, env, colourful) => {
    const { code, stdout } = await msgplay(['run', 'pubsub', '--via', 'redis', '--format', 'pretty'], env);
    expect(code).toBe(0);
    expect(stdout.includes(ESCAPE)).toBe(colourful);
  });

  test('--format pretty draws lanes as wide as COLUMNS says', async () => {
    const { stdout } = await msgplay(['run', 'pubsub', '--via', 'redis', '--format', 'pretty'], { COLUMNS: '110' });
    const lanes = stdout.split('\n').filter((line) => line.includes('┃'));
    expect(lanes.length).toBeGreaterThan(3);
    expect(Math.max(...lanes.map((line) => [...line].length))).toBeLessThanOrEqual(110);
  });

  test('the same seed makes the same choices', async () => {
    const costs = async (seed: string) => {
      const events = eventsOf(await msgplay(['run', 'job-queue', '--jobs', '4', '--seed', seed, '--format', 'ndjson']));
      return ofType(events, 'message').flatMap(({ stage, body }) => (stage === 'published' ? [body] : []));
    };
    expect(await costs('5')).toEqual(await costs('5'));
    expect(await costs('5')).not.toEqual(await costs('6'));
  });
});

test('an option whose name begins with no is the option of that name', async () => {
  const [begun] = eventsOf(await msgplay(['run', 'redis-lock', '--no-fencing', '--format', 'ndjson']));
  expect(begun).toMatchObject({ type: 'run-start', options: { noFencing: true } });
});

describe('several scenarios', () => {
  test('run one after the other, each with the options it knows', async () => {
    const line = ['run', 'job-queue', 'pubsub', '--jobs', '2', '--via', 'redis', '--format', 'ndjson'];
    const ended = await msgplay(line);
    expect(ended.code).toBe(0);
    const begun = ofType(eventsOf(ended), 'run-start');
    expect(begun.map(({ scenario }) => scenario)).toEqual(['job-queue', 'pubsub']);
    expect(begun.map(({ options }) => options)).toMatchObject([{ jobs: 2 }, { via: 'redis' }]);
  });

  test('one whose server is missing does not keep the others from running', async () => {
    const { code, stdout, stderr } = await msgplay([
      'run',
      'hello-queue',
      'pubsub',
      '--via',
      'redis',
      '--rabbitmq-url',
      'amqp://127.0.0.1:1',
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^msgplay: hello-queue: RabbitMQ is not there: nothing listens at 127.0.0.1:1$/m);
    expect(stdout).toMatch(/^passed in /m);
  });
});

describe('a format of one’s own', () => {
  const format = (file: string, text: string): string => {
    writeFileSync(join(directory, file), text);
    return join(directory, file);
  };

  test('gets every event and prints what it likes, also in TypeScript', async () => {
    const path = format(
      'dots.ts',
      `import type { Reporter, TraceEvent } from 'msgplay';
const dots: Reporter = {
  name: 'dots',
  title: 'a dot for each frame',
  frames: () => 'yes',
  begin: ({ layer }) => (event: TraceEvent) => (event.type === 'frame' ? '.' : event.type === 'run-end' ? \`\${layer}\\n\` : ''),
};
export default dots;
`,
    );
    for (const flags of [['--format', path], [`--format=${path}`]]) {
      const ended = await msgplay(['run', 'pubsub', '--via', 'redis', '--layer', 'frame', ...flags]);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toMatch(/^\.{10,}frame\n$/);
    }
  });

  test('that is none: exit 2', async () => {
    const path = format('none.js', 'export default { name: "none" };');
    const { code, stderr } = await msgplay(['run', 'pubsub', '--format', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('does not export a reporter.\nIts default export must be a Reporter');
    expect((await msgplay(['run', 'pubsub', '--format', './nowhere.js'])).stderr).toContain(
      "There is no file './nowhere.js'.",
    );
  });
});

describe('a file of one’s own', () => {
  test('in TypeScript, with options and clients that msgplay brings along', async () => {
    const path = own(
      'mine.ts',
      `const { Redis } = await import('ioredis');
    const redis = new Redis(await lab.url('redis', 'me'));
    lab.defer(() => redis.quit());
    let count: number = 0;
    for (let i = 0; i < times; i++) count = await redis.incr(lab.name('counter'));
    lab.check('it was counted', count === times, String(count));`,
      "['redis']",
    );
    const ended = await msgplay(['run', path, '--times', '3']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^mine {2}A scenario of my own/);
    expect(ended.stdout).toMatch(/INCR counter → 3/);
    expect(ended.stdout).toMatch(/✓ it was counted · 3/);
    expect((await msgplay(['run', path, '--times', '9'])).stderr).toContain('--times takes a whole number from 1 to 5');
    expect((await msgplay(['explain', path])).stdout).toContain('--times');
  });

  test('whose check fails: exit 1', async () => {
    const { code, stdout, stderr } = await msgplay(['run', own('failing.js', "lab.check('it rains', false, 'dry');")]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^✗ it rains · dry$/m);
    expect(stdout).toMatch(/^failed in /m);
  });

  test('whose promise does not come true in time: exit 1, the check says so', async () => {
    const path = own('waiting.js', "await lab.until('pigs fly', () => false, 30);");
    const { code, stdout, stderr } = await msgplay(['run', path]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^✗ pigs fly · not within 0.03 s$/m);
  });

  test('that throws while it runs: exit 1, with its stack, since it is a program to be corrected', async () => {
    const { code, stdout, stderr } = await msgplay(['run', own('throwing.js', "throw new Error('my own mistake');")]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed in .*: my own mistake$/m);
    expect(stderr).toMatch(/^Error: my own mistake\n +at .*throwing\.js/);
    expect(stderr).not.toContain('bug in msgplay');
  });

  test('whose error repeats what a server wrote: neither output lets it move the cursor', async () => {
    const path = own('hostile.js', "throw new Error('a\\u001b[2J\\u009b1A\\rb');");
    const { stdout, stderr } = await msgplay(['run', path]);
    expect(stdout).toMatch(/^failed in .*: a \[2J 1A b$/m);
    expect(stderr).toMatch(/^Error: a \[2J 1A b\n +at .*hostile\.js/);
  });

  test('whose client throws where nobody can catch it: exit 1 as well', async () => {
    const body = `await new Promise((thrown) => setTimeout(() => {
      setImmediate(thrown);
      throw new Error('out of nowhere');
    }));`;
    const { code, stdout } = await msgplay(['run', own('stray.js', body)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed in .*: out of nowhere$/m);
  });

  test("whose client has no error listener: the scenario's own error is the news, and the other one is told", async () => {
    const body = `const { connect } = await import('amqplib');
    const connection = await connect(await lab.url('rabbitmq', 'me'));
    const channel = await connection.createChannel();
    const consumed = channel.consume('nowhere', () => {});
    await consumed.catch(() => {});
    await lab.sleep(20);
    throw new Error('my own mistake');`;
    const { code, stdout, stderr } = await msgplay(['run', own('unheard.js', body, "['rabbitmq']")]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/a client threw an error that nobody listens for: .*404/);
    expect(stdout).toMatch(/^failed in .*: my own mistake$/m);
    expect(stderr).toMatch(/^Error: my own mistake\n +at .*unheard\.js/);
    expect(stderr).not.toContain('404');
  });

  test('whose clients fail when their server goes: that is no error', async () => {
    const body = `const { connect } = await import('amqplib');
    for (let count = 0; count < 20; count++) await connect(await lab.url('rabbitmq', 'me'));
    lab.check('they are there', true);`;
    const { code, stderr } = await msgplay(['run', own('unclosed.js', body, "['rabbitmq']")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('that takes longer than --timeout: exit 4, timed out', async () => {
    const path = own('slow.js', 'await new Promise((resolve) => setTimeout(resolve, 600_000));');
    const ended = await msgplay(['run', path, '--timeout', '2', '--format', 'ndjson'], SHORT_LIMITS);
    expect(ended.code).toBe(4);
    expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run-end', outcome: 'timed-out' });
  });

  test('whose cleanup hangs: the run ends all the same, and says so', async () => {
    const path = own('hanging.js', "lab.defer(() => new Promise(() => {})); lab.check('fine', true);");
    const { code, stderr } = await msgplay(['run', path], SHORT_LIMITS);
    expect(code).toBe(0);
    expect(stderr).toBe('cleaning up: not done within 3 s\n');
  });
});

describe('a reader that goes away', () => {
  test.each([['run', 'job-queue', '--jobs', '200', '--format', 'ndjson'], ['list'], ['doctor'], ['run', '--help']])(
    'from %s %s ends it quietly',
    async (...args) => {
      const running = start(args);
      running.child.stdout.destroy();
      const { code, stderr } = await running.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('in the middle of a run: it ends early, and quietly', async () => {
    const running = start(['run', 'job-queue', '--jobs', '1000', '--format', 'ndjson']);
    await running.says(/"type":"message"/);
    running.child.stdout.destroy();
    const { code, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('of stderr is no harm either', async () => {
    const running = start(['run', 'pubsb']);
    running.child.stderr.destroy();
    expect((await running.ended).code).toBe(2);
  });
});
