/** Plays one scenario and prints its trace. */
import { BackendError, MsgplayError, SharedServerError } from '../../core/errors.ts';
import type { Outcome, TraceEvent } from '../../core/events.ts';
import type { Service } from '../../core/services.ts';
import { run } from '../../lab/run.ts';
import type { OptionSpecs, OptionValues } from '../../lab/scenario/options.ts';
import { needsOf, type Scenario } from '../../lab/scenario/scenario.ts';
import type { BackendChoice } from '../../lab/servers/provision.ts';
import { unplayed } from '../../lab/start.ts';
import type { RunSettings } from '../flags/run-flags.ts';
import { remark, stdout } from '../output/output.ts';
import type { Audience } from '../output/reports.ts';
import { hearUncaught } from '../output/uncaught.ts';
import { Paced } from './pace.ts';
import { RunReader } from './reader.ts';

const EXIT_CODES: Record<Outcome, number> = { passed: 0, failed: 1, 'timed-out': 4, aborted: 130 };

const BEFORE_IT_BEGAN = 'it was ended before its servers were there';

export interface Play {
  readonly scenario: Scenario;
  readonly options: OptionValues<OptionSpecs>;
  /** Ends what the scenario runs on. */
  close(): Promise<void>;
}

/** Where and how a scenario is played. */
export interface Stage extends RunSettings {
  readonly reports: Audience;
  readonly backends: BackendChoice;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Is given what tells what would be left if the process ended at once. */
  readonly leaving: (told: () => string | undefined) => void;
  /** Why it can't be played, where that is known. */
  readonly unserved?: Played['error'];
  /** Hears every event as it happens, also where it is shown later. */
  readonly hear?: ((event: TraceEvent) => void) | undefined;
}

/** How a play went, for the closing summary and for the exit code. Plain JSON. */
export interface Played {
  readonly name: string;
  readonly exitCode: number;
  readonly outcome: Outcome;
  /** What kept it from being played, or ended it, where that is nobody's bug. */
  readonly error?: { readonly message: string; readonly hint?: string | undefined };
  /** It is a lesson of the course. */
  readonly isLesson?: boolean;
  /** The services that it needed, where another run that needs them would not have them either. */
  readonly unserved?: readonly Service[];
}

/** Plays a scenario to its end, whatever that is; throws only what is a bug. */
export async function play({ scenario, options, close }: Play, stage: Stage): Promise<Played> {
  const { reports, layer, legend } = stage;
  const handshakes = stage.handshakes ?? scenario.handshakes ?? false;
  const look = { layer, handshakes, language: stage.language, legend };
  const { stepping, signal, language } = stage;
  const reader = stepping && new RunReader(stepping, scenario, language, signal);
  const shown = reports.begin(look);
  const paced = stage.pace && new Paced(stage.pace, look, shown, signal);
  const sink = paced?.take ?? shown;
  const { seed } = stage;
  // A private server that has died is another one in the next run.
  const missed = (error: unknown): Pick<Played, 'unserved'> => {
    const isMissed = error instanceof BackendError && !(error instanceof SharedServerError);
    const needs = isMissed ? needsOf(scenario, options) : [];
    return needs.some((one) => stage.backends.urls[one] !== undefined) ? { unserved: needs } : {};
  };
  const as = { name: scenario.name, ...(scenario.lesson === undefined ? {} : { isLesson: true }) };
  let isTold = false;
  try {
    if (stage.unserved) throw new BackendError(stage.unserved.message, { hint: stage.unserved.hint });
    const { outcome, error, checks } = await run({
      scenario,
      options,
      backends: stage.backends,
      seed,
      timeoutMs: stage.timeoutMs,
      signal: stage.signal,
      tellFrames: reports.frames(layer),
      sink: (event) => {
        isTold = true;
        reader?.meet(event);
        stage.hear?.(event);
        sink(event);
      },
      pressure: reader?.pressure ?? stdout.pressure,
      reader,
      progress: remark,
      strictNames: stage.strictNames,
      onLeftovers: stage.leaving,
      strayErrors: hearUncaught,
    });
    await paced?.shown();
    reader?.end();
    if (error instanceof MsgplayError) return { ...as, ...endedBy(as.name, error), ...missed(error), outcome };
    if (error instanceof Error && error.stack !== undefined) remark(error.stack);
    if (outcome === 'passed' && checks === 0)
      remark(`${scenario.name} makes no check: it promises nothing, so nothing can fail.`);
    if (!isTold) unplayed({ scenario, options, seed }, BEFORE_IT_BEGAN, outcome).forEach(reports.beginFiles(look));
    return { ...as, exitCode: EXIT_CODES[outcome], outcome };
  } catch (error) {
    if (!(error instanceof MsgplayError)) throw error;
    if (!isTold) unplayed({ scenario, options, seed }, error.message).forEach(reports.beginFiles(look));
    return { ...as, ...endedBy(as.name, error), ...missed(error) };
  } finally {
    await paced?.shown();
    await close();
  }
}

/** How a play went that an error ended, or kept from beginning. */
export function endedBy(name: string, { exitCode, message, hint }: MsgplayError): Played {
  return { name, exitCode, outcome: 'failed', error: { message, hint } };
}
