/** What commands on keys of any type do to the lists among them. https://redis.io/docs/latest/commands/?group=generic */

import { Deque } from '../../../core/collections/deque.ts';
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { ANY, type Answer, isDigest, NOTHING } from './answer.ts';
import { UNSEEN_COMMANDS } from './anything.ts';
import { Bag } from './bag.ts';
import type { Element, Item } from './element.ts';
import { EVIDENCE, howMany, sorts } from './evidence.ts';
import { copiesTo, swapped } from './other-keys.ts';
import { type Act, type Call, CLOCK_MARGIN_MS, type Effect, integerAt, type Planner, WAITS, wordAt } from './plan.ts';
import { databaseOf, type Key, keyOf, type List, shownKey, type World } from './world.ts';

export function discard(world: World, key: Key, reason: Statement, effects: Effect[]): boolean {
  const list = world.at(key);
  world.remove(key);
  if (list === undefined) return false;
  if (list instanceof Bag) effects.push({ kind: 'drained', bag: list, key });
  else for (const item of list.toArray()) effects.push({ kind: 'dropped', item, key, reason });
  return true;
}

function removed(command: string, key: Key): Statement {
  return { code: 'KEY_REMOVED', values: { command, key: shownKey(key) } };
}

function replaced(command: string, key: Key): Statement {
  return { code: 'KEY_REPLACED', values: { command, key: shownKey(key) } };
}

/** Each key counts once, however often it is named. */
const del: Planner = ({ name, args, argCount, db, mayBeOther }) => {
  if (argCount === 0 || args.length < argCount) return undefined;
  const keys = [...new Set(args.map((arg) => keyOf(db, arg)))];
  const act: Act = (world, effects, known) => {
    const answer = howMany(world, keys, known, mayBeOther);
    for (const key of keys) discard(world, key, removed(name, key), effects);
    return answer;
  };
  return { keys, act, takesAny: true, onlyRemoves: true };
};

/** Whether what is moved or copied is there, and nothing where it goes. */
function mustWork(world: World, from: Key, to: Key | undefined, mayBeOther: Call['mayBeOther']): boolean {
  const isFree = to === undefined || (world.at(to) === undefined && !mayBeOther(to));
  return isFree && world.at(from) instanceof Deque;
}

/** What is at keys that hold no list may decide whether it happens. */
function doneOrNot(act: Act, decides: () => boolean): Act[] {
  const forced = [1, 0].map(
    (answer): Act =>
      (world, effects, known) => {
        if (!decides()) return WAITS;
        return act(world, effects, known === undefined || known === ANY ? answer : known);
      },
  );
  return [act, ...forced];
}

/** Puts what one key holds in place of another. */
function place(world: World, from: Key, to: Key, command: string, effects: Effect[]): void {
  const list = world.at(from);
  const due = world.due.get(from);
  world.remove(from);
  discard(world, to, replaced(command, to), effects);
  if (list === undefined) return;
  world.put(to, list);
  if (due !== undefined) world.due.set(to, due);
}

const rename =
  (onlyNew: boolean): Planner =>
  ({ name, args, db, mayBeOther }) => {
    if (args.length < 2) return undefined;
    const [from, to] = [keyOf(db, itemAt(args, 0)), keyOf(db, itemAt(args, 1))];
    const act: Act = (world, effects, known) => {
      if (world.at(from) === undefined && !mayBeOther(from)) return NOTHING;
      if (onlyNew && known === 0) return mustWork(world, from, to, mayBeOther) ? WAITS : 0;
      if (onlyNew && known !== 1 && world.at(to) instanceof Deque) return 0;
      if (from !== to) place(world, from, to, name, effects);
      return onlyNew ? 1 : 'OK';
    };
    return onlyNew
      ? {
          keys: [from, to],
          act,
          takesAny: true,
          needs: from,
          alternatives: doneOrNot(act, () => mayBeOther(from) || mayBeOther(to)),
        }
      : { keys: [from, to], act, takesAny: true, needs: from };
  };

const move: Planner = ({ name, args, db, mayBeOther }) => {
  const target = integerAt(args, 1);
  if (args.length < 2 || target === undefined || target === db) return undefined;
  const [from, to] = [keyOf(db, itemAt(args, 0)), keyOf(target, itemAt(args, 0))];
  const act: Act = (world, effects, known) => {
    if (known === 0) return mustWork(world, from, to, mayBeOther) ? WAITS : 0;
    if (known !== 1 && world.at(to) instanceof Deque) return 0;
    if (world.at(from) === undefined && !mayBeOther(from)) return 0;
    place(world, from, to, name, effects);
    return 1;
  };
  const alternatives = doneOrNot(act, () => mayBeOther(from) || mayBeOther(to));
  return { keys: [from, to], act, takesAny: true, alternatives };
};

const copy: Planner = (call) => {
  const { name, args, db } = call;
  if (args.length < 2) return undefined;
  const target = copiesTo(args, db);
  const replaces = args.slice(2).some((_, index) => wordAt(args, index + 2) === 'REPLACE');
  const [from, to] = [keyOf(db, itemAt(args, 0)), keyOf(target, itemAt(args, 1))];
  // Redis refuses to copy something onto itself.
  if (from === to) return { keys: [from], act: () => NOTHING };
  const act: Act = (world, effects, known) => {
    if (known === 0) return mustWork(world, from, replaces ? undefined : to, call.mayBeOther) ? WAITS : 0;
    if (known !== 1 && !replaces && world.at(to) instanceof Deque) return 0;
    if (world.at(from) === undefined && !call.mayBeOther(from)) return 0;
    const list = world.at(from);
    const due = world.due.get(from);
    discard(world, to, replaced(name, to), effects);
    if (list !== undefined) world.put(to, twinOf(list, call, effects));
    if (due !== undefined) world.due.set(to, due);
    return 1;
  };
  const alternatives = doneOrNot(act, () => call.mayBeOther(from) || call.mayBeOther(to));
  return { keys: [from, to], act, takesAny: true, alternatives };
};

function twinOf(list: List, call: Call, effects: Effect[]): List {
  const twins: Element[] = [];
  const twin = (element: Element): Element => {
    const other = call.twin(element);
    twins.push(other);
    return other;
  };
  effects.push({ kind: 'copied', twins });
  if (!(list instanceof Deque)) return list.twin(twin);
  return new Deque(
    list.toArray().map((item): Item => {
      if (item.candidates.length === 1) return twin(itemAt(item.candidates, 0));
      return { content: item.content, candidates: item.candidates.map(twin) };
    }),
  );
}

/** Something that is no list is at a key now, where the answer says so. */
const overwrite =
  (keysOf: (call: Call) => readonly Buffer[] | undefined, happened: (answer: Answer) => boolean): Planner =>
  (call) => {
    const names = keysOf(call);
    if (names === undefined || names.length === 0) return undefined;
    const keys = names.map((name) => keyOf(call.db, name));
    const act: Act = (world, effects, known) => {
      if (known !== undefined && known !== ANY && !happened(known)) return ANY;
      for (const key of keys) discard(world, key, replaced(call.name, key), effects);
      return ANY;
    };
    return { keys, act, onlyRemoves: true };
  };

const isOk = (answer: Answer): boolean => answer === 'OK';
const first = ({ args }: Call): readonly Buffer[] => args.slice(0, 1);

/** Why a list went where a command stored what it found: that may have been nothing, also as long as it is not answered. */
function storedOver(command: string, key: Key, count: Answer | undefined): Statement {
  return typeof count === 'number' && count > 0 ? replaced(command, key) : removed(command, key);
}

/** What a command finds is at a key now, which is no list; where it finds nothing, nothing is there. */
const stores =
  (nameOf: (call: Call) => Buffer | undefined): Planner =>
  (call) => {
    const target = nameOf(call);
    if (target === undefined) return undefined;
    const key = keyOf(call.db, target);
    const act: Act = (world, effects, known) => {
      discard(world, key, storedOver(call.name, key, known), effects);
      return ANY;
    };
    return { keys: [key], act, onlyRemoves: true };
  };

const storesAt = (index: number): Planner => stores(({ args }) => args[index]);

/** SET: with NX it does nothing where there is a list, with GET it is refused. */
const setString: Planner = (call) => {
  const options = call.args.slice(2).map((_, index) => wordAt(call.args, index + 2));
  if (call.args.length === 0 || options.includes('GET')) return undefined;
  const plan = present(overwrite(first, isOk)(call));
  const key = keyOf(call.db, itemAt(call.args, 0));
  const act: Act = (world, effects, known) => {
    if (options.includes('NX') && world.at(key) instanceof Deque) return null;
    const wasList = world.at(key) instanceof Deque;
    const answer = plan.act(world, effects, known);
    return wasList ? 'OK' : answer;
  };
  return { keys: plan.keys, act, onlyRemoves: true };
};

const storeOption: Planner = (call) => {
  const { args } = call;
  const at = args.findIndex((_, index) => index > 0 && /^STORE(DIST)?$/.test(wordAt(args, index)));
  const target = at < 0 ? undefined : args[at + 1];
  if (target === undefined) return undefined;
  if (call.name !== 'SORT') return stores(() => target)(call);
  const key = keyOf(call.db, target);
  const source = keyOf(call.db, itemAt(args, 0));
  const isWhole = !args.some((_, index) => index > 0 && /^(LIMIT|GET|BY)$/.test(wordAt(args, index)));
  // What SORT stores are elements of its own: nobody saw them pushed.
  const act: Act = (world, effects, known) => {
    const from = world.at(source);
    const held = from instanceof Deque ? from.length : from === undefined && !call.mayBeOther(source) ? 0 : undefined;
    const count = typeof known === 'number' ? known : isWhole ? held : undefined;
    if (isWhole && held !== undefined && count !== held) return held;
    const sorted = isWhole && from instanceof Deque ? sortedContents(from, args) : undefined;
    discard(world, key, storedOver('SORT', key, count), effects);
    if (count === undefined) world.put(key, new Bag({ code: 'KEY_LOST_TRACK', values: { key: shownKey(key) } }, true));
    else if (count > 0) {
      const contents: Item['content'][] = sorted ?? Array.from<typeof ANY>({ length: count }).fill(ANY);
      world.put(key, new Deque(contents.map((content, index) => call.stranger(index, content))));
    }
    return count ?? ANY;
  };
  return { keys: [source, key], act, makesForeign: true };
};

/** What SORT makes of a list by the bytes of its elements; undefined where it looks at something else. */
function sortedContents(list: Deque<Item>, args: readonly Buffer[]): string[] | undefined {
  const words = args.map((_, index) => wordAt(args, index));
  const contents = list.toArray().flatMap(({ content }) => (content === ANY || isDigest(content) ? [] : [content]));
  if (!words.includes('ALPHA') || contents.length < list.length) return undefined;
  contents.sort((a, b) => (a < b ? -1 : 1));
  return words.includes('DESC') ? contents.reverse() : contents;
}

const restore: Planner = (call) => {
  if (call.args.length < 3) return undefined;
  const key = keyOf(call.db, itemAt(call.args, 0));
  const act: Act = (world, effects) => {
    discard(world, key, replaced('RESTORE', key), effects);
    world.put(key, new Bag({ code: 'COMMAND_MAY_TOUCH', values: { command: call.name } }, true));
    return 'OK';
  };
  return { keys: [key], act, makesForeign: true };
};

const expire =
  (unitMs: number, absolute: boolean): Planner =>
  ({ name, args, db, at, mayBeOther }) => {
    const amount = integerAt(args, 1);
    if (args.length < 2 || amount === undefined) return undefined;
    const key = keyOf(db, itemAt(args, 0));
    const actAt =
      (isOver: boolean): Act =>
      (world, effects, known) => {
        const list = world.at(key);
        if (list === undefined) return mayBeOther(key) ? ANY : 0;
        if (known === 0) return args.length > 2 || list instanceof Bag ? 0 : NOTHING;
        const dueAt = absolute ? at : at + amount * unitMs - CLOCK_MARGIN_MS;
        if (isOver && absolute) expired(world, key, effects);
        else if (isOver) discard(world, key, removed(name, key), effects);
        else world.due.set(key, Math.min(dueAt, args.length > 2 ? (world.due.get(key) ?? dueAt) : dueAt));
        return args.length > 2 || list instanceof Bag ? ANY : 1;
      };
    const act = actAt(amount <= 0);
    // A moment that has passed removes the key at once: when it passed is all the same.
    const alternatives = absolute && amount > 0 ? [act, actAt(true)] : undefined;
    return { keys: [key], act, takesAny: true, keeps: !absolute && amount > 0, ...(alternatives && { alternatives }) };
  };

const persist: Planner = ({ args, db }) => {
  if (args.length < 1) return undefined;
  const key = keyOf(db, itemAt(args, 0));
  const act: Act = (world) => {
    world.due.delete(key);
    return ANY;
  };
  return { keys: [key], act, takesAny: true, keeps: true };
};

/** Keys whose time to live ran out. */
export function expired(world: World, key: Key, effects: Effect[]): void {
  discard(world, key, { code: 'KEY_EXPIRED', values: { key: shownKey(key) } }, effects);
}

const flush =
  (all: boolean): Planner =>
  ({ name, db }) => {
    const reason = { code: 'DATABASE_FLUSHED', values: { command: name } } as const;
    const act: Act = (world, effects) => {
      for (const key of [...world.lists.keys()]) {
        if (all || databaseOf(key) === db) discard(world, key, reason, effects);
      }
      if (all) {
        if (!world.unknown?.isLasting) world.unknown = undefined;
        world.lists.clear();
      }
      return 'OK';
    };
    return { keys: undefined, act };
  };

const swap: Planner = ({ args }) => {
  const [one, other] = [integerAt(args, 0), integerAt(args, 1)];
  if (one === undefined || other === undefined) return undefined;
  const act: Act = (world) => {
    const lists = [...world.lists].map(([key, list]) => [swapped(key, one, other), list] as const);
    const due = [...world.due].map(([key, at]) => [swapped(key, one, other), at] as const);
    world.lists.clear();
    world.due.clear();
    for (const [key, list] of lists) world.lists.set(key, list);
    for (const [key, at] of due) world.due.set(key, at);
    return 'OK';
  };
  return { keys: undefined, act };
};

/** MIGRATE takes keys away, unless it copies them. */
const migrate: Planner = (call) => {
  const { args, db } = call;
  if (args.some((_, index) => index > 4 && wordAt(args, index) === 'COPY')) return undefined;
  const at = args.findIndex((_, index) => index > 4 && wordAt(args, index) === 'KEYS');
  const names = at < 0 ? args.slice(2, 3) : args.slice(at + 1);
  const keys = names.map((name) => keyOf(db, name));
  const act: Act = (world, effects, known) => {
    if (known === 'NOKEY') return 'NOKEY';
    for (const key of keys) discard(world, key, removed('MIGRATE', key), effects);
    return ANY;
  };
  return { keys, act };
};

export const KEY_COMMANDS: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ['DEL', del],
  ['UNLINK', del],
  ['RENAME', rename(false)],
  ['RENAMENX', rename(true)],
  ['MOVE', move],
  ['COPY', copy],
  ['SET', setString],
  ['SETEX', overwrite(first, isOk)],
  ['PSETEX', overwrite(first, isOk)],
  ['MSET', overwrite(({ args }) => args.filter((_, index) => index % 2 === 0), isOk)],
  ['BITOP', storesAt(1)],
  ...['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'].map((name) => [name, storesAt(0)] as const),
  ...['ZINTERSTORE', 'ZUNIONSTORE', 'ZDIFFSTORE', 'ZRANGESTORE', 'GEOSEARCHSTORE'].map(
    (name) => [name, storesAt(0)] as const,
  ),
  ['SORT', (call) => storeOption(call) ?? sorts(call)],
  ['GEORADIUS', storeOption],
  ['GEORADIUSBYMEMBER', storeOption],
  ['RESTORE', restore],
  ['RESTORE-ASKING', restore],
  ['MIGRATE', migrate],
  ['EXPIRE', expire(1000, false)],
  ['PEXPIRE', expire(1, false)],
  ['EXPIREAT', expire(1000, true)],
  ['PEXPIREAT', expire(1, true)],
  ['PERSIST', persist],
  ['FLUSHDB', flush(false)],
  ['FLUSHALL', flush(true)],
  ['SWAPDB', swap],
  ...EVIDENCE,
  ...UNSEEN_COMMANDS,
]);
