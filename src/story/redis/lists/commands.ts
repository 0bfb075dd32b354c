/** What the commands on lists do. https://redis.io/docs/latest/commands/?group=list */

import { Deque } from '../../../core/collections/deque.ts';
import { itemAt } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { ANY, type Answer, isList, isNothing, NOTHING, SOME, sameContent } from '../keys/answer.ts';
import { Bag } from '../keys/bag.ts';
import type { Element, Item } from '../keys/element.ts';
import { type Act, type Call, type Effect, integerAt, type Plan, type Planner, WAITS, wordAt } from '../keys/plan.ts';
import { type Key, keyOf, shownKey } from '../keys/world.ts';
import { bagOf, comparable, listAt, putInto, showsAll, takeFrom, withAnswers } from './parts.ts';

const push =
  (first: boolean, onlyExisting: boolean): Planner =>
  (call) => {
    const { args, name } = call;
    if (args.length === 0 || call.argCount < 2) return undefined;
    const key = keyOf(call.db, itemAt(args, 0));
    const elements: Element[] = [];
    for (let index = 1; index < call.argCount; index++) elements.push(call.element(index));
    const act: Act = (world, effects, known) => {
      // It is as long as what is pushed: so there was nothing.
      if (known === elements.length) showsAll(world, key, [], effects);
      const list = world.at(key);
      if (onlyExisting && (list === undefined || (list instanceof Bag && known === 0))) {
        const reason = { code: 'NO_LIST_TO_PUSH_TO', values: { command: name, key: shownKey(key) } } as const;
        effects.push({ kind: 'refused', items: elements, key, reason });
        return 0;
      }
      const into = listAt(world, key);
      if (into instanceof Bag) {
        into.add(elements);
        effects.push({ kind: 'added', items: elements, key });
        return ANY;
      }
      effects.push({ kind: 'added', items: elements, key });
      for (const element of elements) putInto(into, element, first);
      return into.length;
    };
    return { keys: [key], ...(onlyExisting ? withAnswers(act, key, [SOME, 0]) : { act, onlyAdds: true }), told: true };
  };

/** Pops from the first of several lists that holds something. `shape` makes the answer. */
function popOf(
  keys: readonly Key[],
  first: boolean,
  count: number,
  shape: (key: Key, items: readonly Item[]) => Answer,
  waits: boolean,
): Plan {
  const distinct = [...new Set(keys)];
  const act: Act = (world, effects, known) => {
    if (known === null && distinct.some((key) => world.at(key) instanceof Bag)) return null;
    for (const key of distinct) {
      const list = world.at(key);
      if (list === undefined) continue;
      if (list instanceof Deque) return shape(key, takeFrom(world, key, first, count, effects));
      if (distinct.length > 1) {
        if (known === undefined) return WAITS;
        const from = Array.isArray(known) ? (known[0] as Answer) : ANY;
        if (from !== nameOf(key)) continue;
      }
      effects.push({ kind: 'taken-unseen', bag: list, key });
      return ANY;
    }
    return waits ? WAITS : null;
  };
  if (distinct.length < 2) return { keys, act, waits, told: true };
  const acts = distinct.map((key) => ({ key, pop: popOf([key], first, count, shape, waits).act }));
  // Who waits is served from the key that something came to first, whichever it named first.
  if (waits) {
    const alternatives = acts.map(
      ({ key, pop }): Act =>
        (world, effects, known) =>
          Array.isArray(known) && known[0] !== nameOf(key) ? WAITS : pop(world, effects, known),
    );
    return { keys, act, alternatives, waits, told: true };
  }
  // Where it is not known which of them are empty, it may be given something out of any.
  const unanswered = acts.map(
    ({ key, pop }, at): Act =>
      (world, effects, known) => {
        const isFirst = distinct.slice(0, at).every((other) => !(world.at(other) instanceof Deque));
        return known === undefined && isFirst && world.at(key) instanceof Bag ? pop(world, effects, known) : WAITS;
      },
  );
  return { keys, act, unanswered: [act, ...unanswered], waits, told: true };
}

function nameOf(key: Key): string {
  return key.slice(key.indexOf(':') + 1);
}

/** How long a command waits: its timeout in seconds, of which 0 is for ever. */
function patience(timeout: Buffer | undefined): Pick<Plan, 'patienceMs'> {
  const seconds = Number(timeout?.toString('latin1', 0, 24) || Number.NaN);
  return { patienceMs: seconds > 0 ? seconds * 1000 : seconds === 0 ? Number.POSITIVE_INFINITY : 0 };
}

const contents = (items: readonly Item[]): Answer => items.map(({ content }) => content);

const pop =
  (first: boolean): Planner =>
  ({ args, db }) => {
    if (args.length < 1 || args.length > 2) return undefined;
    const count = args.length === 2 ? integerAt(args, 1) : undefined;
    if (count === 0) return { keys: [keyOf(db, itemAt(args, 0))], act: () => ANY, reads: true, told: true };
    if (count === undefined) {
      return popOf([keyOf(db, itemAt(args, 0))], first, 1, (_, items) => itemAt(items, 0).content, false);
    }
    return popOf([keyOf(db, itemAt(args, 0))], first, count, (_, items) => contents(items), false);
  };

const blockingPop =
  (first: boolean): Planner =>
  ({ args, db, mayWait }) => {
    if (args.length < 2) return undefined;
    const keys = args.slice(0, -1).map((name) => keyOf(db, name));
    const plan = popOf(keys, first, 1, (key, items) => [nameOf(key), itemAt(items, 0).content], mayWait);
    return { ...plan, ...patience(args.at(-1)) };
  };

const multiPop =
  (blocking: boolean): Planner =>
  ({ args, db, mayWait }) => {
    const at = blocking ? 1 : 0;
    const count = integerAt(args, at);
    if (count === undefined || count < 1 || args.length < at + count + 2) return undefined;
    const keys = args.slice(at + 1, at + 1 + count).map((name) => keyOf(db, name));
    const first = wordAt(args, at + 1 + count) === 'LEFT';
    const most = wordAt(args, at + 2 + count) === 'COUNT' ? (integerAt(args, at + 3 + count) ?? 1) : 1;
    const plan = popOf(keys, first, most, (key, items) => [nameOf(key), contents(items)], blocking && mayWait);
    return blocking ? { ...plan, ...patience(args[0]) } : plan;
  };

/** Moves one element; `waits` where there is none yet. */
function moveOf(db: number, from: Buffer, to: Buffer, first: boolean, toFirst: boolean, waits: boolean): Plan {
  const [source, target] = [keyOf(db, from), keyOf(db, to)];
  const act: Act = (world, effects, known) => {
    const list = world.at(source);
    if (list === undefined) return waits ? WAITS : null;
    if (list instanceof Bag) {
      if (known === null) return null;
      const there = world.at(target);
      const into = there instanceof Bag ? there : bagOf(there, list);
      world.put(target, into);
      // Until an answer tells what it is, whoever takes something there may be given any of it.
      if (known === undefined) list.feed(into);
      else if (known === ANY && into !== list) into.pour(list);
      effects.push({ kind: 'taken-unseen', bag: list, key: source, to: target, into });
      return ANY;
    }
    const due = world.due.get(source);
    const item = itemAt(takeFrom(world, source, first, 1, effects, target), 0);
    // The list that a move empties goes, unless it is also where the element goes.
    if (source === target && due !== undefined) world.due.set(source, due);
    const into = listAt(world, target);
    if (into instanceof Deque) putInto(into, item, toFirst);
    else into.add([item]);
    return item.content;
  };
  return { keys: source === target ? [source] : [source, target], act, waits, told: true, moves: true };
}

const move =
  (blocking: boolean): Planner =>
  ({ args, db, mayWait }) => {
    if (args.length < 4) return undefined;
    const [from, to] = [wordAt(args, 2), wordAt(args, 3)];
    const plan = moveOf(db, itemAt(args, 0), itemAt(args, 1), from === 'LEFT', to === 'LEFT', blocking && mayWait);
    return blocking ? { ...plan, ...patience(args[4]) } : plan;
  };

const popPush =
  (blocking: boolean): Planner =>
  ({ args, db, mayWait }) => {
    if (args.length < 2) return undefined;
    const plan = moveOf(db, itemAt(args, 0), itemAt(args, 1), false, true, blocking && mayWait);
    return blocking ? { ...plan, ...patience(args[2]) } : plan;
  };

/** A command on one list that is there; `change` answers. On a bag it may have done anything that its answer says. */
function changeOf(
  call: Call,
  change: (list: Deque<Item>, effects: Effect[], key: Key) => Answer,
  missing: Answer,
  inBag: (bag: Bag, effects: Effect[], known: Answer | undefined, key: Key) => void = () => {},
  looksInside = false,
): Plan {
  const key = keyOf(call.db, itemAt(call.args, 0));
  const act: Act = (world, effects, known) => {
    const list = looksInside ? comparable(world, key) : world.at(key);
    if (list === undefined) return missing;
    if (list instanceof Bag) {
      inBag(list, effects, known, key);
      return ANY;
    }
    const answer = change(list, effects, key);
    if (list.length === 0) world.remove(key);
    return answer;
  };
  return { keys: [key], act };
}

const remove: Planner = (call) => {
  const count = integerAt(call.args, 1);
  if (count === undefined || call.argCount < 3) return undefined;
  const content = call.content(2);
  const change = (list: Deque<Item>, effects: Effect[], key: Key): Answer => {
    const most = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
    const reason = { code: 'LIST_REMOVED', values: { key: shownKey(key) } } as const;
    const kept: Item[] = [];
    let removed = 0;
    const items = list.toArray();
    if (count < 0) items.reverse();
    for (const item of items) {
      if (removed < most && item.content !== ANY && sameContent(item.content, content)) {
        removed++;
        effects.push({ kind: 'dropped', item, key, reason });
      } else kept.push(item);
    }
    if (removed === 0) return 0;
    if (count < 0) kept.reverse();
    list.assign(kept);
    return removed;
  };
  return {
    ...changeOf(
      call,
      change,
      0,
      (bag, effects, known, key) => {
        for (let taken = 0; taken < (typeof known === 'number' ? known : 0); taken++) {
          effects.push({ kind: 'removed-unseen', bag, key, content });
        }
      },
      true,
    ),
    told: true,
  };
};

const trim: Planner = (call) => {
  const [start, stop] = [integerAt(call.args, 1), integerAt(call.args, 2)];
  if (start === undefined || stop === undefined) return undefined;
  return changeOf(
    call,
    (list, effects, key) => {
      const items = list.toArray();
      const [from, to] = range(start, stop, items.length);
      const reason = { code: 'LIST_TRIMMED', values: { key: shownKey(key) } } as const;
      for (const [index, item] of items.entries()) {
        if (index < from || index >= to) effects.push({ kind: 'dropped', item, key, reason });
      }
      list.assign(items.slice(from, to));
      return 'OK';
    },
    'OK',
  );
};

/** Indexes as LRANGE and LTRIM take them, as a half-open range; empty where there is nothing between them. */
function range(start: number, stop: number, length: number): [from: number, to: number] {
  const from = Math.max(0, start < 0 ? length + start : start);
  const to = Math.min(length, (stop < 0 ? length + stop : stop) + 1);
  return from >= to ? [0, 0] : [from, to];
}

const set: Planner = (call) => {
  const index = integerAt(call.args, 1);
  if (index === undefined || call.argCount < 3) return undefined;
  const element = call.element(2);
  const plan = changeOf(
    call,
    (list, effects, key) => {
      const at = index < 0 ? list.length + index : index;
      if (at < 0 || at >= list.length) return NOTHING;
      const item = list.at(at);
      const reason = { code: 'LIST_SET', values: { key: shownKey(key) } } as const;
      effects.push({ kind: 'dropped', item, key, reason }, { kind: 'added', items: [element], key });
      list.set(at, element);
      return 'OK';
    },
    NOTHING,
    (bag, effects, known, key) => {
      if (isNothing(known)) return;
      bag.add([element]);
      effects.push({ kind: 'added', items: [element], key });
    },
  );
  const key = keyOf(call.db, itemAt(call.args, 0));
  return { ...plan, ...withAnswers(plan.act, key, ['OK', NOTHING]), needs: key, told: true };
};

const insert: Planner = (call) => {
  const where = wordAt(call.args, 1);
  if ((where !== 'BEFORE' && where !== 'AFTER') || call.argCount < 4) return undefined;
  const pivot = call.content(2);
  const element = call.element(3);
  const key = keyOf(call.db, itemAt(call.args, 0));
  /** 0 is the answer where there is no list, -1 where it has no such element. */
  const refused = (known: Answer | undefined): Effect => {
    const list = shownKey(key);
    const reason: Statement =
      known === 0
        ? { code: 'NO_LIST_TO_PUSH_TO', values: { command: 'LINSERT', key: list } }
        : { code: 'NOT_INSERTED', values: { key: list } };
    return { kind: 'refused', items: [element], key, reason };
  };
  const act: Act = (world, effects, known) => {
    const items = world.at(key);
    const isPivot = ({ content }: Item): boolean => content !== ANY && sameContent(content, pivot);
    const firstAt = (test: (item: Item) => boolean): number =>
      items instanceof Deque ? items.toArray().findIndex(test) : -1;
    const at = firstAt(isPivot);
    const unseenAt = firstAt(({ content }) => content === ANY);
    // What nobody saw may be the pivot, too.
    const list = at >= 0 && (unseenAt < 0 || at < unseenAt) ? items : comparable(world, key);
    if (list instanceof Bag) {
      if (typeof known === 'number' && known <= 0) effects.push(refused(known));
      else {
        list.add([element]);
        effects.push({ kind: 'added', items: [element], key });
      }
      return ANY;
    }
    if (list === undefined || at < 0) {
      effects.push(refused(known));
      return list === undefined ? 0 : -1;
    }
    list.insert(where === 'BEFORE' ? at : at + 1, element);
    effects.push({ kind: 'added', items: [element], key });
    return list.length;
  };
  return { keys: [key], ...withAnswers(act, key, [SOME, 0, -1]), told: true };
};

/** A command that only looks. */
const look =
  (answer: (list: Deque<Item>, args: readonly Buffer[]) => Answer, missing: Answer): Planner =>
  (call) => {
    if (call.args.length === 0) return undefined;
    const key = keyOf(call.db, itemAt(call.args, 0));
    const plan = changeOf(call, (list) => answer(list, call.args), missing);
    const act: Act = (world, effects, known) => {
      const all = known === undefined ? undefined : allOf(call, known);
      if (all) showsAll(world, key, all, effects);
      return plan.act(world, effects, known);
    };
    return { ...plan, act, reads: true };
  };

/** What is in a list, where an answer tells all of it. */
function allOf({ name, args }: Call, known: Answer): readonly Answer[] | undefined {
  if (name === 'LLEN') return known === 0 ? [] : undefined;
  const isWhole = name === 'LRANGE' && integerAt(args, 1) === 0 && integerAt(args, 2) === -1;
  return isWhole && isList(known) ? known : undefined;
}

const at = (list: Deque<Item>, args: readonly Buffer[]): Answer => {
  const index = integerAt(args, 1);
  if (index === undefined) return ANY;
  const from = index < 0 ? list.length + index : index;
  return from < 0 || from >= list.length ? null : list.at(from).content;
};

const between = (list: Deque<Item>, args: readonly Buffer[]): Answer => {
  const [start, stop] = [integerAt(args, 1), integerAt(args, 2)];
  if (start === undefined || stop === undefined) return ANY;
  return contents(list.toArray().slice(...range(start, stop, list.length)));
};

export const LIST_COMMANDS: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ['LPUSH', push(true, false)],
  ['RPUSH', push(false, false)],
  ['LPUSHX', push(true, true)],
  ['RPUSHX', push(false, true)],
  ['LPOP', pop(true)],
  ['RPOP', pop(false)],
  ['BLPOP', blockingPop(true)],
  ['BRPOP', blockingPop(false)],
  ['LMPOP', multiPop(false)],
  ['BLMPOP', multiPop(true)],
  ['LMOVE', move(false)],
  ['BLMOVE', move(true)],
  ['RPOPLPUSH', popPush(false)],
  ['BRPOPLPUSH', popPush(true)],
  ['LREM', remove],
  ['LTRIM', trim],
  ['LSET', set],
  ['LINSERT', insert],
  ['LLEN', look((list) => list.length, 0)],
  ['LINDEX', look(at, null)],
  ['LRANGE', look(between, [])],
]);
