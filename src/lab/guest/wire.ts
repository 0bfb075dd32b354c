/**
 * What a guest and its host say to each other. A guest is a scenario file that runs on a thread of its own; its host is
 * the run.
 *
 * What the scenario asks of its lab is a call for which the guest's thread stands still until the host has answered, so
 * that what it says comes before what it does next, as on one thread.
 */
import { BackendError, MsgplayError, messageOf, UsageError } from '../../core/errors.ts';
import type { Text } from '../../core/language.ts';
import type { Service } from '../../core/services.ts';
import { Unmet } from '../lab.ts';
import type { OptionSpecs, OptionValues } from '../scenario/options.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** What a host starts a guest with. */
export interface GuestData {
  readonly file: string;
  /** The number of the call that was answered last. */
  readonly answered: SharedArrayBuffer;
  /** Brings the answers. */
  readonly answers: import('node:worker_threads').MessagePort;
  /** What the processes that it starts carry in their environment: the value of MARK. */
  readonly mark: string;
  /** Whether somebody is there who ends those processes, whatever becomes of msgplay: 0 or 1. */
  readonly reaping: SharedArrayBuffer;
}

/** The variable by which the processes that a guest starts are known. */
export const MARK = 'MSGPLAY_GUEST';

/** Of a scenario, what is data. */
export type Declared = Omit<Scenario, 'needs' | 'owns' | 'about' | 'validate' | 'run'>;

/** Of a scenario, what depends on its options. */
export interface Settled {
  readonly needs: readonly Service[];
  readonly owns: readonly Service[];
  readonly about: Text;
  /** What is wrong with the options, where something is. */
  readonly wrong?: Text | undefined;
}

export type ToGuest =
  | { readonly type: 'settle'; readonly options: OptionValues<OptionSpecs> }
  | { readonly type: 'run'; readonly options: OptionValues<OptionSpecs>; readonly prefix: string }
  | { readonly type: 'abort'; readonly failure: Failure }
  | { readonly type: 'clean up' }
  | { readonly type: 'ping' }
  /** Ends a call that was answered with `later`. */
  | { readonly type: 'later'; readonly id: number; readonly answer: Answer };

export type FromGuest =
  | { readonly type: 'loaded'; readonly declared?: Declared | undefined }
  | { readonly type: 'settled'; readonly settled: Settled }
  /** What would have ended with `instead` has failed. */
  | {
      readonly type: 'failed';
      readonly instead: 'loaded' | 'settled' | 'ended' | 'cleaned up';
      readonly failure: Failure;
    }
  | { readonly type: 'ended' }
  | { readonly type: 'cleaned up' }
  | { readonly type: 'pong' }
  | { readonly type: 'stray'; readonly failure: Failure }
  /** It is about to start a process; has started one; one that it started has ended. */
  | { readonly type: 'spawns' }
  | { readonly type: 'spawned' | 'reaped'; readonly pid: number }
  /** It ends its thread; how says by what, and where. */
  | { readonly type: 'exits'; readonly how: string }
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] };

export type Answer = { readonly value: unknown } | { readonly failure: Failure } | { readonly later: true };

/** An error on its way to the other side. */
export interface Failure {
  readonly kind: 'unmet' | 'usage' | 'backend' | 'error' | 'nothing';
  readonly message: string;
  readonly stack?: string | undefined;
  readonly hint?: string | undefined;
}

export function toFailure(error: unknown): Failure {
  if (error === undefined) return { kind: 'nothing', message: '' };
  const kind =
    error instanceof Unmet
      ? 'unmet'
      : error instanceof UsageError
        ? 'usage'
        : error instanceof BackendError
          ? 'backend'
          : 'error';
  const hint = error instanceof MsgplayError ? error.hint : undefined;
  return { kind, message: messageOf(error), stack: error instanceof Error ? ownFrames(error.stack) : undefined, hint };
}

/** A stack without the frames that called the scenario. */
function ownFrames(stack: string | undefined): string | undefined {
  const lines = stack?.split('\n') ?? [];
  return lines.filter((line) => !/^ +at .*(node:internal|\/lab\/guest\/)/.test(line)).join('\n') || undefined;
}

/** The error as it was, its stack included; undefined where nothing was thrown. */
export function fromFailure({ kind, message, stack, hint }: Failure): unknown {
  if (kind === 'nothing') return undefined;
  const error =
    kind === 'unmet'
      ? new Unmet(message)
      : kind === 'usage'
        ? new UsageError(message, { hint })
        : kind === 'backend'
          ? new BackendError(message, { hint })
          : new Error(message);
  if (stack === undefined) return kind === 'error' ? message : error;
  error.stack = stack;
  return error;
}
