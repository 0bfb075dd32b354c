/** Whatever others wrote, nothing of it moves the cursor of a terminal, turns its writing, hides, or rings. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Environment, start } from '../helpers/cli.ts';
import { type Servers, startServers } from '../helpers/servers.ts';

/** Clears, titles, hides; the same in one character; returns, backspaces; turns, isolates and marks directions. */
const HOSTILE = '\u001b[2J\u001b]0;x\u0007\u001b[8m\u009b31m\r\b\u202e\u2066\u200fPLANTED\u0085\u2028';
/** As the source of a program. */
const SOURCE = JSON.stringify(HOSTILE);
/** Colours, bold, faint and their ends are all that msgplay itself sends beside text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STYLES = /\u001b\[([0-4]|2[2-4]|[39][0-79]|38;[\d;]+)m/g;
const UNFIT = /[^\P{C}\n\t]|[\u2028\u2029]/u;

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
const clean = join(folder, 'clean');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (name: string): string => join(folder, name);
function write(name: string, content: string): string {
  writeFileSync(place(name), content);
  return place(name);
}

function scenario(body: string, needs: readonly string[] = []): string {
  return `import { defineScenario } from 'msgplay';
const H = ${SOURCE};
export default defineScenario({
  name: 'hostile', title: H, about: () => H,
  options: { text: { type: 'text', default: H, help: H }, pick: { type: 'choice', choices: ['a', H], default: 'a', help: H } },
  explain: { idea: H, picture: H, look: [H], try: [{ command: H, shows: H }], production: H, read: [{ title: H, url: H }] },
  needs: ${JSON.stringify(needs)},
  async run(lab) { ${body} },
});
`;
}

const TALKS = `
  lab.note(H); await lab.step(H); lab.check(H, false, H);
  lab.table({ title: H, columns: [H], rows: [[H]] });`;
const SAYS_BESIDE = `
  console.error(H); process.stderr.write(H + '\\n'); console.log(H); process.emitWarning(H, H);
  lab.check('it spoke', true);`;
const MESSAGES = `
  const { Redis } = await import('ioredis');
  const redis = lab.using(new Redis(await lab.url('redis', H)));
  redis.on('error', () => {});
  await redis.call('SET', H, H);
  await redis.call(H).catch((error) => lab.note(error.message));
  await redis.publish(H, H);
  lab.check(H, true);`;

let servers: Servers;
let liar: Server;
let lies = '';
beforeAll(async () => {
  servers = await startServers('redis');
  const redis = new Redis(servers.urls.redis!);
  await redis.set(`msgplay_tp0000_0000_${HOSTILE}`, 'x');
  redis.disconnect();
  liar = createServer((socket) => {
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        for (const _ of String(bytes).matchAll(/^[*]/gm)) socket.write(`-ERR ${HOSTILE.replaceAll('\r', '')}\r\n`);
      });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => liar.once('listening', listening));
  lies = `redis://127.0.0.1:${(liar.address() as AddressInfo).port}`;

  mkdirSync(place('msgplay'));
  mkdirSync(clean);
  write('msgplay/hostile.mjs', scenario(TALKS));
  write(`msgplay/PLANTED-${HOSTILE.slice(0, 4)}.mjs`, scenario(TALKS));
  write('msgplay/broken.mjs', `throw new Error(${SOURCE});`);
  write('talks.mjs', scenario(TALKS));
  write(`${HOSTILE}.mjs`, 'throw new Error("x");');
  write('speaks.mjs', scenario(SAYS_BESIDE));
  write('throws.mjs', scenario('throw new Error(H);'));
  write(
    'throws-late.mjs',
    scenario('setTimeout(() => { throw new Error(H); }); await lab.sleep(50); lab.check("a", true);'),
  );
  write('messages.mjs', scenario(MESSAGES, ['redis']));
  // Says something beside the page, once there is one.
  write(
    'preload.mjs',
    `const { write } = process.stdout;
     process.stdout.write = (...args) => {
       process.stdout.write = write;
       console.error(${SOURCE});
       process.emitWarning(${SOURCE});
       return process.stdout.write(...args);
     };`,
  );
  write('talk.yml', `title: ${SOURCE}\nsteps:\n  - say: ${SOURCE}\n  - run: ./talks.mjs\n`);
  write('mistaken.yml', `title: x\nsteps:\n  - ${SOURCE}: 1\n`);
  write('broken.yml', `title: "${HOSTILE}\n`);
  for (const [name, settings] of Object.entries({ settings: { [HOSTILE]: 1 }, profile: { backend: HOSTILE } })) {
    mkdirSync(place(name));
    write(`${name}/msgplay.config.json`, JSON.stringify(settings));
  }
  const line = ['run', place('messages.mjs'), '--format', 'ndjson', '--layer', 'bytes'];
  const { stdout: recorded } = await promisify(execFile)(process.execPath, [BIN, ...line], { cwd: clean });
  write('run.ndjson', recorded);
  write('other.ndjson', recorded.replaceAll('PLANTED', 'PLANTED too'));
  write('all.ndjson', poisoned(recorded));
  write('not.ndjson', `{"seq":1}\n${HOSTILE}\n`);
});
afterAll(async () => {
  liar?.close();
  await servers?.close();
});

/** Every text of a run that is no word of the format. */
function poisoned(ndjson: string): string {
  const words = new Set([
    'type',
    'service',
    'outcome',
    'backend',
    'protocol',
    'from',
    'code',
    'kind',
    'date',
    'format',
  ]);
  const lines = ndjson.trimEnd().split('\n');
  const poison = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && !words.has(_key) ? `${value}${HOSTILE}` : value;
  return `${lines.map((line) => JSON.stringify(JSON.parse(line, poison))).join('\n')}\n`;
}

/** They tell nothing of what is planted, or pack it. */
const MUTE = /html|a saved run as github|no YAML|no saved run/;

/** The ways to a terminal: what is typed, where, and with what around. */
const WAYS: readonly [title: string, args: () => readonly string[], where?: string, env?: () => Environment][] = [
  ['the guide of a file', () => ['explain', place('talks.mjs')]],
  ['the guide of an own scenario', () => ['explain', 'hostile'], folder],
  ['own scenarios', () => ['list'], folder],
  ['own scenarios as JSON', () => ['list', '--json'], folder],
  ['what a shell completes', () => ['complete', '--', 'run', 'hostile', '--pi'], folder],
  ['the help of a file', () => ['run', place('talks.mjs'), '--help']],
  ...[
    'pretty',
    'lines',
    'ndjson',
    'markdown',
    'mermaid',
    'html',
    'svg',
    'junit',
    'tap',
    'github',
    'otlp',
    'asciicast',
  ].flatMap((format): typeof WAYS => [
    [`a run as ${format}`, () => ['run', place('talks.mjs'), '--format', format]],
    [`a saved run as ${format}`, () => ['replay', place('run.ndjson'), '--format', format, '--layer', 'bytes']],
    [`a saved run, all of it, as ${format}`, () => ['replay', place('all.ndjson'), '--format', format]],
  ]),
  ['wrong options', () => ['run', place('talks.mjs'), '--pick', HOSTILE.replace('PLANTED', 'PLANTED no')]],
  ['what a file prints', () => ['run', place('speaks.mjs')]],
  ['what a file throws', () => ['run', place('throws.mjs')]],
  ['what nobody catches', () => ['run', place('throws-late.mjs')]],
  ['what does not load', () => ['run', join(place('msgplay'), 'broken.mjs')]],
  ['the name of a file that fails', () => ['run', place(`${HOSTILE}.mjs`)]],
  [
    'what client libraries write',
    () => ['run', 'pubsub'],
    clean,
    () => ({ NODE_OPTIONS: `--import ${place('preload.mjs')}` }),
  ],
  ['a demo', () => ['play', place('talk.yml')], folder],
  ['a mistake in a demo', () => ['play', place('mistaken.yml')]],
  ['a demo that is no YAML', () => ['play', place('broken.yml')]],
  ['a difference', () => ['diff', place('run.ndjson'), place('other.ndjson')]],
  ['what is no saved run', () => ['replay', place('not.ndjson')]],
  ['what is no saved run, compared', () => ['diff', place('not.ndjson'), place('run.ndjson')]],
  ['keys that are left', () => ['clean', servers.urls.redis!]],
  ['a server that lies', () => ['run', 'pubsub', '--redis-url', lies, '--via', 'redis']],
  ['a server that lies, to doctor', () => ['doctor', '--redis-url', lies]],
  ['settings', () => ['run', 'pubsub'], join(folder, 'settings')],
  ['a setting', () => ['run', 'pubsub'], join(folder, 'profile')],
  ['a setting, to doctor', () => ['doctor'], join(folder, 'profile')],
  ['a profile', () => ['run', 'pubsub'], join(folder, 'profile'), () => ({ MSGPLAY_PROFILE: HOSTILE })],
  ['a variable', () => ['run', 'pubsub'], clean, () => ({ MSGPLAY_REDIS_URL: HOSTILE })],
  ...['run', 'explain', 'replay', 'play', 'up', 'new', 'help', 'schema', 'completion', 'clean', 'next'].map(
    (command): (typeof WAYS)[number] => [`an unknown word behind ${command}`, () => [command, HOSTILE]],
  ),
  ['an unknown command', () => [HOSTILE]],
  ['an unknown option', () => ['run', 'pubsub', `--${HOSTILE}`]],
  ['files that are not there', () => ['diff', HOSTILE, `${HOSTILE}2`]],
  ...['format', 'backend', 'redis-url', 'layer', 'events', 'report', 'lang'].map((option): (typeof WAYS)[number] => [
    `an unknown --${option}`,
    () => ['run', 'pubsub', `--${option}`, HOSTILE],
  ]),
];

describe('fit for a terminal:', () => {
  test.each(WAYS)('%s', async (title, args, where = clean, env = () => ({})) => {
    const { stdout, stderr } = await start(args(), { FORCE_COLOR: '3', ...env() }, where).ended;
    const all = `${stdout}${stderr}`;
    expect(all.includes('PLANTED')).toBe(!MUTE.test(title));
    expect(UNFIT.exec(all.replace(STYLES, ''))).toBeNull();
    expect(stderr).not.toContain('bug in msgplay');
  });
});

test('a page keeps its colours', async () => {
  const { stdout } = await start(['list'], { FORCE_COLOR: '3' }).ended;
  const coloured = await start(['explain', 'pubsub'], { FORCE_COLOR: '3' }).ended;
  expect(coloured.stdout).toContain('\u001b[1m');
  expect(stdout).toContain('pubsub');
  expect(readFileSync(place('run.ndjson'), 'utf8')).toContain('\\u001b[2J');
});
