/** What a client asked for on a channel, from when its frame is seen until it is known what the server did with it. */
import type { Statement } from '../../core/statements/index.ts';
import type { Sighting } from '../ledger/index.ts';
import type { Order, Span } from './span.ts';

export interface Request {
  readonly span: Span;
  /** AMQP's or STOMP's word for it. */
  readonly method: string;
  /** The names in it that an error's text would tell. */
  readonly names: readonly string[];
  /** A refusal of it ends a STOMP session. */
  readonly endsSession?: boolean;
  /** Nobody waits for its proof any more. */
  readonly isOver?: boolean;
  /** Whether the server can't but refuse it, as far as is known. */
  refused(): Order;
  /** The server carried it out: that is proven now, by a frame with this number. */
  done(at: Sighting): void;
  /** It never happened. */
  undone(at: Sighting, why: Statement): void;
  /** Nobody will ever know. */
  lost(at: Sighting, why: Statement): void;
}

const NOTHING = (): void => {};

/** A request of which only some of that matters. */
export function request(
  method: string,
  span: Span,
  parts: Partial<Pick<Request, 'names' | 'endsSession' | 'refused' | 'done' | 'undone' | 'lost'>>,
): Request {
  const { names = [], endsSession = false, refused = () => 'no' as const } = parts;
  const { done = NOTHING, undone = NOTHING, lost = NOTHING } = parts;
  return { method, span, names, endsSession, refused, undone, lost, done };
}

/** The requests of one channel that wait for proof, in the order in which the server carries them out. */
export class Pending {
  #requests: Request[] = [];
  #first = 0;

  /** When the last that an answer proved was carried out. */
  proven: Span | undefined;

  get size(): number {
    return this.#requests.length - this.#first;
  }

  push(one: Request): void {
    this.#requests.push(one);
  }

  /** Those that wait, the oldest first. */
  get all(): readonly Request[] {
    return this.#requests.slice(this.#first);
  }

  /** What is being proven is proven by an answer on this channel, so that no other answer to it is under way. */
  isAnswering = false;

  /** Proves everything up to and including a request, or everything there is. */
  carriedOut(at: Sighting, upTo?: Request, isAnswer = true): void {
    if (upTo && upTo.span.to !== Number.POSITIVE_INFINITY) return;
    while (this.#first < this.#requests.length) {
      const one = this.#shift();
      this.isAnswering = isAnswer;
      prove(one, at);
      this.isAnswering = false;
      this.proven = one.span;
      if (one === upTo) return;
    }
  }

  /** Gives up waiting for the oldest while `which` says so. */
  presume(at: Sighting, which: (one: Request) => boolean): void {
    while (this.size > 0 && which(this.#requests[this.#first] as Request)) prove(this.#shift(), at);
  }

  /** The server refused one of them: those before it were carried out, those behind it still wait. */
  refused(at: Sighting, one: Request, why: Statement): void {
    const index = this.#requests.indexOf(one, this.#first);
    if (index < 0) return;
    for (let before = index - this.#first; before > 0; before--) prove(this.#shift(), at);
    this.#shift();
    one.undone(at, why);
  }

  /** Forgets all but the first `count`. */
  keep(count: number): void {
    this.#requests.length = this.#first + count;
  }

  /** Hands over all that waits. */
  drain(): Request[] {
    const all = this.#requests.slice(this.#first);
    this.#requests = [];
    this.#first = 0;
    return all;
  }

  #shift(): Request {
    const one = this.#requests[this.#first] as Request;
    this.#first++;
    if (this.#first > 64 && 2 * this.#first > this.#requests.length) {
      this.#requests = this.#requests.slice(this.#first);
      this.#first = 0;
    }
    return one;
  }
}

export function prove(one: Request, at: Sighting): void {
  if (one.span.to === Number.POSITIVE_INFINITY) one.span.to = at.seq;
  one.done(at);
}

/**
 * What an error did to the requests that waited: those before the one that it answers were carried out, that one was
 * refused, and the rest was never read. Where it is not sure which one it answers, those that it may be are lost.
 */
export function failAt(at: Sighting, waiting: readonly Request[], error: ChannelError): void {
  const [first, last] = culprits(waiting, error) ?? [0, Number.POSITIVE_INFINITY];
  for (const [index, one] of waiting.entries()) {
    if (index < first) prove(one, at);
    else if (index > last) one.undone(at, error.behind);
    else if (first === last) one.undone(at, error.itself);
    else one.lost(at, error.maybe);
  }
}

export interface ChannelError {
  /** The method that it answers; undefined where it says none. */
  readonly method: string | undefined;
  readonly text: string;
  /** What is told of the request that failed, of those behind it, and of those that may be either. */
  readonly itself: Statement;
  readonly behind: Statement;
  readonly maybe: Statement;
}

/** The indexes of the first and the last request that an error may answer; undefined where none fits. */
function culprits(waiting: readonly Request[], { method, text }: ChannelError): [number, number] | undefined {
  const found: number[] = [];
  for (const [index, one] of waiting.entries()) {
    if (one.method !== method || !isNamed(one, text)) continue;
    found.push(index);
    // Nothing behind it was read.
    if (one.refused() === 'yes') break;
  }
  const likely = found.filter((index) => (waiting[index] as Request).refused() !== 'no');
  const [first, last] = likely.length > 0 ? [likely[0], likely.at(-1)] : [found[0], found.at(-1)];
  return first === undefined || last === undefined ? undefined : [first, last];
}

function isNamed({ names }: Request, text: string): boolean {
  return names.length === 0 || names.some((name) => name !== '' && text.includes(`'${name}'`)) || !text.includes("'");
}
