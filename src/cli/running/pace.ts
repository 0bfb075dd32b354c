/** Shows a run more slowly than it happens: for a talk. */
import { UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { parseNumber } from '../../core/text/numbers.ts';
import { pauseFor } from '../../lab/waiting.ts';
import { shows } from '../../reporters/page/layers.ts';
import type { RunLook } from '../output/reports.ts';

/** Either so many ms for each event that a reader reads, or so many times slower than it was. */
export type Pace = { readonly eachMs: number } | { readonly slower: number };

const MOST = 3600;
/** Between two events nothing is longer than this, in ms, however slow: nobody waits for a silence. */
const MOST_WAIT_MS = 10_000;
const READ: ReadonlySet<TraceEvent['type']> = new Set(['message', 'note', 'step', 'check', 'table', 'answer', 'frame']);

/** `1s`, `500ms`: for each event; `10x`, or `10`: so many times slower. Throws a UsageError for anything else. */
export function readPace(typed: string): Pace {
  const [, number = '', unit = 'x'] = /^(.+?)(ms|s|x)?$/.exec(typed.trim()) ?? [];
  const value = parseNumber(number);
  if (value === undefined || value <= 0 || value > MOST) {
    throw new UsageError(`--pace takes a time for each event (1s, 500ms) or a factor (10x), not '${typed}'.`);
  }
  return unit === 'x' ? { slower: value } : { eachMs: unit === 's' ? value * 1000 : value };
}

/** Hands events on at a pace; the run itself goes on at its own. */
export class Paced {
  readonly #pace: Pace;
  readonly #sink: (event: TraceEvent) => void;
  readonly #signal: AbortSignal;
  readonly #look: RunLook;
  readonly #waiting: TraceEvent[] = [];
  #last = 0;
  #showing: Promise<void> | undefined;

  constructor(pace: Pace, look: RunLook, sink: (event: TraceEvent) => void, signal: AbortSignal) {
    this.#look = look;
    this.#pace = pace;
    this.#sink = sink;
    this.#signal = signal;
  }

  readonly take = (event: TraceEvent): void => {
    this.#waiting.push(event);
    this.#showing ??= this.#show().finally(() => {
      this.#showing = undefined;
    });
  };

  /** Resolves when all that was taken has been shown; at once when the run is given up. */
  async shown(): Promise<void> {
    await this.#showing;
  }

  async #show(): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      const waitMs =
        'slower' in this.#pace
          ? (event.at - this.#last) * this.#pace.slower
          : READ.has(event.type) && shows(this.#look, event)
            ? this.#pace.eachMs
            : 0;
      this.#last = event.at;
      if (waitMs >= 1 && !this.#signal.aborted) await pauseFor(Math.min(waitMs, MOST_WAIT_MS), this.#signal);
      this.#sink(event);
    }
  }
}
