/** One of the ways in which the server may have carried out what was sent so far. */

import { itemAt, present } from '../../../core/collections/present.ts';
import type { Fate } from '../../ledger/index.ts';
import { sameAnswer } from '../keys/answer.ts';
import { Bag } from '../keys/bag.ts';
import { blend, either, type Item, UNSETTLED } from '../keys/element.ts';
import type { Effect } from '../keys/plan.ts';
import { type Key, sameItem, type World } from '../keys/world.ts';
import type { Done } from './operation.ts';

/** What became of something that is in no list any more. */
export interface Ending {
  readonly item: Item;
  readonly fate: Fate;
}

export interface Gone extends Ending {
  /** The list that it was in last, or should have come to. */
  readonly key: Key;
}

export class Config {
  readonly world: World;
  /** What was carried out before its answer was seen, by kind of operation. */
  readonly done: ReadonlyMap<string, readonly Done[]>;
  readonly gone: readonly Gone[];
  /** What the operation did that was answered last. */
  last: Done | undefined;

  constructor(world: World, done: Config['done'] = new Map(), gone: readonly Gone[] = [], last?: Done) {
    this.world = world;
    this.done = done;
    this.gone = gone;
    this.last = last;
  }

  doneOf(kind: string): readonly Done[] {
    return this.done.get(kind) ?? [];
  }

  with(kind: string, done: Done, world: World): Config {
    // In an order of their own: it does not matter which was first, and so more configurations look alike.
    const dones = [...this.doneOf(kind), done].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    return new Config(world, new Map([...this.done, [kind, dones]]), this.gone);
  }

  /** The same, where one of the operations of that kind has been answered. */
  answered(kind: string, done: Done): Config {
    const left = [...this.doneOf(kind)];
    left.splice(left.indexOf(done), 1);
    const map = new Map(this.done);
    if (left.length === 0) map.delete(kind);
    else map.set(kind, left);
    return new Config(this.world, map, this.gone, done);
  }

  left(more: readonly Gone[]): Config {
    return new Config(this.world, this.done, [...this.gone, ...more]);
  }

  /** Whether something was copied by what is not answered: what is gone may be elsewhere, too. */
  get mayBeCopied(): boolean {
    for (const dones of this.done.values()) {
      for (const { effects } of dones) {
        if (effects.some((part) => part.some(({ kind }) => kind === 'copied'))) return true;
      }
    }
    return false;
  }

  /** Out of which bags something was taken of which only an answer will tell what it was. */
  takenFrom(): Bag[] {
    if (this.done.size === 0) return [];
    const effects = [...this.done.values()].flatMap((dones) => dones.flatMap((done) => done.effects.flat()));
    return effects.flatMap((effect) => (effect.kind.endsWith('-unseen') && 'bag' in effect ? [effect.bag] : []));
  }

  /** Whether nothing that will be seen could tell the two apart. */
  looksLike(other: Config): boolean {
    if (this.done.size !== other.done.size || !alike(this.last, other.last)) return false;
    for (const [kind, dones] of this.done) {
      const others = other.doneOf(kind);
      if (dones.length !== others.length || !dones.every((done, index) => alike(done, others[index]))) return false;
    }
    return this.world.looksLike(other.world);
  }

  /** One that stands for both. */
  merged(other: Config): Config {
    this.world.merge(other.world);
    const done = new Map<string, Done[]>();
    for (const [kind, dones] of this.done) {
      done.set(
        kind,
        dones.map((one, index) => joined(one, present(other.doneOf(kind)[index]))),
      );
    }
    const last = this.last && other.last && joined(this.last, other.last);
    return new Config(this.world, done, mergeGone(this.world, this.gone, other.gone), last);
  }
}

function sortKey({ answers }: Done): string {
  return answers.flat(2).map(String).join(' ');
}

function alike(one: Done | undefined, other: Done | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || one.db !== other.db) return false;
  if (!sameAnswer(one.answers, other.answers)) return false;
  return one.effects.every((effects, part) => {
    const others = itemAt(other.effects, part);
    return (
      effects.length === others.length && effects.every((effect, index) => sameEffect(effect, itemAt(others, index)))
    );
  });
}

function sameEffect(one: Effect, other: Effect): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  if ('key' in one && 'key' in other && one.key !== other.key) return false;
  return !('item' in one) || !('item' in other) || sameItem(one.item, other.item);
}

function joined(one: Done, other: Done): Done {
  if (one === other) return one;
  const effects = one.effects.map((part, index) =>
    part.map((effect, at): Effect => {
      const twin = present(itemAt(other.effects, index)[at]);
      if (!('item' in effect) || !('item' in twin) || effect.item === twin.item) return effect;
      return { ...effect, item: blend([effect.item, twin.item]) };
    }),
  );
  return { ...one, effects };
}

/** What is gone in one way or the other: what differs is paired by its fate, since it can't be told which was which. */
function mergeGone(world: World, one: readonly Gone[], other: readonly Gone[]): Gone[] {
  if (one === other || (one.length === 0 && other.length === 0)) return [...one];
  const rest = new Map<Item, Gone>(other.map((gone) => [gone.item, gone]));
  const merged: Gone[] = [];
  const unmatched: Gone[] = [];
  const left: Gone[] = [];
  for (const gone of one) {
    const twin = rest.get(gone.item);
    if (twin === undefined) unmatched.push(gone);
    else {
      rest.delete(gone.item);
      merged.push({ ...gone, fate: either(gone.fate, twin.fate) });
    }
  }
  const others = [...rest.values()];
  for (const gone of unmatched) {
    const at = others.findIndex(({ item }) => sameItem(item, gone.item));
    const [twin] = at < 0 ? [] : others.splice(at, 1);
    if (twin === undefined) left.push(gone);
    else {
      merged.push({ item: blend([gone.item, twin.item]), fate: either(gone.fate, twin.fate), key: gone.key });
    }
  }
  // Gone in one way, and in the other in a list of which not all is known.
  for (const gone of [...left, ...others]) {
    const list = world.lists.get(gone.key);
    if (list instanceof Bag) list.add([gone.item]);
    else merged.push({ ...gone, fate: either(gone.fate, UNSETTLED) });
  }
  return merged;
}
