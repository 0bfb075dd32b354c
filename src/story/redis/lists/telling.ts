/** Tells what was done to lists. */

import { obtain } from '../../../core/collections/maps.ts';
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Side } from '../../../core/events.ts';
import type { Statement, StatementCode } from '../../../core/statements/index.ts';
import { bare, isError, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import {
  type Content,
  fingerprint,
  type Ledger,
  REACHED,
  type SeenMessage,
  type Sighting,
} from '../../ledger/index.ts';
import { contentOf, poppedBy } from '../body.ts';
import { Bag } from '../keys/bag.ts';
import { Element, type Item, settle, UNSETTLED } from '../keys/element.ts';
import type { Outstanding } from '../keys/outstanding.ts';
import { Passing } from '../keys/passing.ts';
import type { Effect } from '../keys/plan.ts';
import { type Key, shownKey } from '../keys/world.ts';
import type { Done, Operation, Part } from '../order/operation.ts';

const EMPTY: Content = { body: Buffer.alloc(0), sizeBytes: 0 };

/** How a worker takes what it has done out of the list in which it kept it. */
const REMOVED_WHEN_DONE: ReadonlySet<StatementCode> = new Set(['LIST_REMOVED', 'LIST_TRIMMED', 'KEY_REMOVED']);

export class ListTelling {
  readonly #ledger: Ledger;
  /**
   * What was given to somebody before, who keeps it in another list until it is done: in which; undefined for wherever
   * it is, where it is certain that it was this one.
   */
  readonly #inWork = new WeakMap<SeenMessage, Set<Key | undefined>>();

  /** The server has again what it had written down: what was taken since may come once more. */
  isRestored = false;

  readonly #untold = new WeakSet<RespCommand>();
  #held: ReadonlySet<Bag> | undefined;
  /** What was in these may be gone with them. */
  readonly #undrained = new Set<Bag>();
  /** Copies that may be in some list. */
  readonly #twins = new Set<Element>();

  readonly #passing = new Passing();

  readonly #alive: () => ReadonlySet<Bag>;
  readonly #elsewhere: Outstanding;

  /**
   * @param alive the bags that stand for lists now
   * @param elsewhere what others may have moved to where it is taken
   */
  constructor(ledger: Ledger, alive: () => ReadonlySet<Bag>, elsewhere: Outstanding) {
    this.#ledger = ledger;
    this.#alive = alive;
    this.#elsewhere = elsewhere;
  }

  /**
   * An operation was carried out, in one of several ways.
   * @param held bags out of which something was taken before, as an answer will tell
   */
  tell(
    at: Sighting,
    { parts, seen }: Operation,
    ways: readonly Done[],
    replies: readonly (RespValue | undefined)[],
    held?: ReadonlySet<Bag>,
  ): void {
    this.#held = held;
    for (const [index, part] of parts.entries()) {
      const effects = ways.map((way) => itemAt(way.effects, index));
      if (itemAt(effects, 0).length > 0 || effects.length > 1) this.#part(at, part, effects, replies[index], seen.seq);
    }
  }

  #part(
    at: Sighting,
    part: Part,
    ways: readonly (readonly Effect[])[],
    reply: RespValue | undefined,
    sentSeq: number,
  ): void {
    const popped = reply ? poppedBy(part.command.name, reply).map(contentOf) : [];
    let taken = 0;
    for (const [index, effect] of itemAt(ways, 0).entries()) {
      // Nobody saw the answer, and it may have been this or that.
      if (!ways.every((way) => way[index]?.kind === effect.kind) && effect.kind !== 'taken') continue;
      switch (effect.kind) {
        case 'added':
          this.#queued(at, part, effect, reply);
          break;
        case 'refused':
          if (!reply || !isError(reply)) this.#notAdded(at, part, effect, reply === undefined);
          break;
        case 'taken': {
          const items = ways.flatMap((way) => itemIn(way, index) ?? []);
          if (reply) this.#taken(at, part.command.name, effect.key, effect.to, items, popped[taken++]);
          break;
        }
        case 'taken-unseen': {
          for (const content of popped.slice(taken)) this.#takenUnseen(at, part.command.name, effect, content, sentSeq);
          taken = popped.length;
          break;
        }
        case 'removed-unseen':
          this.#removedUnseen(at, part.command, effect);
          break;
        case 'drained':
          if (ways.every((way) => way.some((other) => other.kind === 'drained' && other.bag === effect.bag)))
            this.#drained(effect.bag);
          else this.#undrained.add(effect.bag);
          break;
      }
    }
    for (const way of ways) for (const effect of way) this.#copied(effect);
    this.#drops(at, part.command.name, ways);
  }

  #queued(
    at: Sighting,
    { command, elements }: Part,
    { items, key }: Extract<Effect, { kind: 'added' }>,
    reply: RespValue | undefined,
  ): void {
    const length = reply && bare(reply).type === 'integer' ? textOf(reply) : undefined;
    const route = shownKey(key);
    for (const element of elements) {
      if (!items.includes(element)) continue;
      element.isEntered = true;
      if (!element.message) continue;
      const step = {
        stage: 'queued',
        verb: length ? `length ${length}` : command.name,
        from: 'server',
        route,
      } as const;
      if (length) this.#ledger.step(at, element.message, step);
      else this.#ledger.conclude(at, element.message, step);
    }
  }

  #notAdded(
    at: Sighting,
    { elements }: Part,
    { items, key, reason }: Extract<Effect, { kind: 'refused' }>,
    isUnseen: boolean,
  ): void {
    const route = shownKey(key);
    for (const { message } of elements.filter((element) => items.includes(element))) {
      if (!message) continue;
      const step = { stage: 'dropped', verb: 'drop', from: 'server', route, reason } as const;
      if (isUnseen) this.#ledger.conclude(at, message, step);
      else this.#ledger.step(at, message, step);
    }
  }

  #taken(at: Sighting, verb: string, from: Key, to: Key | undefined, items: readonly Item[], content?: Content): void {
    const candidates = [...new Set(items.flatMap((item) => item.candidates))];
    this.#delivered(at, verb, from, to, candidates, content);
    // What is moved stays: it has reached somebody once it is taken from there.
    if (to !== undefined && candidates.length > 1) for (const element of candidates) element.maybeReached = true;
  }

  #takenUnseen(
    at: Sighting,
    verb: string,
    { bag, key, to, into }: Extract<Effect, { kind: 'taken-unseen' }>,
    content: Content,
    sentSeq: number,
  ): void {
    const print = fingerprint(content);
    const found = to === undefined ? bag.take(print) : bag.peek(print);
    const { maybeForeign, settled } = found;
    const isHere = found.candidates.length > 0;
    const moved = to === undefined || isHere ? undefined : this.#passing.movedTo(to, print, sentSeq);
    const candidates = isHere ? found.candidates : moved ? [moved] : this.#elsewhere.of(print);
    if (!isHere) for (const element of candidates) element.maybeReached = true;
    // Where it may be somebody's after all, it is not counted as coming from nobody.
    const isStranger = candidates.length === 0 && !this.isRestored;
    const foreign = !maybeForeign
      ? undefined
      : isStranger
        ? this.#ledger.foreign(at, content)
        : this.#ledger.unaccounted(at, content, undefined);
    this.#delivered(at, verb, key, to, candidates, content, foreign);
    const stranger = foreign && isStranger ? this.#stranger(foreign, content) : undefined;
    if (stranger) this.#passing.taken(key, stranger, at.seq);
    if (into instanceof Bag) {
      // What came from nobody is known from here on.
      if (foreign && stranger) {
        this.#ledger.enter(foreign, stranger);
        into.add([stranger]);
      }
      into.add(found.candidates);
      const [only, ...others] = found.candidates;
      if (only && others.length === 0 && into !== bag && only.message?.publishedAt === undefined) bag.drop(only);
      for (const element of candidates) element.maybeReached = true;
    } else for (const { item, fate } of settled) settle(this.#ledger, item, fate);
  }

  #stranger(message: SeenMessage, content: Content): Element {
    const element = new Element(fingerprint(content));
    element.message = message;
    element.isEntered = true;
    return element;
  }

  #delivered(
    at: Sighting,
    verb: string,
    from: Key,
    to: Key | undefined,
    candidates: readonly Element[],
    content: Content | undefined,
    foreign?: SeenMessage,
  ): void {
    const messages = candidates.flatMap(({ message }) => message ?? []);
    if (foreign) messages.push(foreign);
    const unnumbered = candidates.filter(({ message }) => !message);
    if (messages.length === 0 || unnumbered.length > 0)
      messages.push(this.#unnumbered(at, unnumbered, content ?? EMPTY));
    const [first, ...among] = messages;
    const route = to === undefined ? shownKey(from) : `${shownKey(from)} → ${shownKey(to)}`;
    this.#ledger.step(at, present(first), { stage: 'delivered', verb, from: 'server', route, among });
    if (to === undefined) return;
    const where = messages.length === 1 ? undefined : to;
    for (const message of messages) obtain(this.#inWork, message, () => new Set<Key | undefined>()).add(where);
  }

  /** An element that is no longer followed was published all the same; only its number is forgotten. */
  #unnumbered(at: Sighting, candidates: readonly Element[], content: Content): SeenMessage {
    const isForeign = candidates.every((element) => element.isForeign);
    return isForeign ? this.#ledger.foreign(at, content) : this.#ledger.unaccounted(at, content, undefined);
  }

  #copied(effect: Effect): void {
    if (effect.kind !== 'copied') return;
    for (const twin of effect.twins) {
      const { message } = twin;
      if (twin.isEntered) continue;
      twin.isEntered = true;
      // A copy of what is nowhere any more is not followed, though it is known what it holds.
      if (!message || message.places.length === 0) {
        twin.leaveBags();
        twin.message = undefined;
        continue;
      }
      this.#ledger.enter(message, twin);
      this.#twins.add(twin);
    }
  }

  /** The run is over: of copies that are in no list it can't be told whether they ever were. */
  end(): void {
    for (const bag of this.#undrained) for (const { item, fate } of bag.drain()) settle(this.#ledger, item, fate);
    for (const twin of this.#twins) settle(this.#ledger, twin, UNSETTLED);
  }

  /** What the command took out of its list, as far as that is the same whichever way it was. */
  #drops(at: Sighting, verb: string, ways: readonly (readonly Effect[])[]): void {
    const dropped = ways.map((way) => way.filter((effect) => effect.kind === 'dropped'));
    for (const { item, key, reason } of itemAt(dropped, 0)) {
      // A time to live that ran out is told once that is known, however it became known.
      if (reason.code === 'KEY_EXPIRED') continue;
      if (dropped.every((way) => way.some((other) => other.item === item))) {
        const mayBeDone = verb === 'LREM' && item.candidates.every((element) => this.#isInWork(element, key));
        this.dropped(at, item, verb, shownKey(key), reason, 'client', mayBeDone || this.isDoneWith(item, reason));
      }
    }
  }

  /** Whether somebody who was surely given it, and kept it in a list meanwhile, has now taken it out of there. */
  isDoneWith({ candidates }: Item, { code }: Statement): boolean {
    const wasGiven = ({ message }: Element): boolean => !!message && this.#inWork.get(message)?.has(undefined) === true;
    return REMOVED_WHEN_DONE.has(code) && candidates.every(wasGiven);
  }

  #isInWork({ message }: Element, key: Key): boolean {
    const lists = message && this.#inWork.get(message);
    return lists !== undefined && (lists.has(undefined) || lists.has(key));
  }

  /** What a command does is told with it; but a time to live runs out by itself, and so is told what may be another's doing. */
  untold(at: Sighting, item: Item, reason: Statement): void {
    if (reason.code === 'KEY_EXPIRED') this.dropped(at, item, 'expire', reason.values.key, reason, 'server');
    if (reason.code === 'REMOVED_OR_EXPIRED') this.dropped(at, item, 'drop', reason.values.key, reason, 'server');
    if (reason.code === 'REMOVED_BY_EITHER') this.dropped(at, item, 'drop', '', reason, 'server');
  }

  /** @param isDone whoever worked at it is done with it */
  dropped(
    at: Sighting,
    item: Item,
    verb: string,
    route: string,
    reason: Statement,
    from: Side = 'client',
    isDone = false,
  ): void {
    const [message, ...among] = item.candidates.flatMap((element) => element.message ?? []);
    if (!message || among.length + 1 < item.candidates.length) return;
    if (isDone) this.#ledger.conclude(at, message, { stage: 'acked', verb, from: 'client', route, among });
    else this.#ledger.conclude(at, message, { stage: 'dropped', verb, from, route, reason, among });
  }

  /** It is one of those that look like it, unless nobody was seen to put any there. */
  #removedUnseen(
    at: Sighting,
    command: RespCommand,
    { bag, key, content }: Extract<Effect, { kind: 'removed-unseen' }>,
  ): void {
    const reason = { code: 'LIST_REMOVED', values: { key: shownKey(key) } } as const;
    const { candidates, maybeForeign, settled } = bag.take(content, { kind: 'ended', stage: 'dropped', reason });
    const done = candidates.filter((element) => this.#isInWork(element, key)).length;
    const isDone = done === candidates.length;
    if (maybeForeign || candidates.length === 0 || (done > 0 && !isDone)) this.#untold.add(command);
    else this.dropped(at, { content, candidates }, command.name, shownKey(key), reason, 'client', isDone);
    // What somebody kept there while it was worked at is done with.
    for (const { item, fate } of settled)
      settle(this.#ledger, item, fate.kind === 'ended' && this.#isInWork(item, key) ? REACHED : fate);
  }

  /** Whether a command did something of which it can't be told to which message. */
  isUntold(command: RespCommand): boolean {
    return this.#untold.has(command);
  }

  #drained(bag: Bag): void {
    if (this.#held?.has(bag)) {
      this.#undrained.add(bag);
      return;
    }
    // What is on its way may come after this.
    let known: ReadonlySet<Bag> | undefined;
    const alive = (): ReadonlySet<Bag> => (known ??= this.#alive());
    for (const { item, fate } of bag.drain(({ isEntered }) => isEntered, alive)) settle(this.#ledger, item, fate);
  }

  /** The server refused a command. */
  refused(at: Sighting, elements: readonly Element[], error: string): void {
    const reason: Statement = { code: 'REDIS_REFUSED', values: { error } };
    for (const element of elements) {
      if (element.message)
        this.#ledger.step(at, element.message, { stage: 'rejected', verb: 'error', from: 'server', route: '', reason });
      settle(this.#ledger, element, { kind: 'ended', stage: 'rejected', reason });
    }
  }

  /** A transaction did nothing. */
  aborted(at: Sighting, elements: readonly Element[], reason: Statement): void {
    for (const element of elements) {
      if (element.message)
        this.#ledger.step(at, element.message, { stage: 'dropped', verb: 'EXEC', from: 'server', route: '', reason });
      settle(this.#ledger, element, { kind: 'ended', stage: 'dropped', reason });
    }
  }
}

/** The item that one of the ways took at that point. */
function itemIn(way: readonly Effect[], index: number): Item | undefined {
  const effect = way[index];
  return effect?.kind === 'taken' ? effect.item : undefined;
}
