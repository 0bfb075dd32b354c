/** Keys that may hold something that is no list. */
import { obtain } from '../../../core/collections/maps.ts';
import { itemAt } from '../../../core/collections/present.ts';
import type { RespCommand } from '../../../protocols/resp/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { integerAt, wordAt } from './plan.ts';
import { databaseOf, type Key, keyOf } from './world.ts';

/** Commands that make something at a key that is no list, and those of which any of the first words may be such a key. */
const MAKERS =
  /^(?:SET|P?SETEX|SETNX|GETSET|APPEND|SETRANGE|SETBIT|BITFIELD|INCR\w*|DECR\w*|HSET\w*|HMSET|HINCR\w+|SADD|ZADD|ZINCRBY|GEO\w+|PFADD|PFMERGE|XADD|XGROUP CREATE|RESTORE|[SZ]\w+STORE)$/;
const MULTI_MAKERS = /^(?:MSET|MSETNX|SMOVE|BITOP)$/;
const MAKES = new Map<string, number>();

/** So many of them are told apart; beyond it every key may be one. */
const MOST_OTHERS = 10_000;

/** How many of the first words of such a command may be keys that hold no list then. */
function madeBy(name: string): number {
  if (MULTI_MAKERS.test(name)) return 64;
  return MAKERS.test(name) ? 1 : 0;
}

/** Where a command puts what it finds: from one key, or from any where none is named. */
interface Moves {
  readonly from?: Key;
  readonly to: (key: Key) => Key;
}

/** Of these only one that finds such a key makes another. */
function movesOf({ name, args }: RespCommand, db: number): Moves | undefined {
  const [first, second] = args;
  if (!first || !second) return undefined;
  switch (name) {
    case 'RENAME':
    case 'RENAMENX':
      return { from: keyOf(db, first), to: () => keyOf(db, second) };
    case 'COPY':
      return { from: keyOf(db, first), to: () => keyOf(copiesTo(args, db), second) };
    case 'MOVE':
      return { from: keyOf(db, first), to: () => keyOf(integerAt(args, 1) ?? db, first) };
    case 'SWAPDB':
      return { to: (key) => swapped(key, integerAt(args, 0) ?? db, integerAt(args, 1) ?? db) };
    default:
      return undefined;
  }
}

/** The database that COPY copies to. */
export function copiesTo(args: readonly Buffer[], db: number): number {
  let target = db;
  for (let index = 2; index < args.length; index++)
    if (wordAt(args, index) === 'DB') target = integerAt(args, index + 1) ?? db;
  return target;
}

/** The key that something is at once two databases have changed places. */
export function swapped(key: Key, one: number, other: number): Key {
  const db = databaseOf(key);
  if (db !== one && db !== other) return key;
  return `${db === one ? other : one}${key.slice(key.indexOf(':'))}`;
}

const newMakers = (): Map<number, number> => new Map();

export class OtherKeys {
  /** Which connections made it one, and with which frame first. */
  readonly #makers = new Map<Key, Map<number, number>>();
  /** What was sent and not answered that moves whatever it finds. */
  readonly #moving = new Map<RespCommand, { readonly moves: Moves; readonly seen: SeenFrame }[]>();

  /** Whether a command of this name makes none, whatever its words. */
  isNever(name: string): boolean {
    return madeBy(name) === 0;
  }

  /** Whether a command that was sent then may find something there that is no list. */
  mayBe(key: Key, { connection, seq }: SeenFrame): boolean {
    if (this.#makers.size >= MOST_OTHERS) return true;
    const makers = this.#makers.get(key);
    if (makers === undefined) return false;
    for (const [maker, first] of makers) if (maker !== connection || first <= seq) return true;
    return false;
  }

  sent(seen: SeenFrame, command: RespCommand, db: number): void {
    const count = obtain(MAKES, command.name, () => madeBy(command.name));
    // Most commands make nothing.
    if (count > 0)
      for (let at = 0; at < count && at < command.args.length; at++)
        this.make(keyOf(db, itemAt(command.args, at)), seen);
  }

  /** A command that is going to be answered may move what is at a key now, or comes there meanwhile. */
  moving(seen: SeenFrame, command: RespCommand, db: number): void {
    const moves = movesOf(command, db);
    if (moves === undefined || this.#makers.size >= MOST_OTHERS) return;
    this.#moving.set(command, [...(this.#moving.get(command) ?? []), { moves, seen }]);
    for (const key of moves.from === undefined ? [...this.#makers.keys()] : [moves.from]) this.#move(key, moves, seen);
  }

  /** It was answered, or will never be. */
  moved(command: RespCommand): void {
    this.#moving.delete(command);
  }

  #move(key: Key, { from = key, to }: Moves, seen: SeenFrame): void {
    if (key === from && this.mayBe(key, seen)) this.make(to(key), seen);
  }

  /** Something that is no list is made at a key. */
  make(key: Key, { connection, seq }: SeenFrame): void {
    if (this.#makers.size >= MOST_OTHERS) return;
    const makers = obtain(this.#makers, key, newMakers);
    if (makers.has(connection) || makers.size === 2) return;
    makers.set(connection, seq);
    for (const { moves, seen } of [...this.#moving.values()].flat()) this.#move(key, moves, seen);
  }
}
