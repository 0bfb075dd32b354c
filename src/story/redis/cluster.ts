/**
 * Operations that are under way on the same keys, and all the ways in which the server may have carried them out. An
 * operation takes effect at some moment between its command and its answer; each answer rules out the ways that would
 * have answered otherwise. (A check of linearizability, done while the answers come: G. Lowe, "Testing for
 * linearizability", 2017, "just-in-time linearization".)
 */
import { type Answer, NOTHING, sameAnswer } from './answer.ts';
import { Config, type Gone } from './config.ts';
import { expired } from './key-commands.ts';
import type { Done, Operation } from './operation.ts';
import type { Effect } from './plan.ts';
import type { Key, World } from './world.ts';

/** The most ways that are kept apart; beyond it the order is given up. */
const MOST_CONFIGS = 128;
/** The most ways that are looked at for one answer. */
const MOST_TRIED = 2048;

export class Cluster {
  /** Undefined: all keys that there are. */
  keys: Set<Key> | undefined;
  readonly pending: Operation[] = [];
  /** Empty as long as the order is plain: one connection alone is at work. */
  configs: Config[] = [];
  readonly #toGone: (effects: readonly Effect[]) => Gone[];

  /** @param toGone what became of the elements that are gone by these effects */
  constructor(keys: Iterable<Key> | undefined, toGone: (effects: readonly Effect[]) => Gone[]) {
    this.keys = keys && new Set(keys);
    this.#toGone = toGone;
  }

  /** Whether only one connection is at work, and everything before it is settled. */
  get isPlain(): boolean {
    return this.configs.length === 0;
  }

  remove(operation: Operation): void {
    const index = this.pending.indexOf(operation);
    if (index === 0) this.pending.shift();
    else if (index > 0) this.pending.splice(index, 1);
  }

  /** An operation had no effect: it was refused, or waited in vain. */
  hadNoEffect(operation: Operation): boolean {
    this.remove(operation);
    const left = this.#pendingOf(operation.kind);
    return this.#keep(this.configs.filter((config) => config.doneOf(operation.kind).length <= left));
  }

  /**
   * An operation was answered, or is known to have been carried out. False where no way, or too many ways lead there;
   * what the operation did is in the configurations' `last`.
   */
  answered(operation: Operation, known: readonly Answer[], now: number): boolean {
    const found = this.#explore(operation, known, now);
    this.remove(operation);
    return found !== undefined && this.#keep(found);
  }

  #keep(configs: Config[]): boolean {
    if (configs.length === 0 || configs.length > MOST_CONFIGS) return false;
    this.configs = configs;
    return true;
  }

  #explore(operation: Operation, known: readonly Answer[], now: number): Config[] | undefined {
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
        const world = config.world.copy();
        const last = operation.tryIn(world, known);
        if (last) add(found, new Config(world, config.done, config.gone, last));
        if (!operation.reads) this.#others(config, operation, next);
        this.#expiries(config, now, next);
      }
      frontier = next;
    }
    return found;
  }

  /** The ways in which one of the other operations was carried out first. */
  #others(config: Config, operation: Operation, next: Config[]): void {
    const tried = new Set<string>([operation.kind]);
    const blocked = new Set<number>();
    for (const other of this.pending) {
      const { connection } = other.seen;
      const { kind } = other;
      if (blocked.has(connection)) continue;
      const isDone = config.doneOf(kind).length > 0;
      if (!isDone) blocked.add(connection);
      if (other.reads || tried.has(kind)) continue;
      tried.add(kind);
      if (config.doneOf(kind).length >= this.#pendingOf(kind)) continue;
      const world = config.world.copy();
      const done = other.tryIn(world);
      if (done) add(next, config.with(kind, done, world));
    }
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

  /** What was carried out in every way, though its answer was not seen. */
  certain(operation: Operation): boolean {
    const pending = this.#pendingOf(operation.kind);
    return this.configs.length > 0 && this.configs.every(({ done }) => done.get(operation.kind)?.length === pending);
  }

  /** The operation is out of the world: it was carried out where it was, and will not be where it was not. */
  abandon(operation: Operation, undone: readonly Gone[]): void {
    this.remove(operation);
    const left = this.#pendingOf(operation.kind);
    const configs: Config[] = [];
    for (const config of this.configs) {
      const dones = config.doneOf(operation.kind);
      if (dones.length <= left) add(configs, config.left(undone));
      for (const done of dones) add(configs, config.answered(operation.kind, done));
    }
    this.configs = configs;
  }
}

function matching({ answers, effects }: Done, known: readonly Answer[]): boolean {
  return answers.every((answer, index) => {
    const seen = known[index] as Answer;
    return seen === NOTHING ? effects[index]!.length === 0 : sameAnswer(answer, seen);
  });
}

function add(configs: Config[], config: Config): void {
  const at = configs.findIndex((other) => other.looksLike(config));
  if (at < 0) configs.push(config);
  else configs[at] = configs[at]!.merged(config);
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
