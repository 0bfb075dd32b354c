/** This side of the watchdog: starts servers that can't outlive this process. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { BackendError, messageOf, reasonOf } from '../core/errors.ts';

const WATCHDOG = fileURLToPath(new URL('./_watchdog.js', import.meta.url));
const MAX_COMPLAINT_CHARS = 2000;
/** The random part of a directory's name, in bytes. */
const NAME_BYTES = 6;
/** What is written to find out whether anything can be, in bytes. */
const TRIAL_BYTES = 64 * 1024;
const ELSEWHERE = 'Another directory for temporary files can be named by TMPDIR.';

type Watchdog = ChildProcessByStdio<Writable, Readable, Readable>;
type Report = { directory: string } | { started: string; group: number } | { exited: string; why: string };

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; nothing else is passed on. */
  readonly env: Readonly<Record<string, string>>;
}

/** One server that the watchdog runs. */
export interface KeptServer {
  readonly name: string;
  /** Resolves, with why, when the process is gone. Never rejects. */
  readonly exited: Promise<string>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

interface Pending {
  /** The server's process group, once it has one. */
  group?: number;
  started: () => void;
  exited: (why: string) => void;
}

export class Keeper {
  /** Removed with everything in it when the keeper closes, or when this process dies. */
  readonly directory: string;
  readonly #watchdog: Watchdog;
  readonly #gone: Promise<void>;
  readonly #pending = new Map<string, Pending>();
  #lost = false;

  /** Starts the watchdog. Whatever fails behind this needs a `close`. */
  static start(): Promise<Keeper> {
    return new Promise((resolve, reject) => {
      const directory = join(tmpdir(), `msgplay-${randomBytes(NAME_BYTES).toString('hex')}`);
      const stdio = ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'];
      const watchdog = spawn(process.execPath, [WATCHDOG, directory], { detached: true, stdio });
      let complaint = '';
      watchdog.stderr.on('data', (text) => {
        complaint = `${complaint}${text}`.slice(0, MAX_COMPLAINT_CHARS);
      });
      const fail = (cause?: unknown) =>
        reject(
          complaint.startsWith('nothing can be kept')
            ? new BackendError(complaint, { hint: ELSEWHERE })
            : new BackendError(`the process that minds servers did not start: ${complaint || messageOf(cause)}`, {
                hint: 'try again',
                cause,
              }),
        );
      let keeper: Keeper | undefined;
      watchdog.once('error', fail);
      watchdog.stdin.on('error', () => {});
      const gone = new Promise<void>((done) => {
        watchdog.once('close', (code, signal) => {
          fail(signal ? `killed by ${signal}` : `exit code ${code}`);
          if (keeper) keeper.#lose();
          else removeDirectory(directory);
          done();
        });
      });
      createInterface({ input: watchdog.stdout }).on('line', (line) => {
        const report = JSON.parse(line) as Report;
        if ('directory' in report) {
          keeper = new Keeper(report.directory, watchdog, gone);
          resolve(keeper);
        } else if (keeper) keeper.#hear(report);
      });
    });
  }

  private constructor(directory: string, watchdog: Watchdog, gone: Promise<void>) {
    this.directory = directory;
    this.#watchdog = watchdog;
    this.#gone = gone;
  }

  /** Starts a server; its output goes to a log of its name. A start that fails shows as an exit. */
  async run(name: string, command: ServerCommand): Promise<KeptServer> {
    this.assertThere();
    let exited = (_why: string) => {};
    const gone = new Promise<string>((resolve) => {
      exited = resolve;
    });
    const begun = new Promise<void>((started) => this.#pending.set(name, { started, exited }));
    this.#send({ start: name, ...command });
    await Promise.race([begun, gone]);
    return { name, exited: gone, signal: (signal) => this.#send({ signal: name, with: signal }) };
  }

  /** Throws a BackendError once the watchdog is gone: whatever fails then, that is why. */
  assertThere(): void {
    if (!this.#lost) return;
    throw new BackendError('the process that minds servers was lost', { hint: 'try again' });
  }

  /** Throws a BackendError where so much can't be written: a disk that is full, or read-only, or too small. */
  async assertRoom(bytes = TRIAL_BYTES): Promise<void> {
    const trial = join(this.directory, 'trial');
    try {
      await writeFile(trial, Buffer.alloc(bytes));
    } catch (error) {
      const what = bytes > TRIAL_BYTES ? `${Math.round(bytes / 2 ** 20)} MB can't be kept` : 'nothing can be kept';
      const told = `${what} in ${dirname(this.directory)}: ${reasonOf(error)}`;
      throw new BackendError(told, { hint: ELSEWHERE, cause: error });
    } finally {
      await rm(trial, { force: true });
    }
  }

  /** What a server wrote so far. */
  log(name: string): Promise<string> {
    return readFile(join(this.directory, `${name}.log`), 'utf8').catch(() => '');
  }

  /** Kills every server and removes the directory. */
  async close(): Promise<void> {
    this.#watchdog.stdin.end();
    await this.#gone;
    this.#removeDirectory();
  }

  #send(message: object): void {
    this.#watchdog.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #hear(report: Report): void {
    if ('started' in report) {
      const pending = this.#pending.get(report.started);
      if (pending) pending.group = report.group;
      pending?.started();
    }
    if ('exited' in report) {
      this.#pending.get(report.exited)?.exited(report.why);
      this.#pending.delete(report.exited);
    }
  }

  /** The watchdog is gone. Where it could not clear up, because it was killed itself, that is ours to do. */
  #lose(): void {
    this.#lost = true;
    for (const { group, exited } of this.#pending.values()) {
      if (group !== undefined) killGroup(group);
      exited('the process that minds it is gone');
    }
    this.#pending.clear();
    this.#removeDirectory();
  }

  #removeDirectory(): void {
    removeDirectory(this.directory);
  }
}

function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
