/** The lists of a server, in the order in which the server carries out what clients send. */

import { Deque } from '../../../core/collections/deque.ts';
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { ANY, type Answer, answerText, isNothing, NOTHING } from '../keys/answer.ts';
import { anything } from '../keys/anything.ts';
import { Bag } from '../keys/bag.ts';
import type { Item } from '../keys/element.ts';
import type { Effect } from '../keys/plan.ts';
import { type Key, type List, shownKey, type Unknown, World } from '../keys/world.ts';
import { Cluster, product } from './cluster.ts';
import { Config, type Ending, type Gone } from './config.ts';
import { Early } from './early.ts';
import { actSometime, blurred, expectSometime, mayLose } from './lost-track.ts';
import type { Done, Operation } from './operation.ts';

/**
 * Tells what an operation did: once for each way in which it may have been carried out. Answers that come yet may tell
 * what was taken out of `held`.
 */
export type TellDone = (operation: Operation, ways: readonly Done[], held?: ReadonlySet<Bag>) => void;

export interface KeyspaceOptions {
  readonly ledger: Ledger;
  /** See `Server.own`. */
  readonly own: boolean;
  readonly tell: TellDone;
  /** Whether a key may hold something that is no list. */
  readonly mayBeOther: (key: Key, sent: SeenFrame) => boolean;
  readonly toGone: (effects: readonly Effect[]) => Gone[];
  /** These are in no list any more, whichever way it was. */
  readonly settle: (endings: readonly Ending[]) => void;
}

/** Of so many keys at once an answer about all that there is tells something. */
const MOST_EXPIRING = 16;
const OTHERS = { reason: othersMayUse, hasForeign: false };

function othersMayUse(key: Key): Statement {
  return { code: 'OTHERS_MAY_USE_KEY', values: { key: shownKey(key) } };
}

export class SeenKeyspace {
  readonly #options: KeyspaceOptions;
  #world: World;
  readonly #clusters = new Map<Key, Cluster>();
  /** The one that has all keys, while there is one. */
  #all: Cluster | undefined;
  readonly #early = new Early();

  constructor(options: KeyspaceOptions) {
    this.#options = options;
    this.#world = new World(options.own ? undefined : OTHERS);
  }

  /** Every cluster that there is. */
  clusters(): Iterable<Cluster> {
    return this.#all ? [this.#all] : new Set(this.#clusters.values());
  }

  /** Whether nothing is at a key, and nothing is under way there. */
  isQuiet(key: Key): boolean {
    if (this.#all || this.#world.unknown) return false;
    // Often there is nothing at all, and the key need not be looked for.
    return (
      !(this.#clusters.size > 0 && this.#clusters.has(key)) &&
      !(this.#world.lists.size > 0 && this.#world.lists.has(key))
    );
  }

  /** Whether a list at a key may be there or not: its time to live may be over, or others are at work. */
  isOpen(key: Key): boolean {
    if (this.#all !== undefined) return true;
    if (this.#clusters.size === 0 && this.#world.due.size === 0) return false;
    return this.#clusters.has(key) || this.#world.due.has(key);
  }

  /** Those of a database, as far as these are few. */
  expiring(db: number, now: number): readonly Key[] {
    const worlds = [...this.worlds()].flatMap((ways) => ways.map(({ world }) => world));
    const keys = new Set(worlds.flatMap((world) => world.dueIn(db, now)));
    return keys.size > MOST_EXPIRING ? [] : [...keys];
  }

  /** An operation has been sent. */
  sent(operation: Operation): void {
    if (!this.#options.own) return this.#early.sent(operation, this.#world);
    const cluster = this.#join(operation.keys);
    if (!operation.onlyAdds && !operation.reads) {
      mayLose(this.#world, operation);
      for (const { world } of cluster.configs) mayLose(world, operation);
    }
    const isQuiet = cluster.isPlain && cluster.active === 0 && operation.onlyRemoves;
    if (!isQuiet && some(cluster.pending, ({ isSpoilt }) => isSpoilt)) {
      operation.isSpoilt = true;
      this.#contend(cluster);
      expectSometime(itemAt(cluster.configs, 0).world, operation);
    }
    cluster.add(operation);
    // Several that only remove what is there may do so in any order.
    if (isQuiet && this.#holdsNothing(cluster)) return;
    const { connection } = operation.seen;
    const others = [...cluster.pending].filter((other) => other.seen.connection !== connection);
    if (others.length === 0 && cluster.isPlain) return;
    this.#contend(cluster);
    if (others.length > 0) operation.alone = false;
    if (!operation.reads) for (const other of others) other.alone = false;
  }

  /** The operation begins in one of these databases. */
  beginsIn(operation: Operation, dbs: readonly number[]): void {
    if (operation.places.every(({ db }) => dbs.includes(db))) return;
    operation.beginsIn(dbs);
    const cluster = this.#options.own ? this.#clusterOf(operation) : undefined;
    if (!cluster || cluster.isPlain || operation.isSpoilt) return;
    if (!cluster.began(operation)) this.#giveUp(cluster, [...cluster.pending]);
    this.#tidy(cluster);
  }

  /** The operation had no effect. */
  refused(operation: Operation): void {
    if (!this.#options.own) return this.#early.over(operation);
    const cluster = this.#clusterOf(operation);
    if (!cluster) return;
    if (cluster.isPlain || operation.isSpoilt) cluster.remove(operation);
    else if (!cluster.hadNoEffect(operation))
      this.#loseTrack(
        cluster,
        operation,
        operation.parts.map(() => NOTHING),
      );
    this.#tidy(cluster);
  }

  /** The operation was carried out, with these answers; ANY for what nobody saw. */
  answered(at: SeenFrame, operation: Operation, known: readonly Answer[]): void {
    const { own, tell, toGone, settle } = this.#options;
    const cluster = own ? this.#clusterOf(operation) : undefined;
    // What was read while others wrote may prove what they had done by then, and nothing of what is there now.
    if (cluster && operation.reads && !operation.alone) {
      if (cluster.isPlain || operation.isSpoilt) cluster.remove(operation);
      else cluster.read(operation, known, at.at);
      return this.#tidy(cluster);
    }
    if (
      !cluster ||
      (cluster.isPlain &&
        !operation.isSpoilt &&
        !operation.hasAlternatives &&
        !known.includes(ANY) &&
        !this.#mayExpire(operation, at.at))
    ) {
      cluster?.remove(operation);
      let done = operation.tryIn(this.#world, known);
      if (!done) {
        this.#contradiction(at, operation, known);
        if (cluster) done = this.#loseTrack(cluster, operation, known);
      }
      if (done) {
        tell(operation, [done]);
        settle(toGone(done.effects.flat()));
      }
      this.#early.over(operation);
      if (cluster) this.#tidy(cluster);
      return;
    }
    this.#contend(cluster);
    const outcome = operation.isSpoilt ? 'too many' : cluster.answered(operation, known, at.at);
    if (outcome !== 'known') {
      if (outcome === 'none') this.#contradiction(at, operation, known);
      cluster.remove(operation);
      const done = operation.isSpoilt
        ? actSometime(itemAt(cluster.configs, 0).world, operation, known)
        : this.#loseTrack(cluster, operation, known);
      if (done) tell(operation, [done]);
    } else {
      tell(
        operation,
        cluster.configs.map(({ last }) => present(last)),
        new Set(cluster.configs.flatMap((config) => config.takenFrom())),
      );
      cluster.configs = cluster.configs.map((config) => config.left(toGone(present(config.last).effects.flat())));
    }
    this.#tidy(cluster);
  }

  /** The operations of connections that were lost that long ago will not be carried out any more. */
  retire(operation: Operation, undone: readonly Gone[], now: number, toGone: KeyspaceOptions['toGone']): void {
    const cluster = this.#clusterOf(operation);
    if (!cluster) return;
    this.#contend(cluster);
    if (operation.isSpoilt) {
      cluster.remove(operation);
      return this.#tidy(cluster);
    }
    cluster.abandon(operation, undone, now);
    cluster.configs = cluster.configs.map((config) =>
      config.last ? config.left(toGone(config.last.effects.flat())) : config,
    );
    this.#tidy(cluster);
  }

  /** The server may have forgotten everything, or some of it. */
  mayForget(unknown: Unknown): void {
    const ways = [...this.worlds()];
    const { world, gone } = ways.length === 1 ? itemAt(itemAt(ways, 0), 0) : blurred(ways, [], this.#world);
    anything(unknown).act(world, [], undefined);
    this.#world = world;
    world.isOnly = true;
    this.#clusters.clear();
    this.#all = undefined;
    this.#options.settle(gone);
  }

  /** The server forgot everything. */
  reset(settle: (items: Iterable<Item>, bags: Iterable<Bag>) => void): void {
    const lists: List[] = [...this.#world.lists.values()];
    for (const cluster of this.clusters()) {
      for (const { world, gone } of cluster.configs) {
        lists.push(...world.lists.values());
        this.#options.settle(gone);
      }
    }
    const items = lists.flatMap((list) => (list instanceof Deque ? list.toArray() : []));
    settle(
      items,
      lists.filter((list) => list instanceof Bag),
    );
    this.#world = new World(this.#options.own ? undefined : OTHERS);
    this.#clusters.clear();
    this.#all = undefined;
  }

  /** All that is settled, and every way of what is not. */
  *worlds(): Iterable<readonly Config[]> {
    yield [new Config(this.#world)];
    for (const cluster of this.clusters()) if (!cluster.isPlain) yield cluster.configs;
  }

  /** The lists of which only the content is known. */
  bags(): ReadonlySet<Bag> {
    const bags = new Set<Bag>();
    for (const ways of this.worlds()) {
      for (const { world } of ways) for (const list of world.lists.values()) if (list instanceof Bag) bags.add(list);
    }
    return bags;
  }

  #clusterOf({ keys }: Operation): Cluster | undefined {
    return this.#all ?? (keys?.[0] === undefined ? undefined : this.#clusters.get(keys[0]));
  }

  /** The cluster that has these keys from here on. */
  #join(keys: readonly Key[] | undefined): Cluster {
    if (this.#all) return this.#all;
    const found = keys ? new Set(keys.flatMap((key) => this.#clusters.get(key) ?? [])) : new Set(this.clusters());
    const [first, ...rest] = found;
    if (first === undefined || keys === undefined) {
      const cluster = new Cluster(keys, this.#options.toGone, this.#options.mayBeOther);
      if (keys === undefined) {
        this.#clusters.clear();
        this.#all = cluster;
      } else for (const key of keys) this.#clusters.set(key, cluster);
      if (found.size > 0) this.#unite(cluster, [...found]);
      return cluster;
    }
    const had = present(first.keys);
    const more = [...keys, ...rest.flatMap((other) => [...present(other.keys)])].filter((key) => !had.has(key));
    if (more.length === 0) return first;
    for (const key of more) {
      had.add(key);
      this.#clusters.set(key, first);
    }
    this.#unite(first, rest);
    return first;
  }

  /** What belongs to several clusters belongs to one. */
  #unite(into: Cluster, others: readonly Cluster[]): void {
    const all = [into, ...others].filter((cluster) => cluster.pending.size > 0 || !cluster.isPlain);
    if (
      all.every(({ isPlain }) => isPlain) &&
      new Set(all.flatMap(({ pending }) => [...pending].map(({ seen }) => seen.connection))).size < 2
    ) {
      into.takeOver(others);
      return;
    }
    let configs: Config[] | undefined = into.configs;
    if (into.isPlain) configs = [new Config(new World(this.#world.unknown))];
    for (const other of others) {
      if (!other.isPlain) configs = configs && product(configs, other.configs);
    }
    into.takeOver(others);
    for (const one of into.pending) one.alone = false;
    if (configs === undefined) {
      // Too many ways: what is in these keys is known, but not in which order.
      for (const one of into.pending) one.isSpoilt = true;
      const plain = [new Config(new World(this.#world.unknown))];
      this.#takeKeys(into.keys, plain);
      const ways = [into, ...others].map((cluster) => cluster.configs);
      configs = [blurred([plain, ...ways], [...into.pending], this.#world)];
    }
    into.configs = configs;
    this.#takeKeys(into.keys, into.configs);
  }

  /** From here on the order on these keys is not plain: every way is kept. */
  #contend(cluster: Cluster): void {
    if (cluster.isPlain) cluster.configs = [new Config(new World(this.#world.unknown))];
    this.#takeKeys(cluster.keys, cluster.configs);
  }

  /** Moves what is settled on the keys of a cluster into every way of the cluster. */
  #takeKeys(keys: ReadonlySet<Key> | undefined, configs: readonly Config[]): void {
    const { lists, due } = this.#world;
    for (const key of keys ?? [...lists.keys()]) {
      const list = lists.get(key);
      if (list === undefined) continue;
      const at = due.get(key);
      for (const [index, { world }] of configs.entries()) {
        world.lists.set(key, index === 0 || list instanceof Bag ? list : new Deque(list.toArray()));
        if (at !== undefined) world.due.set(key, at);
      }
      lists.delete(key);
      due.delete(key);
    }
  }

  /** Gives back the keys of a cluster that has nothing left to find out. */
  #tidy(cluster: Cluster): void {
    const { settle } = this.#options;
    const [only, more] = cluster.configs;
    if (!only) return cluster.pending.size === 0 ? this.#close(cluster) : undefined;
    if (!more && only.gone.length > 0 && !only.mayBeCopied) {
      settle(only.gone);
      cluster.configs = [new Config(only.world, only.done)];
    }
    if (more || itemAt(cluster.configs, 0).done.size > 0) return;
    const connections = new Set([...cluster.pending].map(({ seen }) => seen.connection));
    if (connections.size > 1 || some(cluster.pending, ({ lostIn }) => lostIn !== undefined)) return;
    const { lists, due } = this.#world;
    this.#world.unknown = only.world.unknown;
    for (const [key, list] of only.world.lists) {
      if (list instanceof Bag && cluster.pending.size === 0) list.forgetPast();
      lists.set(key, list);
    }
    for (const [key, at] of only.world.due) due.set(key, at);
    cluster.configs = [];
    if (cluster.pending.size === 0) this.#close(cluster);
  }

  #close(cluster: Cluster): void {
    if (cluster === this.#all) this.#all = undefined;
    else for (const key of present(cluster.keys)) this.#clusters.delete(key);
  }

  #holdsNothing({ keys }: Cluster): boolean {
    if (keys === undefined || this.#world.unknown !== undefined) return false;
    for (const key of keys) if (this.#world.lists.has(key)) return false;
    return true;
  }

  #mayExpire({ keys }: Operation, now: number): boolean {
    const { due } = this.#world;
    if (due.size === 0) return false;
    for (const key of keys ?? due.keys()) if ((due.get(key) ?? Number.POSITIVE_INFINITY) <= now) return true;
    return false;
  }

  /** No way is left, or too many: what is in the keys is known, but not in which order. */
  #loseTrack(cluster: Cluster, operation: Operation, known: readonly Answer[]): Done | undefined {
    if (cluster.isPlain) this.#contend(cluster);
    this.#giveUp(cluster, [...cluster.pending, operation]);
    return actSometime(itemAt(cluster.configs, 0).world, operation, known);
  }

  /** From here on the order is not known of what is under way. */
  #giveUp(cluster: Cluster, pending: readonly Operation[]): void {
    for (const one of cluster.pending) one.isSpoilt = true;
    cluster.configs = [blurred([cluster.configs], pending, this.#world)];
  }

  #contradiction(at: SeenFrame, { parts }: Operation, known: readonly Answer[]): void {
    if (known.some(isNothing)) return;
    const what = parts
      .map(({ command }, index) => `${command.name} answered ${answerText(known[index] ?? ANY)}`)
      .join(', ');
    this.#options.ledger.contradiction(at, what.slice(0, 200));
  }
}

function some<Item>(items: Iterable<Item>, test: (item: Item) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}
