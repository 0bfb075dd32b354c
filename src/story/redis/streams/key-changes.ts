/** Commands that move, replace or remove keys, as far as several of them were under way at the same time. */
import type { RespCommand } from '../../../protocols/resp/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { type Answer, NO_KEY } from '../keys/answer.ts';
import type { Plan } from '../keys/plan.ts';
import { isScript } from '../keys/scripts.ts';
import type { Key } from '../keys/world.ts';
import { LIST_COMMANDS } from '../lists/commands.ts';

/** These are carried out whatever is at their keys; of others only the answer tells. */
const ALWAYS = /^(?:DEL|UNLINK|FLUSHDB|FLUSHALL|SWAPDB)$/;
const REMOVES = /^(?:DEL|UNLINK)$/;

/** Whether it is carried out whatever is at its keys. */
export function isUnconditional({ name }: RespCommand): boolean {
  return ALWAYS.test(name);
}

/** Whether it answered that nothing was there to remove. */
export function foundNothing({ name }: RespCommand, answer: Answer): boolean {
  return answer === 0 && REMOVES.test(name);
}

const EXPIRES = /^P?EXPIRE(?:AT)?$/;

/** The keys of which a command answered that nothing is there. */
export function emptyKeys(command: RespCommand, { keys = [], needs }: Plan, answer: Answer): readonly Key[] {
  if (answer === NO_KEY && needs !== undefined) return [needs];
  const isEmpty =
    foundNothing(command, answer) || (answer === 0 && EXPIRES.test(command.name) && command.argCount === 2);
  return isEmpty ? keys : [];
}

/** Whether a command answered that its key is there, whose time to live it changed. */
export function foundAlive({ name }: RespCommand, answer: Answer): boolean {
  return answer === 1 && (name === 'PERSIST' || EXPIRES.test(name));
}

interface Change {
  /** Undefined: any. */
  readonly keys: readonly Key[] | undefined;
  readonly onlyRemoves: boolean;
  readonly keeps: boolean;
  readonly connection: number;
  readonly sentSeq: number;
  answeredSeq: number;
}

export class KeyChanges {
  /** What was sent and not answered, the first one first. */
  readonly #open = new Map<RespCommand, Change>();
  /** What was answered since the first of those was sent. */
  #past: Change[] = [];
  /** A script was sent, whose commands are on no wire. */
  hasScripts = false;

  /** @param plans in each of the databases in which it may be carried out */
  sent({ connection, seq }: SeenFrame, command: RespCommand, plans: readonly Plan[]): void {
    const [plan] = plans;
    if (!plan || plan.reads || LIST_COMMANDS.has(command.name)) return;
    this.hasScripts ||= isScript(command);
    const { onlyRemoves = false, keeps = false } = plan;
    const keys = plans.every((one) => one.keys) ? plans.flatMap((one) => one.keys ?? []) : undefined;
    const answeredSeq = Number.POSITIVE_INFINITY;
    this.#open.set(command, { keys, onlyRemoves, keeps, connection, sentSeq: seq, answeredSeq });
  }

  /**
   * A command was answered, or will never be: then nobody knows when it is carried out. Answers the keys of which it is
   * not known in which order it and others changed them; undefined where that is any.
   */
  answered(command: RespCommand, seq = Number.MAX_SAFE_INTEGER): readonly Key[] | undefined {
    const change = this.#open.get(command);
    if (change === undefined) return [];
    this.#open.delete(command);
    const found = this.#contended(change);
    change.answeredSeq = seq;
    const [oldest] = this.#open.values();
    if (oldest === undefined) this.#past = [];
    else this.#past = [...this.#past.filter(({ answeredSeq }) => answeredSeq > oldest.sentSeq), change];
    return found;
  }

  /**
   * The keys of what others have asked for that moves or removes this key and is not answered, and whatever else they
   * may be mixed with; undefined where that is any.
   */
  underWay(key: Key, connection: number): readonly Key[] | undefined {
    const keys = new Set<Key>([key]);
    if (this.#open.size === 0) return [];
    let found = false;
    for (let size = 0; size < keys.size; ) {
      size = keys.size;
      for (const other of this.#open.values()) {
        if (other.connection === connection || other.keeps) continue;
        if (other.keys === undefined) return undefined;
        if (!other.keys.some((one) => keys.has(one))) continue;
        found = true;
        for (const one of other.keys) keys.add(one);
      }
    }
    return found ? [...keys] : [];
  }

  /** Whether others have asked for what moves or removes one of these keys, and were not answered. */
  isBusy(keys: readonly Key[] | undefined, connection: number): boolean {
    for (const other of this.#open.values()) {
      if (other.connection === connection || other.keeps) continue;
      if (keys === undefined || (other.keys?.some((key) => keys.includes(key)) ?? true)) return true;
    }
    return false;
  }

  #contended(change: Change): readonly Key[] | undefined {
    if (this.#open.size === 0 && this.#past.length === 0) return [];
    const others = [...this.#past, ...this.#open.values()].filter(
      (other) => other.answeredSeq > change.sentSeq && other.connection !== change.connection,
    );
    if (change.keys === undefined) return others.length === 0 ? [] : undefined;
    // Whatever one of them moved may have been moved on by the next.
    const keys = new Set(change.keys);
    let isDecided = true;
    for (let size = 0; size < keys.size; ) {
      size = keys.size;
      for (const other of others) {
        if (other.keys === undefined) return undefined;
        if (!other.keys.some((key) => keys.has(key))) continue;
        for (const key of other.keys) keys.add(key);
        // Those that only remove may do so in any order.
        if (!change.onlyRemoves || !other.onlyRemoves) isDecided = false;
      }
    }
    return isDecided ? [] : [...keys];
  }
}
