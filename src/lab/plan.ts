/** What a run is told to do, and what it ends with. */
import type { Outcome, TraceEvent } from '../core/events.ts';
import type { Text } from '../core/language.ts';
import type { Pressure } from '../core/time/pressure.ts';
import type { OptionSpecs, OptionValues } from './scenario/options.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { BackendChoice } from './servers/provision.ts';

/** Whoever plays a run step by step. */
export interface Reader {
  /** Lets a step be read; the run goes on when it resolves. */
  pause(): Promise<void>;
  /** Asks for one of the choices, by its index; undefined where nobody predicts. */
  readonly choose?: ((question: Text, choices: readonly Text[]) => Promise<number>) | undefined;
}

export interface Run {
  readonly scenario: Scenario;
  readonly options: OptionValues<OptionSpecs>;
  readonly backends: BackendChoice;
  readonly seed: number;
  /** The longest a run may take, servers included. */
  readonly timeoutMs: number;
  /** Aborted when the user gives up. */
  readonly signal: AbortSignal;
  readonly tellFrames: 'no' | 'yes' | 'with bytes';
  /** Gets every event of the run, in order. */
  readonly sink: (event: TraceEvent) => void;
  /** High while whoever takes the events has to catch up. The run waits for it, and its limits do not count that time. */
  readonly pressure?: Pressure;
  /** Hears of a server that takes its time, and of what could not be cleaned up. */
  readonly progress: (text: string) => void;
  /** Plays the run step by step; undefined where it goes on by itself. */
  readonly reader?: Reader | undefined;
  /** Whether a name that the scenario did not get from its lab ends the run, on servers that others share. */
  readonly strictNames?: boolean;
  /** Is given what tells, at any time, what would stay on shared servers if the process ended then. */
  readonly onLeftovers?: (told: () => string | undefined) => void;
  /** Hears of errors that the scenario's clients threw where nobody could catch them; the result stops listening. */
  readonly strayErrors?: (listener: (error: unknown) => void) => () => void;
}

/** How a run ended. */
export interface RunResult {
  readonly outcome: Outcome;
  /** How many checks were made. */
  readonly checks: number;
  /** What ended the run, where it was an error. */
  readonly error?: unknown;
}
