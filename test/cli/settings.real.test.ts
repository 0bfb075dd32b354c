/** Settings of a project: where they are found, what goes before what, and what is told of mistakes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SETTINGS_SCHEMA } from '../../src/cli/settings/settings.ts';
import { type Ended, type Environment, start } from '../helpers/cli.ts';

interface Project {
  write(file: string, content: string | object): void;
  /** In the folder, or in one below. */
  msgplay(args: readonly string[], env?: Environment, below?: string): Promise<Ended>;
}

function project(files: { readonly [file: string]: string | object }): Project {
  const path = mkdtempSync(join(tmpdir(), 'msgplay-settings-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const write: Project['write'] = (file, content) => {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  return { write, msgplay: (args, env, below = '.') => start(args, env, join(path, below)).ended };
}

const RUN = ['run', 'pubsub', '--via', 'redis', '--format', 'ndjson'];

async function begun(ended: Promise<Ended>): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await ended;
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('msgplay:')]);
  return JSON.parse(stdout.slice(0, stdout.indexOf('\n')));
}

describe('what goes before what', () => {
  const settings = {
    seed: 3,
    backend: { redis: 'embedded@7.0' },
    profiles: { other: { seed: 4 }, gone: { urls: { redis: 'redis://me:topsecret@127.0.0.1:1' } } },
  };

  test('flag, profile, file, default; also for a scenario behind a comma', async () => {
    const { msgplay } = project({ 'msgplay.config.json': settings });
    const version = { redis: { backend: 'embedded', version: '7.0 behaviour' } };
    expect(await begun(msgplay(RUN))).toMatchObject({ seed: 3, backends: version });
    expect(await begun(msgplay([...RUN, '--profile', 'other']))).toMatchObject({ seed: 4, backends: version });
    expect(
      await begun(msgplay([...RUN, '--seed', '5', ',', 'hello-queue'], { MSGPLAY_PROFILE: 'other' })),
    ).toMatchObject({ seed: 5 });
  });

  test('a backend on the line goes before a URL in the file, and a URL in the environment before a backend in the file', async () => {
    const { msgplay } = project({ 'msgplay.config.json': settings });
    expect((await msgplay([...RUN, '--profile', 'gone'])).code).toBe(3);
    expect((await msgplay([...RUN, '--profile', 'gone', '--backend', 'embedded'])).code).toBe(0);
    expect((await msgplay(RUN, { MSGPLAY_REDIS_URL: 'redis://127.0.0.1:1' })).code).toBe(3);
  });

  test('doctor says what holds and what says so, and tells no password', async () => {
    const { msgplay } = project({ 'msgplay.config.json': settings });
    const { stdout, stderr } = await msgplay(['doctor', '--profile', 'gone'], {
      MSGPLAY_HTTP_URL: 'http://u:alsosecret@127.0.0.1:1',
    });
    expect(stdout).toMatch(/setting +value +from\n/);
    expect(stdout).toMatch(/\nseed +3 +msgplay\.config\.json\n/);
    expect(stdout).toMatch(
      /\nRedis \(--redis-url\) +redis:\/\/me:\*\*\*@127\.0\.0\.1:1 +msgplay\.config\.json, profile gone\n/,
    );
    expect(stdout).toMatch(/\nHTTP \(--http-url\) +http:\/\/u:\*\*\*@127\.0\.0\.1:1 +MSGPLAY_HTTP_URL\n/);
    expect(stdout + stderr).not.toMatch(/topsecret|alsosecret/);
  });

  test('doctor --json says it to programs, behind what can be used', async () => {
    const { msgplay } = project({ 'msgplay.config.json': settings });
    const { stdout } = await msgplay(
      ['doctor', '--json', '--profile', 'gone', '--ws-url', 'ws://u:third@127.0.0.1:1'],
      {
        MSGPLAY_HTTP_URL: 'http://u:alsosecret@127.0.0.1:1',
      },
    );
    const told = JSON.parse(stdout) as Record<string, unknown>[];
    const first = told.findIndex(({ setting }) => setting !== undefined);
    expect(told.slice(0, first).every(({ service, backend }) => service !== undefined && backend !== undefined)).toBe(
      true,
    );
    const held = new Map(told.slice(first).map(({ setting, value, from }) => [setting, [value, from]]));
    expect(held.get('seed')).toEqual(['3', 'msgplay.config.json']);
    expect(held.get('urls.redis')).toEqual(['redis://me:***@127.0.0.1:1', 'msgplay.config.json, profile gone']);
    expect(held.get('urls.http')).toEqual(['http://u:***@127.0.0.1:1', 'MSGPLAY_HTTP_URL']);
    expect(held.get('urls.ws')).toEqual(['ws://u:***@127.0.0.1:1', '--ws-url']);
    expect(stdout).not.toMatch(/topsecret|alsosecret|third/);
  });
});

describe('where they are found', () => {
  test.each([
    ['msgplay.config.ts', 'export default { seed: 7 as number };'],
    ['msgplay.config.mjs', 'export default { seed: 7 };'],
    ['msgplay.config.js', 'export default { seed: 7 };'],
    ['package.json', { msgplay: { seed: 7 } }],
  ])('in %s', async (file, content) => {
    const { msgplay } = project({ [file]: content });
    expect(await begun(msgplay(RUN))).toMatchObject({ seed: 7 });
  });

  test('upwards to the root of the project, and no further', async () => {
    const { msgplay, write } = project({ 'msgplay.config.json': { seed: 7 }, 'a/b/x': '', 'package.json': {} });
    expect(await begun(msgplay(RUN, {}, 'a/b'))).toMatchObject({ seed: 7 });
    write('a/package.json', {});
    expect(await begun(msgplay(RUN, {}, 'a/b'))).toMatchObject({ seed: 1 });
    write('.git/HEAD', '');
    expect(await begun(msgplay(RUN, {}, 'a/b'))).toMatchObject({ seed: 7 });
  });

  test('without a project, in the folder alone', async () => {
    const { msgplay } = project({ 'msgplay.config.mjs': 'export default { seed: 7 };', 'a/x': '' });
    expect(await begun(msgplay(RUN, {}, 'a'))).toMatchObject({ seed: 1 });
  });
});

test.each([
  [
    { 'msgplay.config.json': '{\n  "sed": 1\n}' },
    "msgplay.config.json:2:3: the config has no 'sed'.",
    'Did you mean seed?',
  ],
  [
    { 'msgplay.config.json': '{ "version": 2, "new": 1 }' },
    'msgplay.config.json:1:14: These settings are of version 2',
    'npm install',
  ],
  [{ 'msgplay.config.json': '{ "lang": "kr" }' }, "1:11: lang takes en, ko, not 'kr'.", 'Did you mean ko?'],
  [{ 'msgplay.config.json': '{ "profiles": { "a": { "profiles": {} } } }' }, "a has no 'profiles'.", ''],
  [{ 'msgplay.config.json': '{ "seed": ' }, /msgplay\.config\.json:1:\d+: /, ''],
  [{ 'msgplay.config.json': '' }, 'The file is empty.', ''],
  [
    { 'package.json': { msgplay: { urls: { reddis: 'x' } } } },
    "package.json: msgplay.urls.reddis: urls has no 'reddis'.",
    'redis?',
  ],
  [
    { 'msgplay.config.mjs': 'export default { seed: () => 1 };' },
    "msgplay.config.mjs: seed: This can't stand here",
    '',
  ],
  [{ 'msgplay.config.mjs': 'throw new Error("oh no");' }, "msgplay.config.mjs can't be loaded: oh no", ''],
  [
    { 'msgplay.config.mjs': 'export default {};', 'package.json': { msgplay: {} } },
    'There are settings in msgplay.config.mjs and in package.json.',
    'Keep one.',
  ],
])('a mistake is told: %j', async (files, told, hint) => {
  const { code, stdout, stderr } = await project(files).msgplay(['list']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(told);
  expect(stderr).toContain(hint);
});

test.each([
  [
    { 'msgplay.config.json': { profiles: { staging: {} } } },
    "There is no profile 'stagin' in msgplay.config.json.",
    'Did you mean staging?',
  ],
  [{ 'package.json': {} }, "There is no profile 'stagin': there are no settings here.", ''],
])('a profile that there is not: %j', async (files, told, hint) => {
  const { code, stderr } = await project(files).msgplay(['doctor', '--profile', 'stagin']);
  expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  expect(stderr).toContain(hint);
});

test('the schema accepts what is read', () => {
  const validate = new Ajv({ strict: false }).compile(SETTINGS_SCHEMA);
  expect(validate({ version: 1, backend: 'local', profiles: { a: { urls: { redis: 'redis://x' } } } })).toBe(true);
  expect(validate({ sed: 1 })).toBe(false);
});
