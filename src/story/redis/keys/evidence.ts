/**
 * Commands that do nothing to lists, and whose answers tell whether one is there: of a list whose time to live may be over
 * that is how it is known. https://redis.io/docs/latest/commands/?group=generic
 */
import { Deque } from '../../../core/collections/deque.ts';
import { globMatch } from '../../../protocols/resp/index.ts';
import { ANY, type Answer, isList, NOTHING, sameAnswer } from './answer.ts';
import { type Act, type Call, CLOCK_MARGIN_MS, type Plan, type Planner, wordAt } from './plan.ts';
import { type Key, keyOf, nameOf, type World } from './world.ts';

/** What is asked: all that evidence is read from. */
export type Question = Pick<Call, 'args' | 'argCount' | 'db' | 'at' | 'mayBeOther' | 'expiring'> & {
  /** What TYPE answers of what is there: lists, unless it says otherwise. */
  readonly type?: string;
};

type Reader = (question: Question) => Plan | undefined;

function isThere(world: World, key: Key): boolean {
  return world.at(key) instanceof Deque;
}

/** A command about its first key: what it answers of a list that is there, and where nothing is. */
const looksFor =
  (there: (known: Answer | undefined) => Answer, missing: Answer): Reader =>
  ({ args, db, mayBeOther }) => {
    const [name] = args;
    if (!name) return undefined;
    const key = keyOf(db, name);
    const act: Act = (world, _, known) => {
      if (isThere(world, key)) return there(known);
      return world.at(key) === undefined && !mayBeOther(key) ? missing : ANY;
    };
    return { keys: [key], act, reads: true };
  };

/** -2 is the answer where there is nothing. */
const expiresAt = looksFor((known) => (known === -2 ? -1 : ANY), -2);

/** How much of its time is left, in whole units, so that half of one may be missing; -1 where that never ends. */
const timeLeft =
  (unitMs: number): Reader =>
  (call) => {
    const plan = expiresAt(call);
    const [key] = plan?.keys ?? [];
    if (!plan || key === undefined) return undefined;
    const act: Act = (world, effects, known) => {
      if (typeof known === 'number' && known >= 0 && world.due.has(key))
        world.due.set(key, call.at + Math.max(0, (known - 0.5) * unitMs) - CLOCK_MARGIN_MS);
      if (known === -1) world.due.delete(key);
      return plan.act(world, effects, known);
    };
    return { ...plan, act };
  };
/** Nil is the answer where there is nothing. */
const notNil = looksFor((known) => (known === null ? '' : ANY), null);
/** A command for what is no list is refused where one is. */
export const onOther: Planner = looksFor(() => NOTHING, ANY);

/** How many of these keys hold anything, as far as `known` may be that. */
export function howMany(
  world: World,
  keys: readonly Key[],
  known: Answer | undefined,
  mayBeOther: Call['mayBeOther'],
): Answer {
  const least = keys.filter((key) => isThere(world, key)).length;
  const most = keys.filter((key) => world.at(key) !== undefined || mayBeOther(key)).length;
  const fits = typeof known !== 'number' || (least <= known && known <= most);
  return least < most && fits ? ANY : least;
}

/** One that is named twice counts twice. */
const counts: Reader = ({ args, argCount, db, mayBeOther }) => {
  if (args.length === 0 || args.length < argCount) return undefined;
  const keys = args.map((name) => keyOf(db, name));
  return { keys, act: (world, _, known) => howMany(world, keys, known, mayBeOther), reads: true };
};

/** What is sorted: of a list all of it, unless only a part is asked for. */
export const sorts: Reader = ({ args, db }) => {
  const [name] = args;
  if (!name) return undefined;
  const key = keyOf(db, name);
  const isWhole = !args.some((_, index) => index > 0 && /^(?:LIMIT|GET)$/.test(wordAt(args, index)));
  const act: Act = (world, _, known) => {
    const list = world.at(key);
    if (!isWhole || !(list instanceof Deque) || known === undefined || !isList(known)) return ANY;
    return known.length === list.length ? ANY : Array.from({ length: list.length }, (): Answer => ANY);
  };
  return { keys: [key], act, reads: true };
};

/** Which keys there are, as far as an answer tells: whether this one is among them; undefined where that is not told. */
type Tells = (known: Answer, name: Buffer) => boolean | undefined;

/** A command about all keys of a database: only those matter of which it is not known whether they are there. */
function looksForAll({ db, expiring, mayBeOther }: Question, tells: Tells): Plan | undefined {
  const keys = expiring(db);
  if (keys.length === 0) return undefined;
  const act: Act = (world, _, known) => {
    if (known === undefined || known === ANY) return ANY;
    const isWrong = keys.some((key) => {
      const isTold = tells(known, nameOf(key));
      if (isTold === undefined) return false;
      return isThere(world, key) ? !isTold : isTold && world.at(key) === undefined && !mayBeOther(key);
    });
    return isWrong ? NOTHING : ANY;
  };
  return { keys, act, reads: true };
}

/** Whether a key is in a list of names; undefined where that is cut off. */
function isListed(names: Answer | undefined, name: Buffer): boolean | undefined {
  if (names === undefined || !isList(names) || names.includes(ANY)) return undefined;
  return names.some((one) => sameAnswer(one, name.toString('latin1')));
}

const keysLike: Reader = (call) => {
  const [pattern] = call.args;
  if (!pattern) return undefined;
  return looksForAll(call, (known, name) => (globMatch(pattern, name) ? isListed(known, name) : undefined));
};

/** A scan that begins and ends in one answer has seen every key. */
const scan: Reader = (call) => {
  const { args } = call;
  const words = args.map((_, index) => wordAt(args, index));
  if (words[0] !== '0' || words.includes('TYPE')) return undefined;
  const pattern = args[words.lastIndexOf('MATCH') + 1];
  return looksForAll(call, (known, name) => {
    const isAsked = !words.includes('MATCH') || (pattern !== undefined && globMatch(pattern, name));
    const [cursor, names] = isList(known) ? known : [];
    return isAsked && cursor === '0' ? isListed(names, name) : undefined;
  });
};

/** That a database is empty says it of each of its keys. */
const empty =
  (none: Answer): Reader =>
  (call) =>
    looksForAll(call, (known) => (known === none ? false : undefined));

/** Commands on a key that holds something else than a list, by their first key. */
export const ON_OTHERS: ReadonlySet<string> = new Set([
  ...['GET', 'GETEX', 'GETDEL', 'GETSET', 'GETRANGE', 'SUBSTR', 'STRLEN', 'GETBIT', 'BITCOUNT', 'BITPOS', 'BITFIELD'],
  ...['APPEND', 'SETRANGE', 'SETBIT', 'INCR', 'DECR', 'INCRBY', 'DECRBY', 'INCRBYFLOAT', 'PFADD', 'PFCOUNT'],
  ...['HGET', 'HMGET', 'HGETALL', 'HKEYS', 'HVALS', 'HLEN', 'HEXISTS', 'HSTRLEN', 'HSCAN', 'HRANDFIELD', 'HSET'],
  ...['HMSET', 'HSETNX', 'HDEL', 'HINCRBY', 'HINCRBYFLOAT', 'SADD', 'SREM', 'SCARD', 'SMEMBERS', 'SISMEMBER'],
  ...['SMISMEMBER', 'SRANDMEMBER', 'SPOP', 'SSCAN', 'ZADD', 'ZREM', 'ZCARD', 'ZSCORE', 'ZMSCORE', 'ZRANK', 'ZREVRANK'],
  ...['ZRANGE', 'ZREVRANGE', 'ZRANGEBYSCORE', 'ZREVRANGEBYSCORE', 'ZCOUNT', 'ZINCRBY', 'ZPOPMIN', 'ZPOPMAX', 'ZSCAN'],
]);

export const EVIDENCE: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['EXISTS', counts],
  ['TOUCH', counts],
  ['TYPE', (question) => looksFor(() => question.type ?? 'list', 'none')(question)],
  ['TTL', timeLeft(1000)],
  ['PTTL', timeLeft(1)],
  ...['EXPIRETIME', 'PEXPIRETIME'].map((name) => [name, expiresAt] as const),
  ...['OBJECT ENCODING', 'OBJECT IDLETIME', 'OBJECT FREQ', 'OBJECT REFCOUNT', 'DUMP'].map(
    (name) => [name, notNil] as const,
  ),
  ['SORT_RO', sorts],
  ['KEYS', keysLike],
  ['SCAN', scan],
  ['DBSIZE', empty(0)],
  ['RANDOMKEY', empty(null)],
]);
