/**
 * Holds back the events of a section until it ends, so that a page can show who acts in it before anybody does; but not
 * for long: what takes its time is told as it happens.
 */
import type { TraceEvent } from '../../../core/events.ts';
import { mayMoveOn, reasonToMove } from './joined.ts';

/** A section is held for so long, in ms of the run. */
const HELD_MS = 1_000;
const HELD_EVENTS = 400;

/** They end what was held, and stand on lines of their own. */
const BOUNDARIES: ReadonlySet<TraceEvent['type']> = new Set([
  'run-start',
  'step',
  'check',
  'table',
  'question',
  'answer',
  'run-end',
]);

/** Some events in a row; `all` of a section where it was over in time. */
export type Batch = readonly TraceEvent[];

/** `by section` where a page is drawn by whole sections, `at once` where each event has to be told when it comes. */
export type Pace = 'by section' | 'at once';

export class Sections {
  readonly #pace: Pace;
  #held: TraceEvent[] = [];
  /** The section takes its time: it is told as it happens. */
  #isOpen: boolean;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#isOpen = pace === 'at once';
  }

  /** The events that can be told now. */
  next(event: TraceEvent): Batch[] {
    if (BOUNDARIES.has(event.type)) {
      const before = this.#release();
      if (event.type === 'step' || event.type === 'run-start') this.#isOpen = this.#pace === 'at once';
      return before.length > 0 ? [before, [event]] : [[event]];
    }
    const before = this.#isOpen && !belongs(this.#held, event) ? this.#release() : [];
    this.#held.push(event);
    if (!this.#isOpen && (this.#held.length >= HELD_EVENTS || event.at - (this.#held[0]?.at ?? 0) > HELD_MS)) {
      this.#isOpen = true;
      return [this.#release()];
    }
    const goesOn = this.#held[0]?.type === 'frame' || mayMoveOn(event);
    const now = this.#isOpen && !goesOn ? this.#release() : [];
    return [before, now].filter((batch) => batch.length > 0);
  }

  /** What is held, where nothing more has come for a while: from here on the section is told as it happens. */
  late(): Batch[] {
    if (this.#held.length === 0) return [];
    this.#isOpen = true;
    return [this.#release()];
  }

  #release(): TraceEvent[] {
    const released = this.#held;
    this.#held = [];
    return released;
  }
}

/** What a frame shows comes right behind it, and names it; so does where a message went that left its queue. */
function belongs(held: Batch, event: TraceEvent): boolean {
  const [first, last] = [held[0], held.at(-1)];
  if (first?.type === 'frame') return event.type === 'message' || event.type === 'note';
  return last !== undefined && reasonToMove(last, event) !== undefined;
}
