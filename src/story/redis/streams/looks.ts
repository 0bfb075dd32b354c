/** What answers show of streams of which it is not known whether all that was added is there: commands that only look. */
import { Deque } from '../../../core/collections/deque.ts';
import { isError, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { integerOf, itemsOf } from '../body.ts';
import { ANY, type Answer, answerTo, NO_KEY, NOTHING, sameAnswer } from '../keys/answer.ts';
import { Element, type Item } from '../keys/element.ts';
import { EVIDENCE } from '../keys/evidence.ts';
import { WAITS } from '../keys/plan.ts';
import { type Key, type List, World } from '../keys/world.ts';
import type { StreamCall, StreamCalls } from './calls.ts';
import { deliveries, LOOKS } from './commands.ts';
import type { StreamDoubts } from './doubts.ts';
import type { StreamEnds } from './ends.ts';
import type { KeyChanges } from './key-changes.ts';
import { type EntryId, Stream, type StreamEntry } from './stream.ts';

/** Stands for what is there, whatever it is, and for what may be there. */
const SOMETHING: List = new Deque<Item>([new Element(ANY)]);
const MAYBE = new Stream();

/** What they answer of what is there is how much time it has left. */
const TELLS_TIME = /^P?TTL$/;

interface LooksOptions {
  /** See `Server.own`. */
  readonly own: boolean;
  readonly world: () => World;
  readonly calls: StreamCalls;
  readonly changes: KeyChanges;
  readonly doubts: StreamDoubts;
  readonly ends: StreamEnds;
}

export class StreamLooks {
  readonly #options: LooksOptions;

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** What a command looks at that does nothing else: its key, any, or undefined where it tells nothing of streams. */
  asked({ name }: RespCommand): StreamCall['looks'] {
    if (LOOKS.has(name)) return 'here';
    return this.#options.world().due.size > 0 && EVIDENCE.has(name) ? 'anywhere' : undefined;
  }

  sent(call: StreamCall): void {
    if (this.#isBusy(call)) call.isDisturbed = true;
  }

  #isBusy({ looks, keys, connection }: StreamCall): boolean {
    return this.#options.changes.isBusy(looks === 'here' ? keys : undefined, connection);
  }

  answered(at: SeenFrame, call: StreamCall, reply: RespValue | undefined): void {
    const { own, calls, doubts } = this.#options;
    calls.answered(call);
    if (!own || !reply || doubts.evicts || call.keys.length > 1) return;
    if (call.isDisturbed || this.#isBusy(call)) return;
    doubts.expire(at.at);
    if (call.looks === 'here') this.#shown(at, call, reply);
    else this.#told(at, call, answerTo(call.command, reply));
  }

  /** What is in a stream. */
  #shown(at: SeenFrame, { key, command, sentSeq }: StreamCall, reply: RespValue): void {
    const { world, calls, doubts, ends } = this.#options;
    const stream = world().lists.get(key);
    if (!(stream instanceof Stream)) return;
    const areAllKnown = !doubts.hasStrangers && calls.lost.size === 0;
    const { there, gone } = settledBy(stream, shownBy(command, reply), areAllKnown);
    for (const entry of there) entry.wasThere(sentSeq);
    let isNew = false;
    for (const entry of gone) {
      if (!entry.ended) continue;
      isNew ||= entry.ended.code === 'KEY_EXPIRED';
      ends.turnsOutGone(at, stream, entry, key, entry.ended);
    }
    // What is there now is in a stream that has come since.
    if (isNew && stream.size > 0) this.#renewed(stream, key, there);
    else if (isNew) world().remove(key);
  }

  #renewed(stream: Stream, key: Key, there: readonly StreamEntry[]): void {
    stream.mayBeNew = false;
    this.#options.world().due.delete(key);
    for (const entry of there) if (entry.ended?.code === 'KEY_EXPIRED') entry.wasThere(Number.POSITIVE_INFINITY);
  }

  /** Whether streams are there whose time to live may be over. */
  #told(at: SeenFrame, { command, db }: StreamCall, answer: Answer): void {
    const { world } = this.#options;
    const open = this.#open(at.at);
    for (const key of open) {
      const isThere = isThereBy(command, { db, at: at.at, key, open, world: world() }, answer);
      if (isThere === false) this.#expired(at, key);
    }
    const { args, argCount } = command;
    const plan = EVIDENCE.get(command.name)?.({
      ...{ args, argCount, db, at: at.at },
      mayBeOther: () => true,
      expiring: () => open,
    });
    plan?.act(world(), [], answer);
    if (TELLS_TIME.test(command.name) && answer !== -2) this.foundAlive(at, plan?.keys);
  }

  /** Streams whose time to live may be over. */
  #open(now: number): Key[] {
    const { lists, due } = this.#options.world();
    return [...due].flatMap(([key, over]) => (over <= now && lists.get(key) instanceof Stream ? key : []));
  }

  #expired(at: SeenFrame, key: Key): void {
    const { world, ends } = this.#options;
    const stream = world().lists.get(key);
    if (stream instanceof Stream) ends.allExpired(at, stream, key);
    world().remove(key);
  }

  /** A command that was sent then answered that nothing is at these keys. */
  foundEmpty(at: SeenFrame, keys: readonly Key[], sentSeq: number): void {
    const { own, calls, changes, doubts, world } = this.#options;
    if (!own || doubts.evicts || keys.length === 0) return;
    doubts.expire(at.at);
    const open = this.#open(at.at);
    for (const key of keys) {
      const stream = world().lists.get(key);
      if (!open.includes(key) || !(stream instanceof Stream) || changes.isBusy([key], at.connection)) continue;
      const isOlder = ({ connection, answeredSeq, sentSeq: sent }: StreamEntry): boolean =>
        connection === at.connection ? sent <= sentSeq : (answeredSeq ?? sent) <= sentSeq;
      const others = [...(calls.adding(key) ?? [])].some(({ connection }) => connection !== at.connection);
      if (!others && stream.all().every(isOlder)) this.#expired(at, key);
    }
  }

  /** What is at these keys has more time left than seemed so: of what is not newer it is known that it was there. */
  foundAlive(at: SeenFrame, keys: readonly Key[] = []): void {
    const { world, doubts } = this.#options;
    for (const key of keys) {
      const stream = world().lists.get(key);
      if (!(stream instanceof Stream) || stream.mayBeNew || doubts.isOver(key, at.at)) continue;
      for (const entry of stream.all())
        if (entry.ended?.code === 'KEY_EXPIRED') entry.wasThere(Number.POSITIVE_INFINITY);
    }
  }
}

interface Asked {
  readonly db: number;
  readonly at: number;
  readonly key: Key;
  /** Streams that may be there or not. */
  readonly open: readonly Key[];
  readonly world: World;
}

/** Whether a stream was there when a command was answered that looks for keys; undefined where that does not tell. */
function isThereBy(
  { name, args, argCount }: RespCommand,
  { db, at, key, open, world }: Asked,
  answer: Answer,
): boolean | undefined {
  const lists = new Map<Key, List>();
  for (const [one, stream] of world.lists)
    if (stream instanceof Stream) lists.set(one, open.includes(one) || !isSurelyThere(stream) ? MAYBE : SOMETHING);
  const plan = EVIDENCE.get(name)?.({
    ...{ args, argCount, db, at, type: 'stream' },
    mayBeOther: (one) => one !== key && !lists.has(one),
    expiring: () => open,
  });
  const fits = (list: List | undefined): boolean => {
    if (list) lists.set(key, list);
    else lists.delete(key);
    const found = plan?.act(new World(undefined, new Map(lists), new Map(world.due)), [], answer) ?? ANY;
    return found !== WAITS && found !== NOTHING && sameAnswer(found, answer);
  };
  const [mayBe, mayNot] = [fits(SOMETHING), fits(undefined)];
  return mayBe === mayNot ? undefined : mayBe;
}

function isSurelyThere(stream: Stream): boolean {
  return stream.all().some(({ isUnsure }) => !isUnsure);
}

/** What was shown of a stream: how many entries there are, and some of them; with `length` it is all of them. */
interface Shown {
  readonly length?: number | undefined;
  readonly ids?: ReadonlySet<EntryId>;
}

function shownBy(command: RespCommand, reply: RespValue): Shown {
  const { name, args, argCount } = command;
  if (isError(reply)) return answerTo(command, reply) === NO_KEY ? { length: 0 } : {};
  if (name === 'XLEN') return { length: integerOf(reply) };
  if (name === 'XINFO STREAM') {
    const items = itemsOf(reply);
    return { length: integerOf(items[items.findIndex((item) => textOf(item) === 'length') + 1]) };
  }
  const [first, last] = name === 'XRANGE' ? ['-', '+'] : ['+', '-'];
  const isAll = argCount === 3 && args[1]?.toString() === first && args[2]?.toString() === last;
  const [found] = deliveries(command, reply);
  if (!found) return {};
  const ids = new Set(found.entries.map(({ id }) => id));
  return isAll && found.more === 0 ? { ids, length: ids.size } : { ids };
}

interface Settled {
  readonly there: readonly StreamEntry[];
  readonly gone: readonly StreamEntry[];
}

const OPEN: Settled = { there: [], gone: [] };

/** Of what may be gone from a stream, what is there after all and what is not, as far as that follows from what was shown. */
function settledBy(stream: Stream, { length, ids }: Shown, areAllKnown: boolean): Settled {
  const unsure = stream.all().filter(({ isUnsure }) => isUnsure);
  if (unsure.length === 0) return OPEN;
  if (ids) {
    const isShown = ({ id }: StreamEntry): boolean => id !== undefined && ids.has(id);
    const gone = length === undefined ? [] : unsure.filter((entry) => entry.id !== undefined && !isShown(entry));
    return { there: unsure.filter(isShown), gone };
  }
  if (length === undefined || !areAllKnown) return OPEN;
  const missing = stream.size - length;
  if (missing === 0) return { there: unsure, gone: [] };
  if (missing === unsure.length) return { there: [], gone: unsure };
  return missing > 0 && stream.nameless.size === 0 ? oldestOf(stream, unsure, missing) : OPEN;
}

/** Where all were doubted for one reason, the oldest went: a trim cuts those off, and what is newer came to another stream. */
function oldestOf(stream: Stream, unsure: readonly StreamEntry[], count: number): Settled {
  const entries = [...stream.inOrder()].map(([, entry]) => entry);
  const oldest = entries.slice(0, count);
  const [code, ...others] = new Set(unsure.map(({ ended }) => ended?.code));
  const isByAge = entries.every(({ sentSeq }, index) => sentSeq >= (entries[index - 1]?.sentSeq ?? 0));
  const isKnown = code !== undefined && others.length === 0 && (code !== 'KEY_EXPIRED' || isByAge);
  if (!isKnown || !oldest.every(({ isUnsure }) => isUnsure)) return OPEN;
  return { there: unsure.filter((entry) => !oldest.includes(entry)), gone: oldest };
}
