/** Plays one scenario and prints its trace. */
import { MsgplayError } from '../core/errors.ts';
import type { Outcome } from '../core/events.ts';
import type { OptionSpecs, OptionValues } from '../lab/options.ts';
import type { BackendChoice } from '../lab/provision.ts';
import { run } from '../lab/run.ts';
import type { Scenario } from '../lab/scenario.ts';
import { unplayed } from '../lab/start.ts';
import { remark, stdout } from './_output.ts';
import { Paced } from './_pace.ts';
import { rememberPassed } from './_progress.ts';
import { RunReader } from './_reader.ts';
import type { Reports } from './_reports.ts';
import type { Settings } from './_run-flags.ts';
import { hearUncaught } from './_uncaught.ts';

const EXIT_CODES: Record<Outcome, number> = { passed: 0, failed: 1, 'timed-out': 4, aborted: 130 };

export interface Play {
  readonly scenario: Scenario;
  readonly options: OptionValues<OptionSpecs>;
  /** Ends what the scenario runs on. */
  close(): Promise<void>;
}

/** Where and how every scenario of a command line is played. */
export interface Stage extends Settings {
  readonly reports: Reports;
  readonly backends: BackendChoice;
  readonly signal: AbortSignal;
  /** Is given what tells what would be left if the process ended at once. */
  readonly leaving: (told: () => string | undefined) => void;
}

/** How a play went, for the closing summary and for the exit code. */
export interface Played {
  readonly name: string;
  readonly exitCode: number;
  readonly told: string;
  /** What kept it from being played, or ended it, where that is nobody's bug. */
  readonly error?: MsgplayError;
}

/** Plays a scenario to its end, whatever that is; throws only what is a bug. */
export async function play({ scenario, options, close }: Play, stage: Stage): Promise<Played> {
  const { reports, layer, legend } = stage;
  const handshakes = stage.handshakes ?? scenario.handshakes ?? false;
  const look = { layer, handshakes, language: stage.language, legend };
  const { stepping, signal, language } = stage;
  const reader = stepping && new RunReader(stepping, scenario, language, signal);
  const shown = reports.begin(look);
  const paced = stage.pace && new Paced(stage.pace, shown, signal);
  const sink = paced?.take ?? shown;
  const { name } = scenario;
  let isTold = false;
  try {
    const { outcome, error, checks } = await run({
      scenario,
      options,
      backends: stage.backends,
      seed: stage.seed,
      timeoutMs: stage.timeoutMs,
      signal: stage.signal,
      tellFrames: reports.frames(layer),
      sink: (event) => {
        isTold = true;
        reader?.meet(event);
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
    if (error instanceof MsgplayError) return { name, exitCode: error.exitCode, told: error.message, error };
    if (error instanceof Error && error.stack !== undefined) remark(error.stack);
    if (outcome === 'passed' && checks === 0)
      remark(`${name} makes no check: it promises nothing, so nothing can fail.`);
    if (outcome === 'passed' && scenario.lesson !== undefined) rememberPassed([name]);
    return { name, exitCode: EXIT_CODES[outcome], told: outcome };
  } catch (error) {
    if (!(error instanceof MsgplayError)) throw error;
    if (!isTold) unplayed({ scenario, options, seed: stage.seed }, error.message).forEach(reports.beginFiles(look));
    return { name, exitCode: error.exitCode, told: error.message, error };
  } finally {
    await paced?.shown();
    await close();
  }
}
