/** What a client asked for on a channel, from when its frame is seen until it is known what the server did with it. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import { AskedOnce } from '../asked-once.ts';
import type { Order, Span } from '../span.ts';

export interface Request {
  readonly span: Span;
  /** AMQP's or STOMP's word for it. */
  readonly method: string;
  /** The names in it that an error's text would tell. */
  readonly names: readonly string[];
  /** A refusal of it ends the session: in AMQP of whatever it is, in STOMP of some. */
  readonly endsSession?: boolean;
  /** A refusal of it ends the connection, with all of its channels. */
  readonly endsConnection?: boolean;
  /** It declares a queue: in STOMP that is a part of what a client asks for. */
  readonly isDeclaration?: boolean;
  /** Those that have this in common are carried out together, or none of them is: a transaction. */
  readonly unit?: object | undefined;
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
export function request(method: string, span: Span, parts: Partial<Omit<Request, 'method' | 'span'>>): Request {
  const { names = [], endsSession = false, endsConnection = false, isDeclaration = false } = parts;
  const { refused = () => 'no' as const, done = NOTHING, undone = NOTHING, lost = NOTHING } = parts;
  return { method, span, names, endsSession, endsConnection, isDeclaration, refused, undone, lost, done };
}

/** The requests of one channel that wait for proof, in the order in which the server carries them out. */
export class Pending {
  readonly #requests = new Deque<Request>();
  /** The first that the server can't but refuse. */
  #blocker: Request | undefined;

  /** What the server has refused and got over, and whose error was not seen yet. */
  readonly unheard: Request[] = [];
  /** When the last that an answer proved was carried out. */
  proven: Span | undefined;

  get size(): number {
    return this.#requests.length;
  }

  get oldest(): Request | undefined {
    return this.#requests.first();
  }

  push(one: Request): void {
    if (one.endsSession && one.refused() === 'yes') this.#blocker ??= one;
    this.#requests.push(one);
  }

  /** Whether it may be that the server never gets to what is asked last. */
  get isBlocked(): boolean {
    return this.#blocker !== undefined;
  }

  /** Whether the server never gets to a request: it can't but refuse one before it, and end the session. */
  isBehindError({ span }: Request): boolean {
    const blocker = this.#blocker;
    if (!blocker || blocker.span.from >= span.from) return false;
    // Whether it is refused may depend on what stands behind it.
    return this.#blocks.ask(true, () => blocker.refused() === 'yes');
  }

  /** Whether it may refuse one before it. */
  mayBeBehindError(request: Request): boolean {
    for (const before of this.#requests) {
      if (before === request) return false;
      if (before.refused() !== 'no') return true;
    }
    return false;
  }

  /** Those that wait, the oldest first. */
  get all(): readonly Request[] {
    return [...this.#requests];
  }

  readonly #fails = new AskedOnce();
  readonly #blocks = new AskedOnce();

  /** When the first was asked that the server may refuse, and then end the channel, in ms of the run. */
  get mayFailAt(): number | undefined {
    // Whether one of them fails may depend on what stands or falls with this very channel.
    return this.#fails.ask(undefined, () => {
      for (const one of this.#requests) if (one.refused() !== 'no') return one.span.atMs ?? 0;
      return undefined;
    });
  }

  /** What is being proven is proven by an answer on this channel, so that no other answer to it is under way. */
  isAnswering = false;

  /** What is called once the server has answered this or something later: what it sent before has been seen by then. */
  readonly #onAnswer: { readonly span: Span; readonly then: () => void }[] = [];

  onAnswer(span: Span, then: () => void): void {
    this.#onAnswer.push({ span, then });
  }

  #answered(from: number): void {
    while ((this.#onAnswer[0]?.span.from ?? Number.POSITIVE_INFINITY) <= from) this.#onAnswer.shift()?.then();
  }

  /** Proves everything up to and including a request, or everything there is. */
  carriedOut(at: Sighting, upTo?: Request, isAnswer = true): void {
    if (isAnswer) this.#answered(upTo?.span.from ?? Number.MAX_VALUE);
    if (upTo && upTo.span.to !== Number.POSITIVE_INFINITY) return;
    // It may wait no more itself: what was asked behind it is not proven with it.
    const last = upTo?.span.from ?? Number.POSITIVE_INFINITY;
    for (let one = this.#requests.first(); one && one.span.from <= last; one = this.#requests.first()) {
      this.#shift();
      this.isAnswering = isAnswer;
      if (!isAnswer && one !== upTo && !one.endsSession && one.refused() === 'yes') this.unheard.push(one);
      else prove(one, at);
      this.isAnswering = false;
      // What shows elsewhere that it was carried out says nothing of what is on its way on this channel.
      if (isAnswer) this.proven = one.span;
      if (one === upTo) return;
    }
  }

  /** Proves everything that was asked before a request. */
  carriedOutBefore(at: Sighting, { span }: Request): void {
    if (span.to !== Number.POSITIVE_INFINITY) return;
    const before = this.all.findLast((one) => one.span.from < span.from);
    if (before) this.carriedOut(at, before, false);
  }

  /** Gives up waiting for the oldest while `which` says so. */
  presume(at: Sighting, which: (one: Request) => boolean): void {
    for (let one = this.#requests.first(); one && which(one); one = this.#requests.first()) {
      this.#shift();
      prove(one, at);
    }
  }

  /** The server refused one of them: those before it were carried out, those behind it still wait. */
  refused(at: Sighting, one: Request, why: Statement): void {
    if (this.#requests.indexOf(one) < 0) return;
    for (let before = this.#shift(); before && before !== one; before = this.#shift()) prove(before, at);
    one.undone(at, why);
  }

  /** It will not be carried out, which is known already. */
  forget(one: Request): void {
    const index = this.#requests.indexOf(one);
    if (index >= 0) this.#requests.remove(index);
  }

  /** Forgets all but the first `count`. */
  keep(count: number): void {
    while (this.#requests.length > count) this.#requests.pop();
  }

  /** Hands over all that waits. */
  drain(): Request[] {
    const all = [...this.#requests];
    this.#requests.clear();
    this.#blocker = undefined;
    return all;
  }

  #shift(): Request | undefined {
    const one = this.#requests.shift();
    if (one === this.#blocker) this.#blocker = undefined;
    return one;
  }
}

export function prove(one: Request, at: Sighting): void {
  if (one.span.to === Number.POSITIVE_INFINITY) {
    one.span.to = at.seq;
    one.span.toMs = at.at;
  }
  one.done(at);
}

/**
 * What an error did to the requests that waited: those before the one that it answers were carried out, that one was
 * refused, and the rest was never read. Where it is not sure which one it answers, those that it may be are lost. Returns
 * the first that it may answer.
 */
export function failAt(at: Sighting, waiting: readonly Request[], error: ChannelError): Request | undefined {
  const [first, last] = culprits(waiting, error) ?? [0, Number.POSITIVE_INFINITY];
  const unit = waiting[first]?.unit;
  for (const [index, one] of waiting.entries()) {
    if (unit && first === last && one.unit === unit && index !== first) one.undone(at, error.behind);
    else if (index < first) prove(one, at);
    else if (index > last) one.undone(at, error.behind);
    else if (first === last) one.undone(at, error.itself);
    else one.lost(at, error.maybe);
  }
  return waiting[first];
}

export interface ChannelError {
  /** Whether it may answer that, by what it says it answers. */
  readonly isAbout: (one: Request) => boolean;
  readonly text: string;
  /** What is told of the request that failed, of those behind it, and of those that may be either. */
  readonly itself: Statement;
  readonly behind: Statement;
  readonly maybe: Statement;
}

/** The indexes of the first and the last request that an error may answer; undefined where none fits. */
function culprits(waiting: readonly Request[], { isAbout, text }: ChannelError): [number, number] | undefined {
  const found: number[] = [];
  for (const [index, one] of waiting.entries()) {
    if (!isAbout(one) || !isNamed(one, text)) continue;
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
