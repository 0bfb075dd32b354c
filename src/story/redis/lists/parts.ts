/** What commands on lists have in common. */
import { Deque } from '../../../core/collections/deque.ts';
import { ANY, type Answer } from '../keys/answer.ts';
import { Bag } from '../keys/bag.ts';
import type { Element, Item } from '../keys/element.ts';
import { type Act, type Effect, type Plan, WAITS } from '../keys/plan.ts';
import { type Key, shownKey, type World } from '../keys/world.ts';

/** Of a list of which not everything is known, only the answer tells whether something was put there: one of these. */
export function withAnswers(act: Act, key: Key, answers: readonly Answer[]): Pick<Plan, 'act' | 'unanswered'> {
  const unanswered = answers.map(
    (answer): Act =>
      (world, effects, known) => {
        if (known !== undefined && known !== ANY) return WAITS;
        if (!(world.at(key) instanceof Bag)) return WAITS;
        act(world, effects, answer);
        return answer;
      },
  );
  const unlessBag: Act = (world, effects, known) => {
    const isOpen = (known === undefined || known === ANY) && world.at(key) instanceof Bag;
    return isOpen ? WAITS : act(world, effects, known);
  };
  return { act, unanswered: [unlessBag, ...unanswered] };
}

export function putInto(list: Deque<Item>, item: Item, first: boolean): void {
  if (first) list.unshift(item);
  else list.push(item);
}

/** The list that a command adds to; made where there is none. */
export function listAt(world: World, key: Key): Deque<Item> | Bag {
  const known = world.at(key);
  if (known !== undefined) return known;
  const list = new Deque<Item>();
  world.put(key, list);
  return list;
}

export function takeFrom(world: World, key: Key, first: boolean, count: number, effects: Effect[], to?: Key): Item[] {
  const list = world.at(key);
  if (!(list instanceof Deque)) return [];
  const items: Item[] = [];
  while (items.length < count) {
    const item = first ? list.shift() : list.pop();
    if (item === undefined) break;
    items.push(item);
    effects.push(to === undefined ? { kind: 'taken', item, key } : { kind: 'taken', item, key, to });
  }
  if (list.length === 0) world.remove(key);
  return items;
}

/**
 * An answer tells all that is in a list of which it was not known: from there on it is known, and what was in doubt and is
 * not there is not known to be anywhere.
 */
export function showsAll(world: World, key: Key, contents: readonly Answer[], effects: Effect[]): void {
  const bag = world.at(key);
  if (!(bag instanceof Bag) || !bag.isSettleable || !world.isOnly) return;
  const elements = new Set<Element>();
  for (const content of contents) {
    const { candidates } = typeof content === 'string' ? bag.peek(content) : { candidates: [] };
    const [only, ...others] = candidates;
    if (!only || others.length > 0 || elements.has(only)) return;
    elements.add(only);
  }
  for (const element of elements) bag.drop(element);
  effects.push({ kind: 'drained', bag, key });
  if (elements.size > 0) world.put(key, new Deque(elements));
  else world.remove(key);
}

/** A list becomes one of which only the content is known. */
export function bagOf(list: Deque<Item> | undefined, like: Bag): Bag {
  const bag = new Bag(like.reason, like.hasForeign);
  if (list) bag.add(list.toArray());
  return bag;
}

/** The list, for a command that compares its elements: of those that nobody saw it is not known what they are. */
export function comparable(world: World, key: Key): Deque<Item> | Bag | undefined {
  const list = world.at(key);
  if (!(list instanceof Deque) || !list.toArray().some(({ content }) => content === ANY)) return list;
  const bag = new Bag({ code: 'KEY_LOST_TRACK', values: { key: shownKey(key) } }, true);
  bag.add(list.toArray());
  world.put(key, bag);
  return bag;
}
