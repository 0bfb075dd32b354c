/** Processes that play for this one, each one run at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FrameDetail } from '../../reporters/reporter.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { Played } from '../running/play.ts';
import type { Done, Turn } from './turns.ts';
import type { FromWorker, ToWorker } from './wire.ts';

const PROGRAM = fileURLToPath(new URL('./worker.js', import.meta.url));

export interface Setup {
  readonly flags: RunFlags;
  /** What of frames is recorded. */
  readonly frames: FrameDetail;
}

export class Workers {
  readonly #setup: Setup;
  /** Where runs are recorded: removed by whoever goes last. */
  readonly #directory: string;
  readonly #signal: AbortSignal;
  readonly #all = new Set<ChildProcess>();
  readonly #idle: ChildProcess[] = [];

  /** Once the signal is aborted, what runs is asked to end in order. */
  constructor(setup: Setup, directory: string, signal: AbortSignal) {
    this.#setup = setup;
    this.#directory = directory;
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Plays in a process of its own, and records it in that file. Rejects only for what is a bug. */
  async perform(turn: Turn, file: string): Promise<Done> {
    const worker = this.#idle.pop() ?? this.#start();
    const said: Done['said'][number][] = [];
    let onMessage: (message: FromWorker) => void = () => {};
    let onEnd: (code: number | null, signal: string | null) => void = () => {};
    const played = await new Promise<Pick<Done, 'played' | 'began'>>((resolve, reject) => {
      onMessage = (message) => {
        if (message.kind === 'said') said.push(message);
        else if (message.kind === 'played') resolve(message);
        else reject(Object.assign(new Error('a process that plays has failed'), { stack: message.stack }));
      };
      onEnd = (code, signal) => resolve({ played: lost(turn, signal ?? `exit code ${code}`), began: true });
      worker.on('message', onMessage).once('exit', onEnd);
      say(worker, { kind: 'play', turn, file });
    });
    worker.off('message', onMessage).off('exit', onEnd);
    if (worker.connected) this.#idle.push(worker);
    return { turn, file, said, ...played };
  }

  /** Ends the processes; what one still does is ended in order first. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    await Promise.all(
      [...this.#all].map((worker) => {
        const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
        if (worker.connected) worker.disconnect();
        return gone;
      }),
    );
  }

  readonly #abort = (): void => {
    for (const worker of this.#all) say(worker, { kind: 'abort' });
  };

  #start(): ChildProcess {
    // What it writes by itself, such as a warning of Node's, is no part of a page.
    const worker = fork(PROGRAM, [this.#directory], { stdio: ['ignore', 2, 2, 'ipc'] });
    this.#all.add(worker);
    worker.once('exit', () => this.#all.delete(worker));
    // A channel that breaks is told by the end of its process.
    worker.on('error', () => {});
    say(worker, { kind: 'setup', ...this.#setup });
    if (this.#signal.aborted) say(worker, { kind: 'abort' });
    return worker;
  }
}

function say(worker: ChildProcess, message: ToWorker): void {
  if (worker.connected) worker.send(message, () => {});
}

/** A run whose process died under it. */
function lost({ entry }: Turn, how: string): Played {
  const error = {
    message: `the process in which it ran has ended: ${how}`,
    hint: 'Without --jobs it runs in this one.',
  };
  return { name: entry.word, exitCode: 70, outcome: 'aborted', error };
}
