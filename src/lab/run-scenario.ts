/** Running a scenario from code. */
import { UsageError } from '../core/errors.ts';
import type { TraceEvent } from '../core/events.ts';
import { inEnglish } from '../core/language.ts';
import type { Service } from '../core/services.ts';
import { didYouMean } from '../core/text/suggest.ts';
import type { FrameDetail } from '../reporters/reporter.ts';
import type { RunResult } from './plan.ts';
import { type OptionSpecs, type OptionValues, type RawOptions, readOptions } from './scenario/options.ts';
import type { Scenario } from './scenario/scenario.ts';

/** How a scenario is run. */
export interface RunOptions<Specs extends OptionSpecs = OptionSpecs> {
  /** Values for the scenario's options; those that are left out have their defaults. */
  readonly options?: Partial<OptionValues<Specs>>;
  /** Where servers come from: `embedded` (the default), `local`, or another backend's name. */
  readonly backend?: string;
  /** The same, for single services. */
  readonly backends?: Partial<Record<Service, string>>;
  /** Servers of your own; naming one chooses the backend `url`. */
  readonly urls?: Partial<Record<Service, string>>;
  /** The same seed makes the same random choices. Default: 1. */
  readonly seed?: number;
  /** The longest a run may take, servers included, in ms. Default: 120,000. */
  readonly timeoutMs?: number;
  /** Ends the run early when it is aborted. */
  readonly signal?: AbortSignal;
  /** Whether frames are told, too. Default: `no`. */
  readonly frames?: FrameDetail;
  /** Gets every event as it becomes known, in order. */
  readonly onEvent?: (event: TraceEvent) => void;
  /** Hears of a server that takes its time, and of what could not be cleaned up. */
  readonly onProgress?: (text: string) => void;
}

/**
 * Runs a scenario and resolves when it has ended and everything is cleaned up; `outcome` says how it ended, whichever
 * way.
 *
 * Throws a UsageError for options that can't be meant, and a BackendError where a server can't be had or went away.
 *
 * @example
 * const { outcome } = await runScenario(scenario, { options: { by: 3 }, onEvent: (event) => events.push(event) });
 */
export async function runScenario<Specs extends OptionSpecs>(
  scenario: Scenario<Specs>,
  settings: RunOptions<Specs> = {},
): Promise<RunResult> {
  const { backend, backends = {}, urls = {}, seed = 1, timeoutMs = 120_000, frames = 'no' } = settings;
  const options = readOptions(scenario.options, rawOptions(scenario.name, scenario.options, settings.options ?? {}));
  const wrong = scenario.validate?.(options);
  if (wrong !== undefined) throw new UsageError(inEnglish(wrong));
  // Scenarios load this file for what they declare; few need what runs them.
  const { run } = await import('./run.ts');
  return run({
    scenario: scenario as Scenario<OptionSpecs>,
    options,
    backends: { everywhere: backend, perService: backends, urls, ports: {} },
    seed,
    timeoutMs,
    signal: settings.signal ?? new AbortController().signal,
    tellFrames: frames,
    sink: settings.onEvent ?? (() => {}),
    progress: settings.onProgress ?? (() => {}),
  });
}

/** As if they had been typed, so that they are checked in the same way. */
function rawOptions(scenario: string, specs: OptionSpecs, values: { readonly [name: string]: unknown }): RawOptions {
  const known = Object.keys(specs);
  for (const key of Object.keys(values)) {
    if (known.includes(key)) continue;
    throw new UsageError(`The scenario ${scenario} has no option '${key}'.`, { hint: didYouMean(key, known) });
  }
  const typed = Object.entries(values).map(([key, value]) => [key, value === undefined ? value : String(value)]);
  return Object.fromEntries(typed);
}
