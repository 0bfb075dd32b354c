/** What is still known of lists where the order of what was done to them is not: which elements may be where. */
import { Deque } from '../../../core/collections/deque.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { ANY, type Answer } from '../keys/answer.ts';
import { Bag } from '../keys/bag.ts';
import type { Element, Item } from '../keys/element.ts';
import { type Key, type List, shownKey, type Unknown, World } from '../keys/world.ts';
import { Config, type Gone } from './config.ts';
import type { Done, Operation } from './operation.ts';

function lostTrackOf(key: Key): Statement {
  return { code: 'KEY_LOST_TRACK', values: { key: shownKey(key) } };
}

/** What may be in keys of which nothing is known once an operation is carried out that may touch any: for its own reason. */
function unknownBy({ keys, plans }: Operation): Unknown | undefined {
  if (keys !== undefined) return undefined;
  return plans.find(({ unknown }) => unknown)?.unknown ?? { reason: lostTrackOf, hasForeign: true };
}

function bagAt(world: World, key: Key): Bag {
  const known = world.lists.get(key);
  if (known instanceof Bag) return known;
  const { reason, hasForeign } = world.unknown ?? { reason: lostTrackOf, hasForeign: false };
  const bag = new Bag(reason(key), hasForeign);
  world.put(key, bag);
  return bag;
}

function pour(bag: Bag, list: List | undefined): void {
  if (list instanceof Deque) bag.add(list.toArray());
  else if (list && list !== bag) bag.pour(list);
}

/** One world for several ways, which are those of one or several clusters: each element is in every list in which it may be. */
export function blurred(clusters: readonly (readonly Config[])[], pending: readonly Operation[], base: World): Config {
  const configs = clusters.flat();
  const unknowns = [...configs.map((config) => config.world.unknown), base.unknown, ...pending.map(unknownBy)];
  const world = new World(unknowns.find((unknown) => unknown));
  for (const config of configs) {
    for (const [key, list] of config.world.lists) pour(bagAt(world, key), list);
    for (const dones of config.done.values()) {
      for (const effect of dones.flatMap(({ effects }) => effects.flat())) {
        if ('item' in effect) {
          bagAt(world, effect.key).add([effect.item]);
          bagAt(world, effect.key).addPast(effect.item.candidates);
        } else if ('bag' in effect) pour(bagAt(world, effect.key), effect.bag);
      }
    }
  }
  // What happens next happens in an order that is not known either.
  for (const { keys } of pending) {
    for (const key of keys ?? base.lists.keys()) pour(bagAt(world, key), base.lists.get(key));
  }
  for (const [key, list] of world.lists)
    if (list instanceof Bag) list.isWhole = world.unknown === undefined && isWhole(key, configs, pending, base);
  for (let round = 0; round < 2; round++) for (const operation of pending) expectSometime(world, operation);
  return new Config(
    world,
    new Map(),
    clusters.flatMap((ways) => goneForSure(ways, world)),
  );
}

/** Whether all that may be in a list is there whichever way it was, or comes there yet. */
function isWhole(key: Key, configs: readonly Config[], pending: readonly Operation[], base: World): boolean {
  if (base.lists.has(key) || [base, ...configs.map(({ world }) => world)].some(({ due }) => due.has(key))) return false;
  if (!pending.every(({ onlyAdds, reads }) => onlyAdds || reads)) return false;
  const coming = pending.flatMap(({ keys, parts }) =>
    keys?.includes(key) ? parts.flatMap((part) => part.elements) : [],
  );
  const ways = configs.map(({ world }) => inside(world.lists.get(key)));
  const all = new Set(ways.flatMap((way) => [...(way ?? [])]));
  for (const element of coming) all.delete(element);
  return ways.every((way) => way !== undefined && [...all].every((element) => way.has(element)));
}

/** The elements that are in a list; undefined where it is not known which. */
function inside(list: List | undefined): ReadonlySet<Element> | undefined {
  if (list instanceof Bag) return list.isWhole ? new Set(list.elements()) : undefined;
  const items = list?.toArray() ?? [];
  const elements = new Set(items.flatMap(({ candidates }) => candidates));
  // As many as there are places: so each of them has one.
  return elements.size === items.length ? elements : undefined;
}

/** An operation is sent that may take something out of the lists at its keys, at once or later. */
export function mayLose({ lists }: World, { keys }: Operation): void {
  for (const key of keys ?? lists.keys()) {
    const list = lists.get(key);
    if (list instanceof Bag) list.isWhole = false;
  }
}

/** What is gone whichever way it was. What is gone in some of them may be where it was. */
function goneForSure(configs: readonly Config[], world: World): Gone[] {
  const gone = new Map<Item, { gone: Gone; ways: number }>();
  for (const one of configs.flatMap((config) => config.gone)) {
    const known = gone.get(one.item);
    if (known) known.ways++;
    else gone.set(one.item, { gone: one, ways: 1 });
  }
  return [...gone.values()].flatMap(({ gone: one, ways }) => {
    if (ways === configs.length) return [one];
    const bag = bagAt(world, one.key);
    bag.isWhole = false;
    bag.add([one.item]);
    return [];
  });
}

/** An operation may be carried out now or later: what it puts somewhere, or moves, may be there already. */
export function expectSometime(world: World, operation: Operation): void {
  const { keys, parts, places, plans } = operation;
  const moves = plans.some((plan) => plan.moves);
  if (keys === undefined) {
    world.unknown ??= unknownBy(operation);
    for (const list of world.lists.values()) {
      if (!(list instanceof Bag)) continue;
      list.hasForeign = true;
      if (moves) list.moving();
    }
    for (const { plan, elements } of places.flatMap((place) => place.parts))
      for (const key of plan?.keys ?? []) bagAt(world, key).add(elements);
    return;
  }
  const bags = keys.map((key) => bagAt(world, key));
  const elements = parts.flatMap((part) => part.elements);
  const makesForeign = plans.some((plan) => plan.makesForeign);
  if (moves) for (const bag of bags) bag.moving();
  for (const bag of bags) {
    for (const other of bags) pour(bag, other);
    bag.add(elements);
    bag.hasForeign ||= makesForeign;
  }
}

/** Carries out an operation at a time that is not known: what it adds is there, and what was there may still be. */
export function actSometime(world: World, operation: Operation, known: readonly Answer[]): Done | undefined {
  for (const key of operation.keys ?? [...world.lists.keys()]) pour(bagAt(world, key), undefined);
  if (operation.places.length > 1) expectSometime(world, operation);
  // Where nobody saw its answer, it may have been refused.
  if (known.includes(ANY)) mayLose(world, operation);
  const then = world.copy();
  const done = operation.tryIn(then, known);
  if (!done) return undefined;
  world.unknown ??= then.unknown;
  for (const [key, list] of then.lists) pour(bagAt(world, key), list);
  const effects = done.effects.map((part, index) => {
    const isOpen = known[index] === ANY && operation.parts[index]?.plan?.unanswered !== undefined;
    return part.filter(({ kind }) => kind !== 'drained' && kind !== 'dropped' && !(isOpen && kind === 'added'));
  });
  return { answers: done.answers, effects };
}
