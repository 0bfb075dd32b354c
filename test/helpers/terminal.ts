/** `msgplay` in a real terminal (tmux). */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { absence } from './servers.ts';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));

/** Why there is no terminal here, where there is none. */
export const noTerminal = absence(spawnSync('tmux', ['-V']).status === 0 ? undefined : 'there is no tmux');

export interface Terminal {
  keys(...names: string[]): void;
  /** Sends the program a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Waits until the screen shows it; gives the screen, what was scrolled away included. */
  shows(pattern: RegExp): Promise<string>;
}

/** A terminal in which `msgplay` runs with these words, in a folder and a locale, and then says what it exited with. */
export function terminal(words: readonly string[] = [], folder = process.cwd(), locale = 'C.UTF-8'): Terminal {
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
  const socket = join(directory, 'tmux');
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', stdio: 'pipe' });
  const environment = `env -u CI -u NO_COLOR -u FORCE_COLOR TERM=screen-256color LANG=${locale} XDG_STATE_HOME="${directory}/state"`;
  const command = [process.execPath, BIN, ...words].map((word) => `"${word}"`).join(' ');
  const line = `${environment} ${command}; echo "exit code $?"; sleep 60`;
  tmux('-u', 'new-session', '-d', '-s', 'msgplay', '-x', '120', '-y', '45', '-c', folder, line);
  onTestFinished(() => {
    tmux('kill-server');
    rmSync(directory, { recursive: true });
  });
  return {
    kill(signal) {
      const shell = tmux('display-message', '-p', '-t', 'msgplay', '#{pane_pid}').trim();
      for (const child of execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' }).trim().split('\n')) {
        process.kill(Number(child), signal);
      }
    },
    keys: (...names) => void tmux('send-keys', '-t', 'msgplay', ...names),
    shows: (pattern) =>
      eventually(() => {
        const screen = tmux('capture-pane', '-p', '-J', '-S', '-400', '-t', 'msgplay');
        expect(screen).toMatch(pattern);
        return screen;
      }),
  };
}
