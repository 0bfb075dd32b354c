/** Numbers and dates the events of a run and hands them on. */

import type { Told, TraceEvent } from '../../core/events.ts';
import { hideSecrets, withoutSecrets } from '../../core/secrets.ts';
import type { Clock } from '../../core/time/clock.ts';

export class Trace {
  readonly #clock: Clock;
  readonly #sink: (event: TraceEvent) => void;
  #startedAt: number;
  #seq = 0;

  constructor(clock: Clock, sink: (event: TraceEvent) => void) {
    this.#clock = clock;
    this.#sink = sink;
    this.#startedAt = clock.now();
  }

  /** Milliseconds since the run began, to the microsecond. */
  now(): number {
    return Math.round((this.#clock.now() - this.#startedAt) * 1000) / 1000;
  }

  /** The number that was given last. */
  get last(): number {
    return this.#seq;
  }

  /** Reserves the next number, for an event that may or may not be told. */
  number(): number {
    return ++this.#seq;
  }

  tell(body: Told, seq = this.number(), at = this.now()): void {
    this.pass({ seq, at, ...body });
  }

  /** Hands on an event that has its number and its time. */
  pass(event: TraceEvent): void {
    this.#sink(inConfidence(event));
  }
}

/** Fields of events that hold words and numbers of msgplay's own. */
const OWN: ReadonlySet<string> = new Set(
  'type stage basis service from phase id among frames protocol state'.split(' '),
);

/** The one door through which everything that is told of a run goes: no secret passes it. */
function inConfidence(event: TraceEvent): TraceEvent {
  const clean = withoutSecrets(event, OWN);
  if (clean.type !== 'frame' || clean.bytes === undefined) return clean;
  const { bytes, ...rest } = clean;
  const text = Buffer.from(bytes, 'hex').toString('latin1');
  return clean === event && hideSecrets(text) === text ? clean : { ...rest, bytesWithheld: true };
}
