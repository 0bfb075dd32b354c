/** What shells are told, and the man page: both made of the commands, so they can't be out of date. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/_commands.ts';
import { manPage } from '../../src/cli/_man.ts';
import { scenarioNames } from '../../src/lab/scenario/course.ts';
import { LAYERS } from '../../src/reporters/reporter.ts';
import { msgplay } from '../helpers/cli.ts';

/** The candidates, and whether files will do. */
async function completed(...words: string[]): Promise<{ values: string[]; files: boolean }> {
  const { code, stdout, stderr } = await msgplay(['complete', '--', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), files: lines.at(-1) === ':0' };
}

test('commands, but not those for programs', async () => {
  const all = Object.keys(COMMANDS).filter((name) => name !== 'complete');
  expect(await completed('')).toEqual({ values: all, files: false });
  expect((await completed('re')).values).toEqual(['replay']);
});

test('scenarios, their options, and the values of both', async () => {
  expect((await completed('run', '')).values).toEqual(expect.arrayContaining(await scenarioNames()));
  expect((await completed('run', 'pubsub', '--v')).values).toEqual(['--via']);
  expect(await completed('run', 'pubsub', '--via', '')).toEqual({
    values: ['both', 'rabbitmq', 'redis'],
    files: false,
  });
  expect(await completed('run', 'pubsub', '--layer', '')).toEqual({ values: [...LAYERS], files: false });
  expect((await completed('run', '--report', 'j')).values).toEqual(['junit=']);
  expect((await completed('schema', '')).values).toEqual(['trace', 'config', 'demo']);
  expect((await completed('up', 're')).values).toEqual(['redis']);
  expect(await completed('play', 'x')).toEqual({ values: [], files: true });
});

test('what can not be completed is no error', async () => {
  expect(await completed('nonsense', '--x', '')).toEqual({ values: [], files: true });
  expect((await completed('run', './gone.mjs', '--fail')).values).toEqual(['--fail-fast']);
});

test('a shell that there is not', async () => {
  const { code, stderr } = await msgplay(['completion', 'bahs']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean bash?')]);
});

// A real PowerShell is not to be had where these tests run: its script was parsed by a grammar that others wrote.
test('PowerShell is answered as the others are, without an empty argument and without --', async () => {
  const { code, stdout } = await msgplay(['completion', 'powershell']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('msgplay complete "--last=$wordToComplete" @words')]);
  for (const words of [['run', 'job-q'], ['run', 'pubsub', '--via', ''], ['up', 're'], ['']]) {
    const theirs = await msgplay(['complete', `--last=${words.at(-1)}`, ...words.slice(0, -1)]);
    expect(theirs.stdout).toBe((await msgplay(['complete', '--', ...words])).stdout);
  }
});

test('bash runs nothing that was typed', () => {
  const script = `source <(${process.execPath} bin/msgplay.js completion bash)
msgplay() { ${process.execPath} bin/msgplay.js "$@"; }
COMP_WORDS=(msgplay run '$(echo ran >&2)' job-q); COMP_CWORD=3; __msgplay_complete; echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['job-queue\n', '']);
});

test('the man page is built of the commands, and holds each of them with its options', async () => {
  const page = await manPage();
  expect(readFileSync(new URL('../../dist/man/msgplay.1', import.meta.url), 'utf8')).toBe(page);
  for (const [name, { hidden }] of Object.entries(COMMANDS)) {
    if (!hidden) expect(page).toContain(`.SS "msgplay ${name} `);
  }
  for (const flag of ['\\-\\-until\\-stdin\\-closes', '\\-\\-backend', '\\-\\-auto', '\\-\\-watch'])
    expect(page).toContain(flag);
  for (const name of await scenarioNames()) expect(page).toContain(`\\fB${name.replaceAll('-', '\\-')}\\fR`);
  // No line is a request by accident.
  for (const line of page.split('\n')) expect(line).toMatch(/^(\.(TH|SH|SS|TP|PP|br)( |$)|[^.'])|^$/);
});
