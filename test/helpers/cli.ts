/** Runs the command line as its users do: the built program in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { factsOf, SERVICES } from '../../src/core/services.ts';
import { FAULT } from '../../src/servers/contain.ts';
import { eventually } from './eventually.ts';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
if (!existsSync(new URL('../../dist/src/cli/main.js', import.meta.url))) {
  throw new Error('these tests run the built program: npm run build');
}

const states = new Map<string | undefined, string>();
process.once('exit', () => {
  for (const state of states.values()) rmSync(state, { recursive: true, force: true });
});

/** Where the runs of a test file write down what they declare, and what was run: nobody else's, and no other file's. */
function stateOfFile(): string {
  const file = expect.getState().testPath;
  const state = states.get(file) ?? mkdtempSync(join(tmpdir(), 'msgplay-state-'));
  states.set(file, state);
  return state;
}

/** What of the environment changes the output or names servers; a test says what it wants of it. */
const QUIET = {
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  CI: undefined,
  GITHUB_ACTIONS: undefined,
  GITHUB_STEP_SUMMARY: undefined,
  COLUMNS: undefined,
  TERM: 'xterm-256color',
  ...Object.fromEntries(SERVICES.map((service) => [factsOf(service).variable, undefined])),
};

/** Lets the limits of a run pass early: nobody has to wait for them. */
export const SHORT_LIMITS = { NODE_OPTIONS: `--import ${new URL('short-limits.js', import.meta.url).href}` };

export type Environment = Record<string, string | undefined>;

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
  /** Waits until one of the outputs matches; fails at once when the process ends before. */
  says(pattern: RegExp, withinMs?: number): Promise<void>;
}

/** Starts `msgplay` with these arguments; it is killed at the end of the test at the latest. */
export function start(args: readonly string[], env: Environment = {}, cwd?: string): Running {
  const quiet = { ...process.env, ...QUIET, XDG_STATE_HOME: stateOfFile() };
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...quiet, ...env }, cwd });
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  let over = false;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      over = true;
      resolve({ code, stdout, stderr });
    });
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    if (stderr.includes(FAULT)) throw new Error(`a server needed its last resort:\n${stderr}`);
  });
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    async says(pattern, withinMs = 75_000) {
      const said = (): boolean => pattern.test(stdout) || pattern.test(stderr);
      await eventually(() => {
        if (!said() && !over) throw new Error(`nobody said ${pattern} in ${args.join(' ')}:\n${stdout}${stderr}`);
      }, withinMs);
      if (!said()) throw new Error(`it ended without saying ${pattern}:\n${stdout}${stderr}`);
    },
  };
}

/** Runs `msgplay` to its end. */
export function msgplay(args: readonly string[], env: Environment = {}): Promise<Ended> {
  return start(args, env).ended;
}
