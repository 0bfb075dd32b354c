/** Completion in the shells themselves, in a terminal. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { absence, titled } from '../helpers/servers.ts';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'msgplay-shells-'));
afterAll(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'msgplay'));
writeFileSync(join(directory, 'msgplay', 'my-own.mjs'), '');
writeFileSync(join(directory, 'saved.ndjson'), '');
writeFileSync(join(directory, 'program'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
chmodSync(join(directory, 'program'), 0o755);
mkdirSync(join(directory, 'bin'));
execFileSync('mv', [join(directory, 'program'), join(directory, 'bin', 'msgplay')]);

const SHELLS = [
  ['bash', 'bash --norc --noprofile', 'source <(msgplay completion bash)'],
  ['zsh', 'zsh -f', 'autoload -Uz compinit && compinit -u -D; source <(msgplay completion zsh)'],
  ['fish', 'fish --no-config', 'msgplay completion fish | source'],
] as const;

describe.each(SHELLS)('%s', (shell, start, setup) => {
  const isThere = spawnSync(shell, ['--version']).status === 0 && spawnSync('tmux', ['-V']).status === 0;
  const why = absence(isThere ? undefined : `there is no ${shell}, or no tmux`);

  test.skipIf(why !== undefined)(titled('completes commands, scenarios, options, values and files', why), async () => {
    const socket = join(directory, `${shell}.socket`);
    const tmux = (...args: string[]): string =>
      execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', cwd: directory });
    const env = `env PATH="${join(directory, 'bin')}:$PATH" HOME="${directory}"`;
    tmux('new-session', '-d', '-s', 'shell', '-x', '120', '-y', '30', '-c', directory, `${env} ${start}`);
    onTestFinished(() => {
      tmux('kill-server');
    });
    const screen = (): string => tmux('capture-pane', '-p', '-t', 'shell');
    const type = (text: string): void => void tmux('send-keys', '-t', 'shell', '-l', '--', text);
    const press = (key: string): void => void tmux('send-keys', '-t', 'shell', key);
    type(`${setup}; echo rea""dy`);
    press('Enter');
    await eventually(() => expect(screen()).toMatch(/^ready/m));
    for (const [typed, completed] of [
      ['msgplay repl', 'msgplay replay'],
      ['msgplay run job-q', 'msgplay run job-queue'],
      ['msgplay run my-', 'msgplay run my-own'],
      ['msgplay run job-queue --pref', 'msgplay run job-queue --prefetch'],
      ['msgplay run pubsub --via rab', 'msgplay run pubsub --via rabbitmq'],
      ['msgplay replay sav', 'msgplay replay saved.ndjson'],
    ] as const) {
      type(typed);
      await eventually(() => expect(screen()).toContain(typed));
      press('Tab');
      await eventually(() => expect(screen()).toContain(completed));
      press('C-u');
    }
  });
});
