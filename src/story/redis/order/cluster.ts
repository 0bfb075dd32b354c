/**
 * Operations that are under way on the same keys, and all the ways in which the server may have carried them out. An
 * operation takes effect at some moment between its command and its answer; each answer rules out the ways that would
 * have answered otherwise. (A check of linearizability, done while the answers come: G. Lowe, "Testing for
 * linearizability", 2017, "just-in-time linearization".)
 */
import { itemAt } from '../../../core/collections/present.ts';
import type { SeenFrame } from '../../teller.ts';
import { ANY, type Answer, isNothing, NOTHING } from '../keys/answer.ts';
import { expired } from '../keys/commands.ts';
import type { Effect, Plan } from '../keys/plan.ts';
import type { Key, World } from '../keys/world.ts';
import { Config, type Gone } from './config.ts';
import { type Done, IN_VAIN, mayAnswer, type Operation } from './operation.ts';

/** The most ways that are kept apart; beyond it the order is given up. */
const MOST_CONFIGS = 128;
/** The most ways that are looked at for one answer. */
const MOST_TRIED = 1024;

/** Beside so many that are under way it is looked for what a command that only looks may have seen. */
const MOST_BESIDE_READ = 8;

/** Whether the server refuses a part of an operation. */
type Refusal = (plan: Plan) => boolean;
const REFUSED: readonly Refusal[] = [() => true];

export class Cluster {
  /** Undefined: all keys that there are. */
  keys: Set<Key> | undefined;
  /** In the order in which they were sent. */
  pending = new Set<Operation>();
  /** How many of them do more than remove what is there. */
  active = 0;
  /** How many of them are over that did more than look. */
  #over = 0;
  /** Empty as long as the order is plain: one connection alone is at work. */
  configs: Config[] = [];
  readonly #toGone: (effects: readonly Effect[]) => Gone[];
  readonly #mayBeOther: (key: Key, sent: SeenFrame) => boolean;

  /**
   * @param toGone what became of the elements that are gone by these effects
   * @param mayBeOther whether a key may hold something that is no list
   */
  constructor(
    keys: Iterable<Key> | undefined,
    toGone: (effects: readonly Effect[]) => Gone[],
    mayBeOther: (key: Key, sent: SeenFrame) => boolean,
  ) {
    this.keys = keys && new Set(keys);
    this.#toGone = toGone;
    this.#mayBeOther = mayBeOther;
  }

  /** Whether only one connection is at work, and everything before it is settled. */
  get isPlain(): boolean {
    return this.configs.length === 0;
  }

  add(operation: Operation): void {
    this.pending.add(operation);
    operation.sentAfter = this.#over;
    if (!operation.onlyRemoves) this.active++;
  }

  /** Takes over the operations of others. */
  takeOver(others: readonly Cluster[]): void {
    const all = [this, ...others].flatMap(({ pending }) => [...pending]);
    this.pending = new Set(all.sort((a, b) => a.seen.seq - b.seen.seq));
    for (const one of all) one.sentAfter = undefined;
    this.active = [this, ...others].reduce((sum, { active }) => sum + active, 0);
  }

  remove(operation: Operation): void {
    if (!this.pending.delete(operation)) return;
    if (!operation.onlyRemoves) this.active--;
    if (!operation.reads) this.#over++;
  }

  /** An operation had no effect: it was refused, or waited in vain. */
  hadNoEffect(operation: Operation): boolean {
    this.remove(operation);
    const { kind } = operation;
    const left = this.#pendingOf(kind);
    const configs: Config[] = [];
    for (const config of this.configs) {
      const dones = config.doneOf(kind);
      if (dones.length <= left) add(configs, new Config(config.world, config.done, config.gone));
      for (const done of dones) if (isVain(done)) add(configs, config.answered(kind, done));
    }
    return this.#keep(configs);
  }

  /**
   * An operation was answered, or is known to have been carried out; what it did is in the configurations' `last`.
   * Where no way leads there, or too many, nothing is changed.
   */
  answered(operation: Operation, known: readonly Answer[], now: number): 'known' | 'too many' | 'none' {
    const likely = this.#explore(operation, known, now);
    // A server may refuse anything: it is out of memory, or the client may not do that. What it refused is not told yet.
    const found = likely?.length === 0 ? this.#explore(operation, known, now, REFUSED) : likely;
    this.remove(operation);
    if (found === undefined) return 'too many';
    if (found.length > 1 && found.some(({ last }) => isUnseen(last))) return 'too many';
    if (this.#keep(found)) return 'known';
    return found.length === 0 ? 'none' : 'too many';
  }

  /** It was answered, and only looks: others that are under way may have been carried out before. */
  read(operation: Operation, known: readonly Answer[], now: number): void {
    // It may have looked before what was answered meanwhile.
    const looksNow = operation.sentAfter === this.#over && this.pending.size <= MOST_BESIDE_READ;
    const found = looksNow ? this.#explore(operation, known, now) : undefined;
    this.remove(operation);
    // What rules out fewer ways than it opens is worth nothing.
    if (found && found.length <= Math.max(this.configs.length, MOST_BESIDE_READ)) this.#keep(found);
  }

  /** It is known now in which database an operation begins. Answers whether that is possible. */
  began({ kind, places }: Operation): boolean {
    const isPossible = ({ db }: Done): boolean => db === undefined || places.some((place) => place.db === db);
    return this.#keep(this.configs.filter((config) => config.doneOf(kind).every(isPossible)));
  }

  #keep(configs: Config[]): boolean {
    if (configs.length === 0 || configs.length > MOST_CONFIGS) return false;
    this.configs = configs;
    return true;
  }

  /** @param also what else the server may have refused of the other operations */
  #explore(
    operation: Operation,
    known: readonly Answer[],
    now: number,
    also: readonly Refusal[] = [],
  ): Config[] | undefined {
    const found: Config[] = [];
    let tried = 0;
    let frontier: Config[] = this.configs;
    while (frontier.length > 0) {
      const next: Config[] = [];
      for (const config of frontier) {
        if (++tried > MOST_TRIED) return undefined;
        for (const done of config.doneOf(operation.kind)) {
          const checked = matching(done, known);
          if (checked) add(found, config.answered(operation.kind, done));
        }
        if (config.doneOf(operation.kind).length >= this.#pendingOf(operation.kind)) continue;
        const refusals = known.includes(ANY) ? this.#refusals(operation, config.world) : [undefined];
        for (const [refuses, way] of pairs(refusals, operation.ways)) {
          const world = config.world.copy();
          const last = operation.tryIn(world, known, refuses, way);
          if (last) add(found, new Config(world, config.done, config.gone, last));
        }
        if (known.includes(ANY) && mayBeVain(operation, now)) {
          add(found, new Config(config.world.copy(), config.done, config.gone, IN_VAIN));
        }
        this.#others(config, operation, now, also, next);
        this.#expiries(config, now, next);
        // All of these would be tried: what finds them alike costs more than that if there are very many.
        if (tried + next.length > MOST_TRIED) return undefined;
      }
      frontier = next;
    }
    return found;
  }

  /** The ways in which one of the other operations was carried out first. */
  #others(config: Config, operation: Operation, now: number, also: readonly Refusal[], next: Config[]): void {
    const tried = new Set<string>();
    const vain = new Set<string>();
    const blocked = new Set<number>();
    for (const other of this.pending) {
      // What only looks is in nobody's way, other than of what stands behind it where it is looked at itself.
      if (other === operation && other.reads) blocked.add(other.seen.connection);
      if (other.reads) continue;
      const { connection } = other.seen;
      const { kind } = other;
      if (blocked.has(connection)) continue;
      const isDone = config.doneOf(kind).length > 0;
      if (!isDone) blocked.add(connection);
      if (other === operation) continue;
      // The operation itself is one of its kind, and is not carried out yet.
      const most = this.#pendingOf(kind) - (kind === operation.kind ? 1 : 0);
      if (config.doneOf(kind).length >= most) continue;
      // That it waits no longer matters to what stands behind it.
      if (!vain.has(kind) && mayBeVain(other, now) && this.#isBefore(other)) {
        vain.add(kind);
        add(next, config.with(kind, IN_VAIN, config.world.copy()));
      }
      if (tried.has(kind)) continue;
      tried.add(kind);
      for (const [refuses, way] of pairs([...this.#refusals(other, config.world), ...also], other.ways)) {
        const world = config.world.copy();
        const done = other.tryIn(world, undefined, refuses, way);
        if (done) add(next, config.with(kind, done, world));
      }
    }
  }

  /** Whether the connection of an operation has sent others behind it. */
  #isBefore({ seen: { connection, seq } }: Operation): boolean {
    for (const { seen } of this.pending) if (seen.connection === connection && seen.seq > seq) return true;
    return false;
  }

  /** What the server may refuse of an operation: nothing, all of a transaction, or what meets a key of another type. */
  #refusals({ mayFail, plans, seen }: Operation, { lists }: World): (Refusal | undefined)[] {
    const isOther = ({ keys }: Plan): boolean =>
      keys?.some((key) => !lists.has(key) && this.#mayBeOther(key, seen)) ?? false;
    const isTyped = (plan: Plan): boolean => plan.takesAny !== true && isOther(plan);
    const refusals: (Refusal | undefined)[] = [undefined];
    if (plans.some(isTyped)) refusals.push(isTyped);
    // What it takes whatever it is may not be there.
    if (plans.some((plan) => plan.takesAny && isOther(plan))) refusals.push(isOther);
    if (mayFail) refusals.push(() => true);
    return refusals;
  }

  /** The ways in which a key expired first. */
  #expiries(config: Config, now: number, next: Config[]): void {
    for (const [key, at] of config.world.due) {
      if (at > now) continue;
      const world = config.world.copy();
      const effects: Effect[] = [];
      expired(world, key, effects);
      add(next, new Config(world, config.done, [...config.gone, ...this.#toGone(effects)]));
    }
  }

  #pendingOf(kind: string): number {
    let count = 0;
    for (const operation of this.pending) if (operation.kind === kind) count++;
    return count;
  }

  /** The operation will not be carried out any more: it was, at some time, or it never was. */
  abandon(operation: Operation, undone: readonly Gone[], now: number): void {
    const left = this.#pendingOf(operation.kind) - 1;
    const carriedOut = this.#explore(
      operation,
      operation.parts.map(() => ANY),
      now,
    );
    const configs: Config[] = carriedOut ?? [];
    for (const config of this.configs) {
      if (config.doneOf(operation.kind).length <= left) add(configs, config.left(undone));
    }
    this.remove(operation);
    this.configs = configs;
  }
}

/** Whether it may have waited for nothing by now. */
function mayBeVain({ waits, vainAt }: Operation, now: number): boolean {
  return waits && vainAt <= now;
}

/** Whether nothing came of it. */
function isVain({ effects }: Done): boolean {
  return effects.every((part) => part.every(({ kind }) => kind === 'refused'));
}

/** Whether something was taken of which only the answer tells what it was. */
function isUnseen(done: Done | undefined): boolean {
  return done?.effects.some((part) => part.some(({ kind }) => kind.endsWith('-unseen'))) ?? false;
}

function pairs<One, Other>(ones: readonly One[], others: readonly Other[]): [One, Other][] {
  return ones.flatMap((one) => others.map((other): [One, Other] => [one, other]));
}

function matching({ answers, effects }: Done, known: readonly Answer[]): boolean {
  return answers.every((answer, index) => {
    const seen = known[index] as Answer;
    if (isNothing(seen)) return answer === NOTHING || itemAt(effects, index).length === 0;
    return mayAnswer(answer, itemAt(effects, index), seen);
  });
}

function add(configs: Config[], config: Config): void {
  const at = configs.findIndex((other) => other.looksLike(config));
  if (at < 0) configs.push(config);
  else configs[at] = itemAt(configs, at).merged(config);
}

/** Every way of one with every way of the other. */
export function product(one: readonly Config[], other: readonly Config[]): Config[] | undefined {
  if (one.length * other.length > MOST_CONFIGS) return undefined;
  const single = one.length === 1 && other.length === 1;
  return one.flatMap((a) =>
    other.map((b) => {
      const world = single ? a.world : a.world.copy();
      takeIn(world, single ? b.world : b.world.copy());
      return new Config(world, new Map([...a.done, ...b.done]), [...a.gone, ...b.gone]);
    }),
  );
}

function takeIn(world: World, other: World): void {
  for (const [key, list] of other.lists) world.lists.set(key, list);
  for (const [key, at] of other.due) world.due.set(key, at);
}
