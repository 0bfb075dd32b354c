/** What somebody may type wrong: what is said about it, and the exit code 2. Nothing is started, nothing is printed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { reporterNames } from '../../src/cli/output/reporters.ts';
import { type Environment, msgplay } from '../helpers/cli.ts';

const formats = await reporterNames();
const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A scenario file; gives its path. */
function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(line: string, env: Environment = {}): Promise<string> {
  const { code, stdout, stderr } = await msgplay(line.split(' '), env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^msgplay: /);
  expect(stderr).not.toMatch(/^ +at /m);
  return stderr.slice('msgplay: '.length).trimEnd();
}

test.each([
  ['pubsub', "There is no command 'pubsub', but there is a scenario.\nDid you mean: msgplay run pubsub"],
  ['lst', "Unknown command 'lst'.\nDid you mean list?"],
  ['help lst', "Unknown command 'lst'.\nDid you mean list?"],
  ['--jsn', "Unknown option '--jsn'."],
  ['list x', 'Too many arguments. Expected 0 arguments but got 1.'],
  ['run', 'Which scenario?\nSee: msgplay list; or run all of them with --all.'],
  ['run pubsb', "There is no scenario 'pubsb'.\nDid you mean pubsub?"],
  ['run qqqq', "There is no scenario 'qqqq'.\nSee: msgplay list"],
  ['run pubsub job-quee', "There is no scenario 'job-quee'.\nDid you mean job-queue?"],
  ['explain', 'Which scenario, or which word?\nSee: msgplay list'],
  ['explain pubsb', "There is no scenario or word 'pubsb'.\nDid you mean pubsub or pub/sub?"],
  ['explain prefech', "There is no scenario or word 'prefech'.\nDid you mean prefetch?"],
  ['explain consumer tga', "There is no scenario or word 'consumer tga'.\nDid you mean consumer tag?"],
  ['explain qqqq', "There is no scenario or word 'qqqq'.\nSee: msgplay list"],
  ['doctor --jsn', "Unknown option '--jsn'.\nDid you mean --json?"],
])('%s', async (line, message) => {
  expect(await refusal(line)).toBe(message);
});

describe('options of a run', () => {
  test.each([
    ['run pubsub --evens 3', "Unknown option '--evens'.\nDid you mean --events?"],
    ['run pubsub --crash', "Unknown option '--crash': job-queue has it.\nFor example: msgplay run job-queue --help"],
    ['run pubsub --no-such', "Unknown option '--no-such'."],
    ['run pubsub --events 0x10', "--events takes a whole number from 1 to 100, not '0x10'."],
    ['run pubsub --seed 1,00', "--seed takes a whole number from 0 to 2147483648, not '1,00'."],
    ['run pubsub --events', "Option '--events <integer>' argument missing."],
    ['run pubsub --events 0', "--events takes a whole number from 1 to 100, not '0'."],
    ['run pubsub --events 1.5', "--events takes a whole number from 1 to 100, not '1.5'."],
    ['run pubsub --events many', "--events takes a whole number from 1 to 100, not 'many'."],
    ['run pubsub --via rabitmq', "--via takes both, rabbitmq, redis, not 'rabitmq'.\nDid you mean rabbitmq?"],
    [
      'run job-queue --crash --workers 1',
      'With --crash there must be a second worker to take over: --workers 2 or more.',
    ],
    ['run pubsub --format prety', "There is no format 'prety'.\nDid you mean pretty?"],
    ['run pubsub --format x', `There is no format 'x'.\nThere are ${formats.join(', ')}.`],
    ['run pubsub --layer frmae', "There is no layer 'frmae'.\nDid you mean frame?"],
    ['run pubsub --seed x', "--seed takes a whole number from 0 to 2147483648, not 'x'."],
    ['run pubsub --timeout 0', "--timeout takes a number from 0.1 to 86400, not '0'."],
  ])('%s', async (line, message) => {
    expect(await refusal(line)).toBe(message);
  });
});

describe('servers', () => {
  test.each([
    ['run pubsub --backend embeded', "There is no backend 'embeded'.\nDid you mean embedded?"],
    ['run pubsub --backend rdis=local', "--backend: there is no service 'rdis'.\nDid you mean redis?"],
    ['run http-vs-ws --backend http=local', 'The backend local has no HTTP.\nIt offers rabbitmq, stomp, redis.'],
    [
      'run pubsub --backend url',
      'The backend url needs to know where RabbitMQ is.\nName it with --rabbitmq-url or MSGPLAY_RABBITMQ_URL.',
    ],
    [
      'run pubsub --redis-url nonsense',
      '--redis-url nonsense: this is not a URL\nbegin it with redis:// or rediss://, such as redis://127.0.0.1:6379',
    ],
    [
      'run pubsub --rabbitmq-url redis://u:secret@127.0.0.1',
      '--rabbitmq-url redis://u:***@127.0.0.1: this does not name RabbitMQ\nbegin it with amqp:// or amqps://, such as amqp://127.0.0.1:5672',
    ],
    ['up rdis', "up: there is no service 'rdis'.\nDid you mean redis?"],
    ['up redis --port redis=1x', "--port takes a service and a port from 1 to 65535, like redis=6380, not 'redis=1x'."],
    ['up redis --port 6380', "--port takes a service and a port from 1 to 65535, like redis=6380, not '6380'."],
    [
      'up redis --port redis=65536',
      "--port takes a service and a port from 1 to 65535, like redis=6380, not 'redis=65536'.",
    ],
    [
      'up http --port redis=6380',
      '--port redis=6380: Redis is not being started.\nLeave the option out, or name what to start: msgplay up http redis',
    ],
  ])('%s', async (line, message) => {
    expect(await refusal(line)).toBe(message);
  });

  test('a URL of another scheme in the environment', async () => {
    const message = await refusal('run pubsub', { MSGPLAY_REDIS_URL: 'http://:secret@127.0.0.1' });
    expect(message).toContain('this does not name Redis');
    expect(message).not.toContain('secret');
  });
});

test('of several scenarios the one whose options are wrong, and what runs several at a time', async () => {
  expect(await refusal('run pubsub acks job-queue --jobs 2')).toMatch(
    /^acks: With --crash-on below --jobs .*\n--jobs is an option of acks; -j runs several at a time\.$/,
  );
});

test('a server to clean is corrected where it was named', async () => {
  const { code, stderr } = await msgplay(['clean', 'redis://127.0.0.1:1']);
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/nothing listens at 127\.0\.0\.1:1\nstart it, or correct the URL\n$/),
  ]);
});

test('a folder that is gone', () => {
  const gone = join(directory, 'gone');
  mkdirSync(gone);
  const line = 'cd "$1" && rmdir "$1" && exec "$2" "$3" run pubsub';
  const bin = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line, 'sh', gone, process.execPath, bin], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^msgplay: The folder that you are in is gone\.\n.*\n$/);
});

describe('scenario files', () => {
  test('one that does not exist', async () => {
    expect(await refusal('run ./no-such-file.js')).toBe("There is no file './no-such-file.js'.");
  });

  test('one that throws', async () => {
    const path = file('throws.js', "throw new Error('no luck today');\n");
    expect(await refusal(`run ${path}`)).toBe(`${path} can't be loaded: no luck today (${path}:1)`);
  });

  test('one that is no program', async () => {
    const path = file('broken.ts', 'export default {{{\n');
    expect(await refusal(`run ${path}`)).toMatch(/can't be loaded: (?!ParseError).*$/);
  });

  test('one that imports what is not there', async () => {
    const path = file('imports.mjs', "import 'no-such-library';\n");
    expect(await refusal(`run ${path}`)).toMatch(/^.* can't be loaded: Cannot find .*no-such-library.*$/);
  });

  test('one that tells nothing about its runs', async () => {
    const path = file(
      'about.mjs',
      'export default { name: "x", title: "x", options: {}, needs: [], async run() {} };\n',
    );
    expect(await refusal(`run ${path}`)).toContain('about is missing: a function of the options');
  });

  test.each([
    ['nothing', ''],
    ['a name', 'export const name = "x";\n'],
    ['an object that is no scenario', 'export default { name: "x" };\n'],
  ])('one that exports %s', async (_what, text) => {
    const path = file('nothing.mjs', text);
    expect(await refusal(`run ${path}`)).toBe(
      `${path} does not export a scenario.\nIts default export must be the result of defineScenario from msgplay.`,
    );
  });
});
