/** How the texts of events read, wherever people read them. */
import type { TraceEvent } from '../core/events.ts';
import { printable } from '../core/printable.ts';

/**
 * Rewords events for people. Much of their text was chosen by whoever sent something, so that none of it may move a
 * cursor or forge a line; and the prefix of a run's names is left out, as the header tells it once.
 */
export class Wording {
  #prefix = '';

  apply(told: TraceEvent): TraceEvent {
    const event = inPrint(told);
    if (event.type === 'run-start') this.#prefix = event.prefix;
    return this.#prefix === '' ? event : withoutPrefix(event, this.#prefix);
  }
}

/** A copy whose every text is printable. */
function inPrint<Value>(value: Value): Value;
function inPrint(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map((item) => inPrint(item));
  if (typeof value !== 'object' || value === null) return value;
  const copy: { [name: string]: unknown } = { ...value };
  for (const name of Object.keys(copy)) copy[name] = inPrint(copy[name]);
  return copy;
}

function withoutPrefix(event: TraceEvent, prefix: string): TraceEvent {
  const clean = (text: string): string => text.replaceAll(prefix, '');
  switch (event.type) {
    case 'message':
      return { ...event, route: clean(event.route), ...(event.why === undefined ? {} : { why: clean(event.why) }) };
    case 'note':
      return { ...event, text: clean(event.text) };
    case 'frame':
      return { ...event, summary: clean(event.summary) };
    default:
      return event;
  }
}
