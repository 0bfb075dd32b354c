/** Redis lists as queues: what is put there, who takes it, and what becomes of it. */

import { obtain } from '../../../core/collections/maps.ts';
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { isError, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import { type Fate, fingerprint, type Ledger, REACHED, type Sighting, waitingIn } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { argument } from '../body.ts';
import { ANY, type Answer, answerTo, isNothing, NO_KEY } from '../keys/answer.ts';
import { anything, SAVED } from '../keys/anything.ts';
import { KEY_COMMANDS } from '../keys/commands.ts';
import { Element, either, type Item, NEVER_READ, settle, UNREAD, UNSETTLED } from '../keys/element.ts';
import { ON_OTHERS, onOther } from '../keys/evidence.ts';
import { OtherKeys } from '../keys/other-keys.ts';
import { Outstanding } from '../keys/outstanding.ts';
import type { Call, Effect, Plan, Planner } from '../keys/plan.ts';
import { type Key, keyOf, shownIn, shownKey } from '../keys/world.ts';
import type { Ending, Gone } from '../order/config.ts';
import { SeenKeyspace } from '../order/keyspace.ts';
import { Operation, type Part, type Place } from '../order/operation.ts';
import { LIST_COMMANDS } from './commands.ts';
import { ListTelling } from './telling.ts';

/** So many rounds after its connection was lost, a server has read what it will ever read of it. */
const LATEST_ROUND = 3;

/** So many of those that left are remembered. */
const MOST_LEFT = 10_000;

/** Commands that replace whatever is at their first key, or remove it where they have one key. */
const ONE_KEY = new Set(['DEL', 'UNLINK']);
const QUIET = new Set(['SET', 'SETEX', 'PSETEX', ...ONE_KEY]);

/** See `Lists.quiet`. */
export interface Quiet {
  readonly seen: SeenFrame;
  readonly command: RespCommand;
  readonly db: number;
  readonly key: Key;
  /** Set once it matters. */
  operation: Operation | undefined;
}

export class Lists {
  readonly #ledger: Ledger;
  readonly #own: boolean;
  readonly #keyspace: SeenKeyspace;
  readonly #telling: ListTelling;
  /** Operations whose connections were lost, the first one first. */
  #lost: Operation[] = [];
  readonly #others = new OtherKeys();
  readonly #outstanding = new Outstanding();
  readonly #quiet = new Map<Key, Set<Quiet>>();
  readonly #woken: (quiet: Quiet, plan: Plan) => void;
  #at: SeenFrame | undefined;
  /** The server has written down what it held, or some of it. */
  #isSaved = false;
  /** What looks like something that has left its list since then, which may come once more. */
  readonly #leftSince = new Set<string>();
  #replies: readonly (RespValue | undefined)[] = [];

  /** @param woken hears of a quiet command that matters after all */
  constructor(ledger: Ledger, own: boolean, woken: (quiet: Quiet, plan: Plan) => void) {
    this.#woken = woken;
    this.#ledger = ledger;
    this.#own = own;
    this.#telling = new ListTelling(ledger, () => this.#keyspace.bags(), this.#outstanding);
    this.#keyspace = new SeenKeyspace({
      ledger,
      own,
      toGone: (effects) => this.#toGone(effects),
      mayBeOther: (key, seen) => this.#others.mayBe(key, seen),
      settle: (gone) => this.#settle(gone),
      tell: (operation, ways, held) => this.#telling.tell(present(this.#at), operation, ways, this.#replies, held),
    });
  }

  /** Whether a command of this name has nothing to do with lists, whatever its words. */
  isElsewhere(name: string): boolean {
    return !LIST_COMMANDS.has(name) && !KEY_COMMANDS.has(name) && this.#others.isNever(name);
  }

  /** Whether a command that has nothing to do with lists will show whether there is one at its key. */
  mayShow({ name, args: [key] }: RespCommand, dbs: readonly number[]): boolean {
    if (!key || !this.#own || !ON_OTHERS.has(name)) return false;
    return dbs.some((db) => this.#keyspace.isOpen(keyOf(db, key)));
  }

  #onOther(command: RespCommand, dbs: readonly number[]): Planner | undefined {
    return this.mayShow(command, dbs) ? onOther : undefined;
  }

  /**
   * A command that replaces or removes one key, where there is nothing to replace: it is only remembered, in case that
   * something comes there before it is answered. Undefined for any other.
   */
  quiet(seen: SeenFrame, command: RespCommand, db: number): Quiet | undefined {
    const [name] = command.args;
    if (!name || !QUIET.has(command.name) || (command.argCount > 1 && ONE_KEY.has(command.name))) return undefined;
    const key = keyOf(db, name);
    if (!this.#own || !this.#keyspace.isQuiet(key)) return undefined;
    if (!ONE_KEY.has(command.name)) this.#others.make(key, seen);
    const quiet: Quiet = { seen, command, db, key, operation: undefined };
    const others = this.#quiet.get(key);
    if (others) others.add(quiet);
    else this.#quiet.set(key, new Set([quiet]));
    return quiet;
  }

  /** It was answered, or will never be. */
  hushed(quiet: Quiet): void {
    const all = this.#quiet.get(quiet.key);
    if (all?.delete(quiet) && all.size === 0) this.#quiet.delete(quiet.key);
  }

  /** Something happens at these keys, so that what was only remembered matters. */
  #wake(keys: readonly Key[] | undefined): void {
    for (const key of keys ?? [...this.#quiet.keys()]) {
      const all = this.#quiet.get(key);
      this.#quiet.delete(key);
      for (const quiet of all ?? []) {
        const part = this.part(quiet.seen, quiet.command, quiet.db, false);
        if (!part?.plan) continue;
        this.#woken(quiet, part.plan);
        quiet.operation = new Operation(quiet.seen, [{ db: quiet.db, parts: [part] }]);
        this.#keyspace.sent(quiet.operation);
      }
    }
  }

  /** What a command will do to lists in a database; undefined where that is nothing. What it puts there is published. */
  part(seen: SeenFrame, command: RespCommand, db: number, mayWait: boolean): Part | undefined {
    return this.parts(seen, command, [db], mayWait)?.[0];
  }

  /** What a command will do to lists in each of these databases, in one of which it is carried out. */
  parts(seen: SeenFrame, command: RespCommand, dbs: readonly number[], mayWait: boolean): Part[] | undefined {
    for (const db of dbs) this.#others.sent(seen, command, db);
    const planner = LIST_COMMANDS.get(command.name) ?? KEY_COMMANDS.get(command.name) ?? this.#onOther(command, dbs);
    if (planner === undefined) return undefined;
    const elements = new Map<number, Element>();
    const twins = new Map<Element, Element>();
    const strangers = new Map<string, Element>();
    const call: Omit<Call, 'db'> = {
      name: command.name,
      args: command.args,
      argCount: command.argCount,
      at: seen.at,
      mayWait,
      mayBeOther: (key) => this.#others.mayBe(key, seen),
      expiring: (db) => (this.#own ? this.#keyspace.expiring(db, seen.at) : []),
      content: (index) => fingerprint(argument(command, index)),
      element: (index) => obtain(elements, index, () => this.#publish(seen, command, index, dbs)),
      stranger: (index, content) =>
        obtain(strangers, `${index} ${String(content)}`, () => {
          const element = new Element(content);
          element.isForeign = true;
          return element;
        }),
      twin: (element) => {
        const known = twins.get(element);
        if (known) return known;
        const twin = new Element(element.content);
        twin.message = element.message;
        twin.isForeign = element.isForeign;
        twins.set(element, twin);
        return twin;
      },
    };
    const plans = dbs.map((db) => planner({ ...call, db }));
    if (plans.every((plan) => plan === undefined)) return undefined;
    for (const db of dbs) this.#others.moving(seen, command, db);
    return plans.map((plan) => ({ command, plan, elements: [...elements.values()] }));
  }

  #publish(seen: SeenFrame, command: RespCommand, index: number, dbs: readonly number[]): Element {
    const content = argument(command, index);
    const element = new Element(fingerprint(content));
    const key = itemAt(command.args, 0);
    const route = shownIn(dbs, key);
    element.message = this.#ledger.publish(seen, content, element, command.name, route);
    if (!this.#own) this.#outstanding.add(element);
    return element;
  }

  /** @param mayFail whether it is a transaction that may do nothing at all */
  sent(seen: SeenFrame, places: readonly Place[], mayFail = false): Operation {
    const operation = new Operation(seen, places, mayFail);
    if (this.#quiet.size > 0) this.#wake(operation.keys);
    this.#keyspace.sent(operation);
    return operation;
  }

  /** An operation begins in one of these databases. */
  beginsIn(operation: Operation, dbs: readonly number[]): void {
    this.#keyspace.beginsIn(operation, dbs);
  }

  /** The reply to each part; undefined for what nobody saw, though it was carried out. */
  answered(at: SeenFrame, operation: Operation, replies: readonly (RespValue | undefined)[]): void {
    this.#moved(operation);
    operation.choseBy((part) => replies[part] && isError(replies[part]));
    const known = operation.parts.map(({ command }, index): Answer => {
      const reply = replies[index];
      return reply ? answerTo(command, reply) : ANY;
    });
    if (operation.waits && known[0] === null) return this.#keyspace.refused(operation);
    for (const [index, { elements }] of operation.parts.entries()) {
      const reply = replies[index];
      if (isNothing(known[index]) && reply) this.#telling.refused(at, elements, textOf(reply) ?? '');
    }
    const isRefused = known.every(
      (answer, index) => isNothing(answer) && !(answer === NO_KEY && operation.parts[index]?.plan?.needs),
    );
    if (isRefused) return this.#keyspace.refused(operation);
    this.#isSaved ||= operation.plans.some(({ saves }) => saves);
    this.#at = at;
    this.#replies = replies;
    this.#keyspace.answered(at, operation, known);
  }

  /** See `ListTelling.isUntold`. */
  isUntold(command: RespCommand): boolean {
    return this.#telling.isUntold(command);
  }

  #moved({ parts }: Operation): void {
    for (const { command } of parts) this.#others.moved(command);
  }

  /** None of it happened. */
  failed(at: SeenFrame, operation: Operation, reason: Statement): void {
    this.#moved(operation);
    this.#telling.aborted(
      at,
      operation.parts.flatMap((part) => part.elements),
      reason,
    );
    this.#keyspace.refused(operation);
  }

  /** What was sent was carried out otherwise than it seemed to be. */
  loseTrack(at: SeenFrame): void {
    const reason = (key: Key): Statement => ({ code: 'KEY_LOST_TRACK', values: { key: shownKey(key) } });
    const plan = anything({ reason, hasForeign: true });
    const command: RespCommand = { kind: 'command', name: '', args: [], argCount: 0, cut: false, silent: false };
    const operation = this.sent(at, [{ db: 0, parts: [{ command, plan, elements: [] }] }]);
    this.answered(at, operation, [undefined]);
  }

  /**
   * Nobody will see whether it was carried out: its connection is gone.
   * @param endedAt when the server ended it, in ms of the run: then it carries out nothing more of it
   */
  lost(operation: Operation, round: number, endedAt?: number): void {
    if (!this.#own) {
      this.#moved(operation);
      this.#keyspace.refused(operation);
      const elements = operation.parts.flatMap((part) => part.elements);
      return this.#settle(elements.map((item) => ({ item, fate: UNREAD })));
    }
    operation.lostIn = round;
    if (operation.reads) return this.#keyspace.refused(operation);
    if (endedAt === undefined) this.#lost.push(operation);
    else this.#retire(operation, endedAt);
  }

  /** A request that was sent in round `round` of requests and answers has been answered. */
  round(round: number, seen: SeenFrame): void {
    this.#at = seen;
    while (this.#lost[0] && present(this.#lost[0].lostIn) + LATEST_ROUND <= round)
      this.#retire(present(this.#lost.shift()), seen.at);
  }

  #retire(operation: Operation, at: number): void {
    this.#moved(operation);
    const reason: Statement = { code: 'TAKEN_BY_LOST_CONNECTION', values: { peer: operation.seen.peer } };
    const taken: Fate = { kind: 'unknown', reason };
    this.#keyspace.retire(
      operation,
      operation.parts.flatMap(({ elements, plan }) =>
        elements.map((item) => ({ item, fate: NEVER_READ, key: plan?.keys?.[0] ?? '' })),
      ),
      at,
      (effects) => this.#toGone(effects).map((gone) => (gone.fate === REACHED ? { ...gone, fate: taken } : gone)),
    );
  }

  restarted(at: Sighting): void {
    for (const operation of this.#lost.splice(0)) this.#retire(operation, at.at);
    this.#telling.isRestored ||= this.#isSaved;
    if (this.#isSaved) return this.#mayForget();
    const reason: Statement = { code: 'REDIS_RESTARTED', values: {} };
    this.#keyspace.reset((items, bags) => {
      for (const item of items) {
        this.#telling.dropped(at, item, 'restart', '', reason);
        settle(this.#ledger, item, { kind: 'ended', stage: 'dropped', reason });
      }
      for (const bag of bags) this.#settle(bag.drain());
    });
  }

  /** What the server has again may be what it held, or what looks like it and had left by then. */
  #mayForget(): void {
    this.#keyspace.mayForget(SAVED);
    for (const bag of this.#keyspace.bags()) {
      const isUnsure = [...bag.elements()].some(({ content }) => content !== ANY && this.#leftSince.has(content));
      bag.hasForeign ||= isUnsure;
      bag.isSettleable &&= !isUnsure;
    }
  }

  /** The run is over: what is where it is now stays there. */
  end(at: Sighting): void {
    for (const operation of this.#lost.splice(0)) this.#retire(operation, at.at);
    for (const ways of this.#keyspace.worlds()) {
      const fates = new Map<Item, { fate: Fate; ways: number }>();
      for (const { world, gone } of ways) {
        for (const [key, list] of world.lists) {
          if (!('toArray' in list)) {
            for (const { item, fate } of list.end(waitingIn(shownKey(key)))) note(fates, item, fate);
            continue;
          }
          const due = world.due.get(key);
          const fate: Fate =
            due !== undefined && due <= at.at
              ? { kind: 'unknown', reason: { code: 'MAY_HAVE_EXPIRED', values: { key: shownKey(key) } } }
              : waitingIn(shownKey(key));
          for (const item of list.toArray()) note(fates, item, fate);
        }
        for (const { item, fate } of gone) note(fates, item, fate);
      }
      for (const [item, { fate, ways: seen }] of fates) {
        this.#settle([{ item, fate: seen === ways.length ? fate : either(fate, UNSETTLED) }]);
      }
    }
    this.#telling.end();
  }

  /** What became of the elements that these effects took out of every list. */
  #toGone(effects: readonly Effect[]): Gone[] {
    return effects.flatMap((effect): Gone[] => {
      if (effect.kind === 'taken') {
        const { item, key } = effect;
        return effect.to === undefined ? [{ item, key, fate: REACHED }] : [];
      }
      if (effect.kind !== 'dropped' && effect.kind !== 'refused') return [];
      const { key, reason } = effect;
      const ended: Fate = { kind: 'ended', stage: 'dropped', reason };
      if (effect.kind === 'refused') return effect.items.map((item) => ({ item, key, fate: ended }));
      const { item } = effect;
      return [{ item, key, fate: this.#telling.isDoneWith(item, reason) ? REACHED : ended }];
    });
  }

  #settle(gone: readonly Ending[]): void {
    for (const { item, fate } of gone) {
      const [element] = item.candidates;
      if (this.#isSaved && item.content !== ANY && this.#leftSince.size < MOST_LEFT) this.#leftSince.add(item.content);
      if (item.candidates.length === 1) present(element).leaveBags();
      const isSure = fate.kind === 'reached' || !item.candidates.some(({ maybeReached }) => maybeReached);
      if (this.#at && isSure && fate.kind === 'ended') this.#telling.untold(this.#at, item, fate.reason);
      settle(this.#ledger, item, isSure || fate.kind === 'unknown' ? fate : UNSETTLED);
    }
  }
}

/** Another way in which an element may have ended; it did so for certain where it did so in every way. */
function note(fates: Map<Item, { fate: Fate; ways: number }>, item: Item, fate: Fate): void {
  const known = fates.get(item);
  if (known === undefined) {
    fates.set(item, { fate, ways: 1 });
    return;
  }
  known.ways++;
  known.fate = either(known.fate, fate);
}
