/** Transactions: what is in them at once, and which of them the server can't but carry out. */
import type { RespCommand, RespValue } from '../../protocols/resp/index.ts';

/** Commands that are carried out at once, also inside a transaction. */
export const AT_ONCE: ReadonlySet<string> = new Set(['EXEC', 'DISCARD', 'MULTI', 'WATCH', 'QUIT', 'RESET']);
/** They end a transaction that does nothing. */
export const DISCARDS: ReadonlySet<string> = new Set(['DISCARD', 'RESET']);

/** Commands with how many arguments they take at least and at most: a server queues them if they have as many. */
const ARITIES = new Map<string, readonly [least: number, most: number]>(
  Object.entries({
    '0 1': 'PING',
    '1 1': 'GET GETDEL LLEN PERSIST SELECT TYPE XLEN',
    '1 2': 'LPOP RPOP',
    '1 Infinity': 'DEL UNLINK',
    '2 2': 'LINDEX PUBLISH RENAME RENAMENX RPOPLPUSH SPUBLISH',
    '2 Infinity': 'LPUSH LPUSHX RPUSH RPUSHX SET',
    '3 3': 'LRANGE LREM LSET LTRIM',
    '4 4': 'LINSERT LMOVE',
    '4 Infinity': 'XADD',
  }).flatMap(([arity, names]) => {
    const [least, most] = arity.split(' ').map(Number) as [number, number];
    return names.split(' ').map((name) => [name, [least, most]] as const);
  }),
);
/** After these the server may refuse what it would carry out otherwise. */
const LIMITS = new Set(['CONFIG SET', 'REPLICAOF', 'SLAVEOF']);

/** Whether a command has no reason to be refused when it is to be queued, which would end its transaction. */
export function isQueued({ name, argCount }: RespCommand): boolean {
  const [least, most] = ARITIES.get(name) ?? [1, 0];
  return least <= argCount && argCount <= most;
}

/** Whether a command may make the server refuse others. */
export function isLimit({ name }: RespCommand): boolean {
  return LIMITS.has(name);
}

/** The reply to each command of a transaction; undefined for those that were not answered. */
export function repliesOf(
  count: number,
  items: readonly RespValue[],
  holes: readonly number[],
): (RespValue | undefined)[] {
  if (holes.length === 0) return Array.from({ length: count }, (_, index) => items[index]);
  const unanswered = new Set(holes);
  let at = 0;
  return Array.from({ length: count }, (_, index) => (unanswered.has(index) ? undefined : items[at++]));
}
