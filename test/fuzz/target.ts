/** What can be fuzzed. */
import type { Side } from '../../src/core/events.ts';
import type { Random } from './random.ts';

export interface Input {
  /** Whether it begins a connection, or goes on with one. */
  readonly fresh: boolean;
  /** Chunks, and who sent each. */
  readonly chunks: readonly (readonly [from: Side, chunk: Buffer])[];
}

export interface Target {
  readonly name: string;
  /** Inputs that are tried before `check`. */
  readonly batch: number;
  /** Makes an input. */
  input(random: Random): Input;
  /** Tries it; throws where it does what it must not. Others get their turn where it returns a promise. */
  run(input: Input): void | Promise<void>;
  /** Throws where not everybody else is served. Whether it began anew, so that what came before has no effect any more. */
  check(): Promise<boolean>;
  close(): Promise<void>;
}
