/** A list of which only the content is known, or part of it: others may use it, or too much happened to it at once. */
import type { Statement } from '../../../core/statements/index.ts';
import { type Fate, REACHED } from '../../ledger/index.ts';
import { ANY, isDigest, sameContent } from './answer.ts';
import type { Element, Holder, Item } from './element.ts';

/** Elements of one content, how many of them were given to somebody, and how many went unseen. */
interface Equal {
  readonly elements: Set<Element>;
  given: number;
  removed: number;
  /** What became of those that were removed. */
  gone: Fate | undefined;
}

/** What became of an element that is in the bag no more. */
export interface Settled {
  readonly item: Element;
  readonly fate: Fate;
}

/** What was taken out of a bag. */
export interface Taken {
  /** Which it may be; empty where it was put there out of sight. */
  readonly candidates: readonly Element[];
  /** Whether it may also be one that was put there out of sight. */
  readonly maybeForeign: boolean;
  /** Those of which is known now that they are gone, each. */
  readonly settled: readonly Settled[];
}

/** What is being moved from one bag into another: it may be there before the answer to that comes. */
export class Inflow {
  readonly from: Bag;
  /** What was taken where it may have come to. */
  readonly #taken: Element[] = [];

  constructor(from: Bag) {
    this.from = from;
  }

  /** Looks for something of this content that may have come: it was in the other bag when it was moved. */
  take(content: string, gone?: Fate): Taken {
    const taken = this.from.takeOwn(content, gone);
    this.#taken.push(...taken.candidates);
    this.from.addPast(taken.candidates);
    return taken;
  }

  /** The move was answered, and what was moved is told. */
  end(): void {
    this.from.dropPast(this.#taken);
  }
}

export class Bag {
  /** Why it can't be told what is in it. */
  readonly reason: Statement;
  /** Whether things may be in it that no frame shows, though everybody's frames are seen: a script's doing. */
  hasForeign: boolean;
  /** Nothing else happens to its list any more, so that an answer can tell all that is in it. */
  isSettleable = false;
  /** Nothing that was sent could take anything out of its list: what was put there is there, only the order is not known. */
  isWhole = false;
  readonly #byContent = new Map<string, Equal>();
  /** Something in it is known by its digest, which may stand for a short content, too. */
  #hasDigests = false;
  /** What was in it: an answer that comes yet may tell that somebody took it out, though it went on since then. */
  readonly #past = new Set<Element>();
  /** Somebody is moving something out of it, so that what leaves it may have been moved on before. */
  #isMoving = false;
  /** Where it may be moved to. */
  readonly #feeds = new Set<Bag>();
  readonly inflows = new Set<Inflow>();

  constructor(reason: Statement, hasForeign: boolean) {
    this.reason = reason;
    this.hasForeign = hasForeign;
  }

  add(items: Iterable<Item>): void {
    for (const { candidates } of items) for (const element of candidates) this.#add(element);
  }

  addPast(elements: Iterable<Element>): void {
    for (const element of elements) this.#past.add(element);
  }

  /** An operation is under way that moves something out of it, and may be carried out at any time. */
  moving(): void {
    this.#isMoving = true;
  }

  /** The same, where it is known into which: what is in here, or comes here yet, may be there by now. */
  feed(into: Bag): void {
    this.#isMoving = true;
    if (into === this || this.#feeds.has(into)) return;
    this.#feeds.add(into);
    into.pour(this);
  }

  /** Nothing is under way any more that could tell what was in it, or moves anything out of it. */
  forgetPast(): void {
    this.#isMoving = false;
    this.#past.clear();
    this.#feeds.clear();
  }

  dropPast(elements: Iterable<Element>): void {
    for (const element of elements) this.#past.delete(element);
  }

  /** A copy, of which `twin` makes the elements. */
  twin(twin: (element: Element) => Element): Bag {
    const bag = new Bag(this.reason, this.hasForeign);
    bag.add([...this.elements()].map(twin));
    return bag;
  }

  /** Takes in what is or was in another one. */
  pour(other: Bag): void {
    this.hasForeign ||= other.hasForeign;
    this.add(other.elements());
    this.addPast(other.#past);
  }

  #add(element: Element): void {
    if (element.content === ANY || element.isForeign) this.#mayBeForeign();
    if (element.content === ANY || element.isSettled || !element.message || element.bags.has(this)) return;
    const key = this.#keyOf(element.content);
    const equal = this.#byContent.get(key);
    if (equal === undefined)
      this.#byContent.set(key, { elements: new Set([element]), given: 0, removed: 0, gone: undefined });
    else equal.elements.add(element);
    this.#hasDigests ||= isDigest(element.content);
    element.bags.add(this);
    for (const other of this.#feeds) other.#add(element);
  }

  #mayBeForeign(): void {
    if (this.hasForeign) return;
    this.hasForeign = true;
    for (const other of this.#feeds) other.#mayBeForeign();
  }

  /** Under which content the equal ones stand: a short one may be known by itself or by its digest. */
  #keyOf(content: string): string {
    if (this.#byContent.has(content) || !(this.#hasDigests || isDigest(content))) return content;
    for (const key of this.#byContent.keys()) if (sameContent(key, content)) return key;
    return content;
  }

  /** An element is no longer followed, or known to be elsewhere. */
  drop(element: Element): void {
    element.bags.delete(this);
    if (element.content === ANY) return;
    const key = this.#keyOf(element.content);
    const equal = this.#byContent.get(key);
    const wasThere = equal?.elements.delete(element);
    if (equal?.elements.size === 0) this.#byContent.delete(key);
    if (wasThere && this.#isMoving) this.#past.add(element);
  }

  *elements(): Iterable<Element> {
    for (const { elements } of this.#byContent.values()) yield* elements;
  }

  /** What something of this content may be that goes on into another list, or comes back into this one. */
  peek(content: string): Taken {
    const candidates = this.#candidates(content);
    return { candidates, maybeForeign: candidates.length === 0 || this.hasForeign, settled: [] };
  }

  #candidates(content: string): Element[] {
    const past = [...this.#past].filter((element) => isOf(element, content) && element.message);
    return [...new Set([...(this.#byContent.get(this.#keyOf(content))?.elements ?? []), ...past])];
  }

  /** Somebody was given one of this content; or it was removed, which is what became of it: `gone`. */
  take(content: string, gone?: Fate): Taken {
    const own = this.takeOwn(content, gone);
    if (own.candidates.length > 0) return own;
    for (const inflow of this.inflows) {
      const taken = inflow.take(content, gone);
      if (taken.candidates.length > 0) return taken;
    }
    return own;
  }

  /** Of what is known to be in here. */
  takeOwn(content: string, gone?: Fate): Taken {
    const candidates = this.#candidates(content);
    if (candidates.length === 0) return { candidates, maybeForeign: true, settled: [] };
    const equal = this.#byContent.get(this.#keyOf(content));
    if (this.hasForeign || equal === undefined || candidates.length > equal.elements.size) {
      for (const element of candidates) element.maybeReached = true;
      return { candidates, maybeForeign: this.hasForeign, settled: [] };
    }
    if (gone) {
      equal.removed++;
      equal.gone = gone;
    } else equal.given++;
    if (equal.given + equal.removed < candidates.length) return { candidates, maybeForeign: false, settled: [] };
    return { candidates, maybeForeign: false, settled: this.#settle(equal, undefined, undefined, equal.gone) };
  }

  /** The run is over: what was put into a whole one waits there, as `waiting` says. */
  end(waiting: Fate): Settled[] {
    const isSure = this.isWhole && !this.hasForeign;
    return this.drain().map((one) => (isSure && one.item.isEntered ? { ...one, fate: waiting } : one));
  }

  /**
   * Empties it: answers what became of what may have been in it, as far as it is one of `only`. What may be in another
   * bag that is still `alive` is not settled by this one.
   */
  drain(only: (element: Element) => boolean = () => true, alive?: () => ReadonlySet<Holder>): Settled[] {
    return [...this.#byContent.values()].flatMap((equal) => this.#settle(equal, only, alive));
  }

  /**
   * As many as were given reached somebody. Which of them is not known: it may be those that reached somebody before,
   * or of which there are copies, so that no more messages did than is told. Of the others it is not known what became
   * of them, unless `rest` tells.
   */
  #settle(
    { elements, given }: Equal,
    only: (element: Element) => boolean = () => true,
    alive?: () => ReadonlySet<Holder>,
    rest: Fate = { kind: 'unknown', reason: this.reason },
  ): Settled[] {
    const all = [...elements];
    for (const element of all) this.drop(element);
    const isInOther = ({ bags }: Element): boolean =>
      alive !== undefined && bags.size > 0 && [...bags].some((bag) => alive().has(bag));
    const rank = (element: Element): number => (isElsewhere(element) ? 0 : isInOther(element) ? 2 : 1);
    const mine = all.filter(only).sort((one, other) => rank(one) - rank(other));
    return mine.flatMap((item, index) => {
      if (index < given) return [{ item, fate: REACHED }];
      return isInOther(item) ? [] : [{ item, fate: rest }];
    });
  }
}

function isOf(element: Element, content: string): boolean {
  return element.content !== ANY && sameContent(element.content, content);
}

/** Whether its message is accounted for by more than this element, or not at all. */
function isElsewhere({ message }: Element): boolean {
  return message?.publishedAt === undefined || message.fate !== undefined || message.places.length > 1;
}
