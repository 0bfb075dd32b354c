import type { Refusal } from '../refusal.ts';

/** What a STOMP client did wrong, as RabbitMQ's ERROR frames tell it. The session goes on. */
export class StompFailure extends Error {
  readonly title: string;

  constructor(title: string, detail: string) {
    super(detail);
    this.name = 'StompFailure';
    this.title = title;
  }
}

/** A refusal that the client hears of in any case, since something behind it waits for its answer. */
export class HeardRefusal extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'HeardRefusal';
    this.refusal = refusal;
  }
}

/** What RabbitMQ answers with where it stumbles over a header. */
export function stumble(): StompFailure {
  return new StompFailure('Processing error', 'Processing error');
}

/** A header that must be a whole number, if it is there. */
export function integerHeader(value: string): number;
export function integerHeader(value: string | undefined): number | undefined;
export function integerHeader(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(value.trim())) throw stumble();
  return Number(value);
}

/** A header that is true, false, or anything else, which is neither. */
export function booleanHeader(value: string | undefined): boolean | undefined {
  if (value === 'true' || value === 'True') return true;
  return value === 'false' || value === 'False' ? false : undefined;
}
