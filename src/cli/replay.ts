/** `msgplay replay`: shows a saved run again, in any format, layer and language. */
import { UsageError } from '../core/errors.ts';
import type { TraceEvent } from '../core/events.ts';
import { TRACE_FORMAT } from '../core/version.ts';
import { cutOff } from '../lab/start.ts';
import { pauseFor } from '../lab/waiting.ts';
import { command, parse } from './_command.ts';
import { addLookFlags, type LookFlags, type LookSettings, readLook } from './flags/look-flags.ts';
import { readNumber } from './flags/numbers.ts';
import { stdout } from './output/output.ts';
import { reporterNames } from './output/reporters.ts';
import { Reports } from './output/reports.ts';
import { isTerminal } from './output/terminal.ts';
import { listenForInterrupts } from './running/interrupts.ts';
import { eventsOf, HOW_TO_SAVE, newerThan } from './running/saved.ts';
import { applySettings } from './settings/apply.ts';

const MOST_SPEED = 1000;

type ReplayFlags = LookFlags & { readonly speed?: string };

export async function replay(args: readonly string[]): Promise<number> {
  const parser = command('replay', 'Shows a run again that was saved with --report ndjson=run.ndjson.');
  parser.argument('[run.ndjson]', 'the saved run');
  addLookFlags(parser, await reporterNames());
  parser
    .option(
      '--speed <factor>',
      'how fast: 1 as recorded, 2 twice as fast, 0 at once (default: 1 on a terminal, 0 otherwise)',
    )
    .addHelpText('after', '\nExample:\n  msgplay replay run.ndjson --format mermaid');
  const parsed = parse(parser, args);
  await applySettings(parsed);
  const flags = parsed.opts<ReplayFlags>();
  const [file, ...more] = parsed.args;
  if (file === undefined || more.length > 0) {
    throw new UsageError(file === undefined ? 'Which run?' : 'One run at a time, please.', {
      hint: 'Save one first: msgplay run pubsub --report ndjson=run.ndjson',
    });
  }
  const speed = readNumber('--speed', flags.speed ?? (isTerminal() ? '1' : '0'), {
    min: 0,
    max: MOST_SPEED,
    whole: false,
  });
  const look = readLook(flags);
  const reports = await Reports.open(flags);
  const interrupts = listenForInterrupts();
  const { signal } = interrupts;
  // What could be read is reported, whatever is wrong with the rest.
  const unwritten = await show(file, look, reports, new Pace(speed, signal))
    .finally(() => interrupts.release())
    .then(
      () => reports.end(),
      async (error: unknown) => {
        await reports.end();
        throw error;
      },
    );
  return signal.aborted ? interrupts.exitCode() : unwritten;
}

/** Shows what can be read; what is wrong with the file is thrown as a UsageError when that is done. */
async function show(file: string, look: LookSettings, reports: Reports, pace: Pace): Promise<void> {
  let sink: ((event: TraceEvent) => void) | undefined;
  let last: TraceEvent | undefined;
  let newer: number | undefined;
  try {
    for await (const event of eventsOf(file)) {
      if (!(await pace.until(event))) return;
      if (event.type === 'run-start') {
        if (event.format > TRACE_FORMAT) newer = event.format;
        sink = undefined;
      }
      sink ??= reports.begin({ ...look, handshakes: look.handshakes ?? handshakesOf(event) });
      last = event;
      sink(event);
      if (stdout.pressure.isHigh) await new Promise<void>((low) => stdout.pressure.whenLow(low));
    }
    if (last === undefined) throw new UsageError(`${file} holds no run.`, { hint: HOW_TO_SAVE });
    if (last.type !== 'run-end') throw new UsageError(`${file} ends in the middle of a run: it was cut off.`);
  } catch (error) {
    if (last && last.type !== 'run-end') sink?.(cutOff(last, 'the saved run is cut off here'));
    // Its events need not look as this version knows them.
    throw newer === undefined ? error : newerThan(file, newer);
  }
  if (newer !== undefined) throw newerThan(file, newer);
}

function handshakesOf(event: TraceEvent): boolean {
  return event.type === 'run-start' && event.handshakes === true;
}

/** Lets the time pass that passed when the run was recorded. */
class Pace {
  readonly #speed: number;
  readonly #signal: AbortSignal;
  #last = 0;

  /** A speed of 0 waits for nothing. */
  constructor(speed: number, signal: AbortSignal) {
    this.#speed = speed;
    this.#signal = signal;
  }

  /** Whether to go on. */
  async until({ at }: TraceEvent): Promise<boolean> {
    const waitMs = this.#speed === 0 ? 0 : (at - this.#last) / this.#speed;
    this.#last = at;
    if (waitMs >= 1) await pauseFor(waitMs, this.#signal);
    return !this.#signal.aborted;
  }
}
