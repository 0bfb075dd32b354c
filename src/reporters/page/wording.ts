/** How the texts of events read, wherever people read them. */
import { inLanguage, type TraceEvent } from '../../core/events.ts';
import type { Language } from '../../core/language.ts';
import { printable } from '../../core/text/printable.ts';
import type { Look } from '../reporter.ts';

/**
 * Rewords events for people, in their language. Much of their text was chosen by whoever sent something, so that none of it may move a
 * cursor or forge a line; and the prefix of a run's names is left out, as the header tells it once.
 */
export class Wording {
  #prefix = '';
  readonly #language: Language;

  constructor({ language }: Look) {
    this.#language = language;
  }

  apply(told: TraceEvent): TraceEvent {
    const event = eachText(inLanguage(told, this.#language), printable);
    if (event.type === 'run-start') this.#prefix = event.prefix;
    return this.#prefix === '' ? event : withoutPrefix(event, this.#prefix);
  }
}

/** A copy whose every text is changed. */
function eachText<Value>(value: Value, change: (text: string) => string): Value;
function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => eachText(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const copy: { [name: string]: unknown } = { ...value };
  for (const name of Object.keys(copy)) copy[name] = eachText(copy[name], change);
  return copy;
}

/** Only where a name may stand: a body that holds the prefix was sent with it. */
function withoutPrefix(event: TraceEvent, prefix: string): TraceEvent {
  const clean = <Value>(value: Value): Value => eachText(value, (text) => text.replaceAll(prefix, ''));
  switch (event.type) {
    case 'message':
      return { ...event, route: clean(event.route), ...(event.reason ? { reason: clean(event.reason) } : {}) };
    case 'note': {
      const { text, statement } = event;
      return {
        ...event,
        ...(text === undefined ? {} : { text: clean(text) }),
        ...(statement ? { statement: clean(statement) } : {}),
      };
    }
    case 'frame':
      return { ...event, summary: clean(event.summary) };
    case 'run-end':
      return { ...event, stats: clean(event.stats) };
    default:
      return event;
  }
}
