/**
 * A scenario file as a guest: it runs on a thread of its own, so that whatever it does - ends its process, never yields,
 * never finishes loading, prints - the run goes on to its end and tells it.
 */
import { randomUUID } from 'node:crypto';
import { resolve as resolvePath } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { messageOf, UsageError } from '../../core/errors.ts';
import { inEnglish } from '../../core/language.ts';
import { afterHearing } from '../../core/time/patience.ts';
import { RunningLab } from '../lab.ts';
import { ALL_CLEANUPS_MS } from '../limits.ts';
import type { OptionSpecs, OptionValues } from '../scenario/options.ts';
import type { Lab, Scenario } from '../scenario/scenario.ts';
import { busyAt } from './busy.ts';
import { Reaper } from './reaper.ts';
import { afterSpending } from './spent.ts';
import { placeIn, shown, withoutStack } from './stack.ts';
import {
  type Answer,
  type Declared,
  type FromGuest,
  fromFailure,
  type GuestData,
  MARK,
  type ToGuest,
  toFailure,
} from './wire.ts';

const WORKER = new URL('./worker.js', import.meta.url);
/** How long a file may take to load, and a function of it to answer, in ms; more where its thread gets little of them. */
const ANSWER_MS = 10_000;
/** How long a guest may go without yielding once it is to end, in ms; more where its thread gets little of them. */
const YIELD_MS = 2_000;

export interface GuestOptions {
  /** Hears of errors that nobody could catch. */
  readonly onStray: (error: unknown) => void;
  /** Gets what the file prints, and what becomes of it. */
  readonly remark: (text: string) => void;
}

type Done = Extract<FromGuest, { type: 'loaded' | 'settled' | 'ended' | 'cleaned up' | 'pong' }>;

interface Waiting {
  readonly resolve: (message: Done) => void;
  readonly reject: (error: unknown) => void;
}

export class Guest {
  readonly file: string;
  readonly #options: GuestOptions;
  readonly #worker: Worker;
  readonly #answered = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #reaping = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #answers = new MessageChannel();
  /** Who waits for which word of the guest. */
  readonly #waiting = new Map<Done['type'], Waiting>();
  readonly #mark = randomUUID();
  /** Ends the processes that it starts, once it has started one. */
  #reaper: Reaper | undefined;
  #reaped: Promise<void> = Promise.resolve();
  #declared: Declared | undefined;
  #lab: RunningLab | undefined;
  /** It has played, and is being closed. */
  #isOver = false;
  /** Why the guest is gone, once it is. */
  #gone: Error | undefined;

  /** Loads a file. Throws a UsageError where it can't be loaded, or is no scenario. */
  static async open(file: string, options: GuestOptions): Promise<Guest> {
    const guest = new Guest(file, options);
    try {
      const { declared } = await guest.#expect('loaded', ANSWER_MS);
      if (!declared) {
        throw new UsageError(`${file} does not export a scenario.`, {
          hint: 'Its default export must be the result of defineScenario from msgplay.',
        });
      }
      guest.#declared = declared;
      return guest;
    } catch (error) {
      await guest.close();
      if (error instanceof UsageError) throw error;
      const at = error instanceof Error ? placeIn(guest.file, error.stack) : undefined;
      const why = loadingError(error);
      const where = at === undefined || why.includes(at) ? '' : ` (${at})`;
      throw new UsageError(`${file} can't be loaded: ${why}${where}`, { cause: error });
    }
  }

  private constructor(file: string, options: GuestOptions) {
    this.file = resolvePath(file);
    this.#options = options;
    const { port1, port2 } = this.#answers;
    const workerData: GuestData = {
      file: this.file,
      answered: this.#answered,
      answers: port2,
      mark: this.#mark,
      reaping: this.#reaping,
    };
    const env = { ...process.env, [MARK]: this.#mark };
    this.#worker = new Worker(WORKER, { workerData, transferList: [port2], stdout: true, stderr: true, env });
    port1.unref();
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => options.remark(text.replace(/\n$/, '')));
    }
    this.#worker.on('message', (message: FromGuest) => this.#hear(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#lose(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? withoutStack('the scenario ran out of memory') : error);
    });
    this.#worker.on('exit', () => this.#lose(withoutStack(this.#nothingLeft())));
  }

  /** The scenario, as far as it is known before its options are. */
  get declared(): Declared {
    if (this.#declared === undefined) throw new Error('the guest has not loaded');
    return this.#declared;
  }

  /** The scenario with these options. Throws a UsageError where they can't be meant. */
  async settle(options: OptionValues<OptionSpecs>): Promise<Scenario> {
    this.#say({ type: 'settle', options });
    const { settled } = await this.#expect('settled', ANSWER_MS).catch((error: unknown) => {
      const at = error instanceof Error ? placeIn(this.file, error.stack) : undefined;
      throw new UsageError(`${shown(this.file)} fails on its options: ${messageOf(error)}${at ? ` (${at})` : ''}`);
    });
    if (settled.wrong !== undefined) throw new UsageError(inEnglish(settled.wrong));
    const { needs, owns, about } = settled;
    return {
      ...this.declared,
      needs,
      owns: () => owns,
      about: () => about,
      run: (lab, values) => this.#play(lab, values),
    };
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    this.#gone ??= new Error('the run has ended');
    // A thread that waits for a process can't be ended.
    await this.#endProcesses();
    await this.#worker.terminate();
    await this.#endProcesses();
    this.#answers.port1.close();
  }

  async #play(lab: Lab, options: OptionValues<OptionSpecs>): Promise<void> {
    if (!(lab instanceof RunningLab)) throw new Error('a guest plays in a lab of this program');
    this.#lab = lab;
    lab.defer(() => this.#cleanUp(), ALL_CLEANUPS_MS);
    lab.signal.addEventListener('abort', () => this.#say({ type: 'abort', failure: toFailure(lab.signal.reason) }), {
      once: true,
    });
    this.#isOver = false;
    this.#say({ type: 'run', options, prefix: lab.name('') });
    await this.#expect('ended').finally(() => {
      this.#isOver = true;
    });
  }

  async #cleanUp(): Promise<void> {
    try {
      await this.#cleanUpThread();
    } finally {
      await this.#endProcesses();
    }
  }

  async #cleanUpThread(): Promise<void> {
    if (this.#gone) return;
    this.#say({ type: 'ping' });
    try {
      await this.#expect('pong', YIELD_MS);
    } catch {
      return this.#endBusy();
    }
    this.#say({ type: 'clean up' });
    await this.#expect('cleaned up', ALL_CLEANUPS_MS - YIELD_MS);
  }

  /** Its clean-up can't run, so what it opened ends with its thread. */
  async #endBusy(): Promise<void> {
    if (this.#gone) return;
    const place = await this.#busyAt();
    this.#options.remark(`${shown(this.file)} never yields: it was busy${place ? ` at ${place}` : ''} and was ended.`);
    await this.close();
  }

  /** Ends what it has started and left, and tells it. Resolves once nothing is left of what was to be ended before, either. */
  async #endProcesses(): Promise<void> {
    const reaper = this.#reaper;
    this.#reaper = undefined;
    Atomics.store(new Int32Array(this.#reaping), 0, 0);
    if (reaper)
      this.#reaped = Promise.all([reaper.end(), this.#reaped]).then(([programs]) => this.#tellEnded(programs));
    await this.#reaped;
  }

  #tellEnded(programs: readonly string[]): void {
    if (programs.length === 0) return;
    if (this.#lab) this.#lab.tellEnded(programs);
    else this.#options.remark(`${shown(this.file)} left programs, which were ended: ${programs.join(', ')}`);
  }

  #busyAt(): Promise<string | undefined> {
    return busyAt((path) => path === this.file);
  }

  /** Waits for a word of the guest; rejects where it says that it failed, where it is gone, or when time is up. */
  #expect<Type extends Done['type']>(type: Type, withinMs?: number): Promise<Extract<Done, { type: Type }>> {
    if (this.#gone) return Promise.reject(this.#gone);
    return new Promise<Done>((resolve, reject) => {
      const late = async (): Promise<void> => {
        if (!this.#waiting.delete(type)) return;
        const place = await this.#busyAt();
        const waited = `not done after ${(withinMs ?? 0) / 1000} s`;
        reject(new Error(place ? `busy at ${place}, ${waited}` : waited));
      };
      // A thread that waits for a process has no time that could be counted: what it waits for is ended first.
      const stopWaiting = withinMs === undefined ? () => {} : afterHearing(withinMs, () => this.#endProcesses());
      const stopCounting = withinMs === undefined ? () => {} : afterSpending(this.#worker, withinMs, late);
      const cancel = (): void => {
        stopWaiting();
        stopCounting();
      };
      this.#waiting.set(type, {
        resolve: (message) => {
          cancel();
          resolve(message);
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      });
    }) as Promise<Extract<Done, { type: Type }>>;
  }

  #hear(message: FromGuest): void {
    switch (message.type) {
      case 'call':
        return this.#answer(message.id, message.method, message.args);
      case 'stray':
        // What its clients throw once it has played is part of being closed, however late its thread tells of it.
        return this.#isOver ? undefined : this.#options.onStray(fromFailure(message.failure));
      case 'spawns':
        this.#reaper ??= new Reaper(`${MARK}=${this.#mark}`);
        Atomics.store(new Int32Array(this.#reaping), 0, 1);
        Atomics.notify(new Int32Array(this.#reaping), 0);
        return;
      case 'spawned':
        return this.#reaper?.tell(message.pid);
      case 'reaped':
        return this.#reaper?.tell(-message.pid);
      case 'exits':
        return this.#lose(withoutStack(message.how));
      case 'failed':
        return this.#take(message.instead)?.reject(fromFailure(message.failure));
      default:
        return this.#take(message.type)?.resolve(message);
    }
  }

  /** Calls the run's lab for the guest, whose thread stands still until it is answered. */
  #answer(id: number, method: string, args: readonly unknown[]): void {
    const answer = this.#call(method, args);
    if (answer instanceof Promise) {
      const later = (told: Answer): void => this.#say({ type: 'later', id, answer: told });
      answer.then(
        (value) => later({ value }),
        (error: unknown) => later({ failure: toFailure(error) }),
      );
    }
    this.#answers.port1.postMessage(answer instanceof Promise ? { later: true } : answer);
    const flag = new Int32Array(this.#answered);
    Atomics.store(flag, 0, id);
    Atomics.notify(flag, 0);
  }

  #call(method: string, args: readonly unknown[]): Answer | Promise<unknown> {
    try {
      const lab = this.#lab as unknown as { readonly [method: string]: (...args: readonly unknown[]) => unknown };
      const value = lab[method]?.(...args);
      if (value instanceof Promise) return value;
      return value instanceof Error ? { failure: toFailure(value) } : { value };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  }

  #say(message: ToGuest): void {
    this.#worker.postMessage(message);
  }

  #take(type: Done['type']): Waiting | undefined {
    const waiting = this.#waiting.get(type);
    this.#waiting.delete(type);
    return waiting;
  }

  #lose(why: Error): void {
    this.#gone ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
  }

  #nothingLeft(): string {
    return this.#declared === undefined
      ? 'it never finishes: what a top-level await waits for can no longer come'
      : 'the thread of the scenario ended';
  }
}

/** Why a file can't be loaded, in one line: who required it, and the name of the parser's error, help nobody. */
function loadingError(error: unknown): string {
  return messageOf(error)
    .replace(/\nRequire stack:.*$/s, '')
    .replace(/^ParseError: /, '')
    .replace(/\s*\n\s*/g, ' at ')
    .trim();
}
