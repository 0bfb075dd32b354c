/** Many scenarios on one line: in which order, how often, how many at a time, and what a person is told at the end. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventOf, TraceEvent } from '../../../src/core/events.ts';
import { type Ended, msgplay, start } from '../../helpers/cli.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ofType } from '../../helpers/play.ts';
import { processesWith } from '../../helpers/processes.ts';
import { startServers } from '../../helpers/servers.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'msgplay-many-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A scenario that needs nothing; `seed` draws one number from the run's seed. */
function own(at: string, name: string, body: string): string {
  const path = join(at, `${name}.mjs`);
  writeFileSync(
    path,
    `import { defineScenario } from 'msgplay';
export default defineScenario({
  name: '${name}', title: 'Mine', needs: [],
  options: { times: { type: 'integer', default: 1, min: 1, max: 9, help: 'how often' } },
  about: () => '',
  async run(lab, { times }) { ${body} },
});
`,
  );
  return path;
}

function startsOf({ stdout }: Ended): EventOf<'run-start'>[] {
  const events: TraceEvent[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  // Each run is whole: it begins when the one before has ended.
  const edges = events.filter(({ type }) => type === 'run-start' || type === 'run-end').map(({ type }) => type);
  expect(edges).toEqual(edges.map((_, index) => (index % 2 === 0 ? 'run-start' : 'run-end')));
  return ofType(events, 'run-start');
}

/** A machine may be as slow as it likes: what is waited for comes. */
const SLOW_MS = 80_000;

const HOLDS = "lab.check('it holds', true)";

test('what found no server is not repeated, and what needs the same server is told without asking again', async () => {
  let knocks = 0;
  const nobody = createServer((socket) => {
    knocks += 1;
    socket.setEncoding('latin1').on('data', (commands: string) => {
      for (const _ of commands.matchAll(/^\*\d/gm)) socket.write('-LOADING Redis is loading the dataset in memory\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  onTestFinished(() => void nobody.close());
  const url = `redis://127.0.0.1:${(nobody.address() as AddressInfo).port}`;
  const line = `run redis-lock , ws-lifecycle , rate-limit , redis-lock --repeat 5 --format ndjson --redis-url ${url}`;
  const { code, stdout, stderr } = await msgplay(line.split(' '));
  expect(code).toBe(3);
  expect(stdout.match(/"type":"run-end"/g)).toHaveLength(5);
  expect(stderr.match(/is loading the dataset/g), stderr).toHaveLength(3 + 3);
  expect(stderr).toContain('msgplay: left out 12 more runs, for want of the same servers.');
  expect(knocks).toBe(1);
});

test('what may not be done to a shared server keeps nothing else from running there', async () => {
  const redis = await startServers('redis');
  onTestFinished(() => redis.close());
  const line = `run cache-aside , leaderboard --repeat 2 --format ndjson --redis-url ${redis.urls.redis}`;
  const { code, stderr } = await msgplay(line.split(' '));
  expect(code).toBe(3);
  expect(stderr).toContain('cache-aside restarts Redis or changes its settings');
  expect(stderr).not.toContain('leaderboard: cache-aside');
  expect(stderr).toContain('1 of 2 scenarios passed');
});

describe('options', () => {
  test('between commas belong to the scenario before them, those of msgplay to all', async () => {
    const line =
      'run pubsub --via redis --format ndjson , hello-queue --messages 1 , pubsub --events 2 --via redis --seed 9';
    const ended = await msgplay(line.split(' '));
    expect(ended.code).toBe(0);
    expect(
      startsOf(ended).map(({ scenario, seed, options }) => [scenario, seed, options.events ?? options.messages]),
    ).toEqual([
      ['pubsub', 9, 1],
      ['hello-queue', 9, 1],
      ['pubsub', 9, 2],
    ]);
    expect(ended.stderr).toBe(
      [
        '3 of 3 scenarios passed',
        '  ✓ pubsub --via redis             passed',
        '  ✓ hello-queue --messages 1       passed',
        '  ✓ pubsub --via redis --events 2  passed',
        '',
      ].join('\n'),
    );
  });

  test('--jobs is of a scenario that has it where that is named, and -j is never', async () => {
    const ended = await msgplay('run job-queue pubsub --via redis --jobs 2 -j 2 --format ndjson'.split(' '));
    expect(startsOf(ended).map(({ scenario, options }) => [scenario, options.jobs])).toEqual([
      ['job-queue', 2],
      ['pubsub', undefined],
    ]);
  });

  test.each([
    ['run , pubsub', 'A comma stands between two scenarios'],
    ['run pubsub ,', 'A comma stands between two scenarios'],
    ['run pubsub , hello-queue --via redis', "Unknown option '--via'"],
    ['run --tag rabitmq', "No scenario has the tag 'rabitmq'.\nDid you mean rabbitmq?"],
    ['run pubsub --jobs 0', '--jobs takes a whole number from 1 to 256'],
    ['run pubsub --repeat x', '--repeat takes a whole number from 1 to'],
    ['run pubsub --jobs 2 --answers 1', '--answers follows a run while it happens'],
    ['run pubsub , pubsub --jobs 2 --pace 1s', '--pace follows a run while it happens'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await msgplay(line.split(' '));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

test('--tag selects, beside those that are named', async () => {
  const ended = await msgplay('run pubsub --via redis , --tag connections --format ndjson'.split(' '));
  const names = startsOf(ended).map(({ scenario }) => scenario);
  const listed = JSON.parse((await msgplay(['list', '--json'])).stdout) as { name: string; tags: string[] }[];
  const tagged = listed.filter(({ tags }) => tags.includes('connections')).map(({ name }) => name);
  expect(tagged.length).toBeGreaterThan(1);
  expect(names).toEqual(['pubsub', ...tagged]);
});

describe('--repeat', () => {
  test('in rounds, each with its own seed', async () => {
    const at = folder();
    const [one, two] = [own(at, 'one', HOLDS), own(at, 'two', HOLDS)];
    const ended = await msgplay(['run', one, two, '--repeat', '2', '--format', 'ndjson']);
    expect(startsOf(ended).map(({ scenario, seed }) => [scenario, seed])).toEqual([
      ['one', 1],
      ['two', 1],
      ['one', 2],
      ['two', 2],
    ]);
    expect(ended.stderr).toBe('2 of 2 scenarios passed\n  ✓ one  2 runs passed\n  ✓ two  2 runs passed\n');
  });

  test('with --seed all have that one', async () => {
    const ended = await msgplay([
      'run',
      own(folder(), 'one', HOLDS),
      '--repeat',
      '2',
      '--seed',
      '7',
      '--format',
      'ndjson',
    ]);
    expect(startsOf(ended).map(({ seed }) => seed)).toEqual([7, 7]);
  });

  /** Fails with some seeds, as the first number says. */
  const CHANCE = "const chance = lab.random(); lab.check('chance', chance < 0.7, String(chance))";

  test.each([[[]], [['--jobs', '2']]])(
    '--until-failure ends with the first that fails, and tells its seed %j',
    async (jobs) => {
      const chance = own(folder(), 'chance', CHANCE);
      const ended = await msgplay(['run', chance, '--until-failure', '--format', 'ndjson', ...jobs]);
      expect(ended.code).toBe(1);
      const failing = Number(/ seed (\d+)/.exec(ended.stderr)?.[1]);
      expect(startsOf(ended).map(({ seed }) => seed)).toContain(failing);
      expect((await msgplay(['run', chance, '--seed', String(failing)])).code).toBe(1);
      if (failing > 1) expect((await msgplay(['run', chance, '--seed', String(failing - 1)])).code).toBe(0);
    },
  );

  test('--until-failure with a bound ends there', async () => {
    const ended = await msgplay(['run', own(folder(), 'one', HOLDS), '--until-failure', '--repeat', '3']);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('3 runs passed');
  });
});

test.each([[[]], [['-j', '2']]])('--fail-fast begins nothing more, and says what was not run %j', async (jobs) => {
  const at = folder();
  const failing = own(at, 'failing', "lab.check('it rains', false, 'dry')");
  const last = own(at, 'last', HOLDS);
  const { code, stderr } = await msgplay(['run', failing, failing, last, last, '--fail-fast', ...jobs]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^0 of 4 scenarios passed\n {2}✗ failing {2}failed\n/);
  expect(stderr).toMatch(/✗ last {5}not run\n$/);
});

describe('--jobs', () => {
  test('prints and reports what a run after the other prints and reports', async () => {
    const at = folder();
    const line = (name: string, ...more: string[]): Promise<Ended> =>
      msgplay([
        ...'run pubsub --via redis , hello-queue --messages 1 , http-request'.split(' '),
        ...['--report', `ndjson=${at}/${name}.ndjson`, '--report', `junit=${at}/${name}.xml`, '--layer', 'story'],
        ...more,
      ]);
    const one = await line('one');
    const two = await line('two', '-j', '2');
    expect([two.code, two.stderr]).toEqual([one.code, one.stderr]);
    const shape = (text: string): string[] => text.split('\n').filter((words) => /^(▸|✓|\S+ {2})/.test(words));
    expect(shape(two.stdout)).toEqual(shape(one.stdout));
    const parser = new XMLParser({ ignoreAttributes: false });
    const suites = ['one', 'two'].map(
      (name) => parser.parse(readFileSync(`${at}/${name}.xml`, 'utf8')).testsuites.testsuite,
    );
    const named = (all: { '@_name': string; '@_tests': string }[]) =>
      all.map((suite) => [suite['@_name'], suite['@_tests']]);
    expect(named(suites[1])).toEqual(named(suites[0]));
    expect(readdirSync(at).sort()).toEqual(['one.ndjson', 'one.xml', 'two.ndjson', 'two.xml']);
  });

  test('what a scenario prints, throws or lacks is told with it', async () => {
    const at = folder();
    const prints = own(at, 'prints', `console.log('hello from me'); ${HOLDS}`);
    const throws = own(at, 'throws', "throw new Error('my own mistake')");
    const { code, stdout, stderr } = await msgplay([
      ...['run', prints, throws, 'hello-queue', '--rabbitmq-url', 'amqp://127.0.0.1:1', '-j', '3'],
    ]);
    expect(code).toBe(1);
    expect(stdout).not.toContain('hello from me');
    expect(stdout).toMatch(/^failed in .*: my own mistake$/m);
    expect(stderr).toContain('hello from me');
    expect(stderr).toMatch(/^Error: my own mistake\n +at .*throws\.mjs/m);
    expect(stderr).toMatch(/^msgplay: hello-queue: RabbitMQ is not there/m);
  });

  /** Runs for long enough that it is still there when it is ended. */
  const LONG = ['job-queue', '--jobs', '1000'];

  /** Those who play, the first to begin first. */
  async function players(at: string): Promise<number[]> {
    return eventually(() => {
      const found = processesWith(at).filter((line) => line.includes('worker.js'));
      if (found.length < 2) throw new Error('not yet');
      return found.map((line) => Number.parseInt(line, 10)).sort((one, other) => one - other);
    }, SLOW_MS);
  }

  test('a run whose process dies is told, and the others go on', async () => {
    const at = folder();
    const running = start(['run', ...LONG, ',', 'pubsub', '--via', 'redis', '-j', '2'], { TMPDIR: at });
    process.kill((await players(at))[0] ?? Number.NaN, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code).toBe(70);
    expect(stderr).toContain('job-queue: the process in which it ran has ended: SIGKILL');
    expect(stderr).toContain('1 of 2 scenarios passed');
    expect(readdirSync(at)).toEqual([]);
  });

  test('Ctrl-C: all that run end in order, are reported as aborted, and leave nothing', async () => {
    const at = folder();
    const running = start(['run', ...LONG, ',', ...LONG, ',', 'pubsub', '-j', '2', '--report', `junit=${at}/r.xml`], {
      TMPDIR: at,
    });
    await players(at);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/pubsub +not run/);
    expect(readFileSync(`${at}/r.xml`, 'utf8').match(/type="aborted"/g)).toHaveLength(2);
    expect(readdirSync(at)).toEqual(['r.xml']);
    expect(processesWith(at)).toEqual([]);
  });

  test('where msgplay itself is killed, those who played for it go too, and leave nothing', async () => {
    const at = folder();
    const running = start(['run', ...LONG, ',', ...LONG, '-j', '2'], { TMPDIR: at });
    await players(at);
    running.child.kill('SIGKILL');
    await running.ended;
    await eventually(() => {
      expect(processesWith(at)).toEqual([]);
      expect(readdirSync(at)).toEqual([]);
    }, SLOW_MS);
  });
});
