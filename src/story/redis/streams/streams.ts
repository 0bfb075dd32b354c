/** Redis streams: entries have ids, groups keep track of who has what. https://redis.io/docs/latest/develop/data-types/streams/ */
import { itemAt, present } from '../../../core/collections/present.ts';
import type { Statement } from '../../../core/statements/index.ts';
import { isError, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import { type Ledger, type SeenMessage, type Sighting, waitingIn } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { integerOf } from '../body.ts';
import { ANY, answerTo, isNothing, NOTHING } from '../keys/answer.ts';
import { SAVED } from '../keys/anything.ts';
import { discard } from '../keys/commands.ts';
import { UNREAD } from '../keys/element.ts';
import { type Effect, type Plan, wordAt } from '../keys/plan.ts';
import { type Key, keyOf, shownIn, shownKey, World } from '../keys/world.ts';
import { StreamAcks } from './acks.ts';
import { type StreamCall, StreamCalls, takesOut } from './calls.ts';
import {
  additionOf,
  type Delivered,
  deliveries,
  FOLLOWED,
  foundGone,
  groupOf,
  idsFrom,
  readsNew,
  type Trim,
  trimOf,
} from './commands.ts';
import { StreamDoubts } from './doubts.ts';
import {
  deleted,
  maybeEvicted,
  noStream,
  othersMayUse,
  RESTARTED,
  removedBy,
  StreamEnds,
  trimmed,
  trimsAbout,
} from './ends.ts';
import { emptyKeys, foundAlive, foundNothing, isUnconditional, KeyChanges } from './key-changes.ts';
import { StreamLooks } from './looks.ts';
import { compareIds, Group, Stream, StreamEntry, unsettledOf } from './stream.ts';
import { type Cut, cutBy, cutByCount, cutByName } from './trim.ts';

/** They put what is at their first key in place of what is at their second. */
const MOVES = /^(?:RENAME|RENAMENX|MOVE|COPY)$/;

export class Streams {
  readonly #ledger: Ledger;
  readonly #own: boolean;
  #world = new World(undefined);
  /** The server has written down what it held, or some of it. */
  #isSaved = false;
  readonly #calls = new StreamCalls();
  readonly changes = new KeyChanges();
  readonly #acks: StreamAcks;
  readonly #doubts = new StreamDoubts(() => this.#world, this.#calls, this.changes);
  readonly #ends: StreamEnds;
  readonly #looks: StreamLooks;
  readonly unsettled = (): Iterable<SeenMessage> => unsettledOf(this.#world.lists.values());

  constructor(ledger: Ledger, own: boolean) {
    this.#ledger = ledger;
    this.#acks = new StreamAcks(ledger, own);
    this.#own = own;
    this.#ends = new StreamEnds(ledger, this.#acks, this.#calls, own);
    this.#looks = new StreamLooks({
      own,
      world: () => this.#world,
      calls: this.#calls,
      changes: this.changes,
      doubts: this.#doubts,
      ends: this.#ends,
    });
  }

  /** Whether nothing is at a key, and nothing is being added there. */
  isQuiet(key: Key): boolean {
    return !(this.#world.lists.size > 0 && this.#world.lists.has(key)) && !this.#calls.adding(key);
  }

  /** @param dbs in one of which it is carried out */
  sent(seen: SeenFrame, command: RespCommand, dbs: readonly number[]): StreamCall | undefined {
    const looks = this.#looks.asked(command);
    const name = command.args[0] ?? (looks === 'anywhere' ? Buffer.alloc(0) : undefined);
    if (!(looks || FOLLOWED.has(command.name)) || !name) return undefined;
    const keys = [...new Set(dbs.map((db) => keyOf(db, name)))];
    const [db, key] = [itemAt(dbs, 0), itemAt(keys, 0)];
    const addition = command.name === 'XADD' ? additionOf(command) : undefined;
    let entry: StreamEntry | undefined;
    if (addition) {
      entry = new StreamEntry(addition.content, seen);
      entry.id = addition.id;
      entry.message = this.#ledger.publish(seen, addition.fields, entry, 'XADD', shownIn(dbs, name));
    }
    const { connection, seq: sentSeq } = seen;
    this.#doubts.seq = sentSeq;
    const state = { isDisturbed: false, isMoved: false, looks };
    const call: StreamCall = { command, key, keys, db, connection, sentSeq, addition, entry, ...state };
    this.#calls.sent(call);
    if (looks) this.#looks.sent(call);
    return call;
  }

  /** A command is carried out in one of these databases. */
  beginsIn(call: StreamCall, dbs: readonly number[]): void {
    this.#calls.beginsIn(call, dbs);
  }

  /** The reply to a command; undefined where nobody saw it, though it was carried out. */
  answered(at: SeenFrame, call: StreamCall, reply: RespValue | undefined): void {
    const { command, key } = call;
    this.#doubts.seq = at.seq;
    if (call.looks) return this.#looks.answered(at, call, reply);
    if (reply && isError(reply)) {
      const error = textOf(reply) ?? '';
      return this.failed(at, call, { code: 'REDIS_REFUSED', values: { error } }, 'rejected', 'error');
    }
    this.#calls.answered(call);
    this.#doubts.expire(at.at);
    this.#doubts.called(call);
    switch (command.name) {
      case 'XADD':
        return this.#added(at, call, reply);
      case 'XDEL':
        return this.#deleted(at, call, integerOf(reply));
      case 'XTRIM':
        return this.#trim(at, call, trimOf(command), integerOf(reply));
      case 'XACK':
        return this.#acks.acked(at, this.#find(key), call, integerOf(reply));
      case 'XGROUP CREATE':
        if (reply) this.#stream(key).groups.set(groupOf(command), new Group());
        return;
      case 'XGROUP DESTROY':
        this.#find(key)?.groups.delete(groupOf(command));
        return this.#acks.awaitNoMore(this.#find(key));
      default:
        if (reply) this.#delivered(at, call, reply);
    }
  }

  #find(key: Key): Stream | undefined {
    const stream = this.#world.lists.get(key);
    return stream instanceof Stream ? stream : undefined;
  }

  #stream(key: Key): Stream {
    const stream = this.#find(key) ?? new Stream();
    this.#world.put(key, stream);
    return stream;
  }

  /** It was refused, or the transaction that it was part of did nothing. */
  failed(
    at: SeenFrame,
    call: StreamCall,
    reason: Statement,
    stage: 'rejected' | 'dropped' = 'dropped',
    verb = 'EXEC',
  ): void {
    this.#calls.answered(call);
    const { entry } = call;
    if (!entry) return;
    if (entry.message) this.#ledger.step(at, entry.message, { stage, verb, from: 'server', route: '', reason });
    this.#ends.leave(entry, { kind: 'ended', stage, reason });
  }

  /** See `StreamDoubts.lostKeys`. */
  lostKeys(plan: Pick<Plan, 'keys'>): void {
    this.#doubts.lostKeys(plan);
  }

  /** Nobody will see whether it was carried out. */
  lost(call: StreamCall): void {
    this.#calls.gone(call);
    if (takesOut(call)) this.lostKeys(call);
  }

  #added(at: SeenFrame, call: StreamCall, reply: RespValue | undefined): void {
    const { entry, addition, key } = call;
    if (!entry || !addition) return;
    const route = shownKey(key);
    const id = reply ? textOf(reply) : entry.id;
    if (reply && id === undefined) {
      const reason = noStream(key);
      if (entry.message) {
        this.#ledger.step(at, entry.message, { stage: 'dropped', verb: 'drop', from: 'server', route, reason });
      }
      return this.#ends.leave(entry, { kind: 'ended', stage: 'dropped', reason });
    }
    if (id === undefined) {
      // It is there, but nobody saw under which id.
      if (entry.message)
        this.#ledger.conclude(at, entry.message, { stage: 'queued', verb: 'XADD', from: 'server', route });
      this.#stream(key).nameless.add(entry);
    } else {
      if (!entry.isPlaced) this.#stream(key).put(entry, id);
      if (entry.message)
        this.#ledger.step(at, entry.message, { stage: 'queued', verb: `id ${id}`, from: 'server', route });
    }
    entry.answeredSeq = at.seq;
    if (this.#doubts.isOver(key, at.at)) this.#stream(key).mayBeNew = true;
    if (this.#doubts.evicts) entry.doubt(at.seq, maybeEvicted(key));
    if (addition.trim) this.#trim(at, call, addition.trim, undefined, id);
    const stream = this.#find(key);
    if (!stream || id === undefined) return;
    // Its id became known late: what was cut off since then may have been more.
    for (const later of stream.trims) {
      if (compareIds(id, later.added) < 0)
        this.#cut(at, call, stream, cutBy(stream, later.trim, later.added), later.trim);
    }
  }

  #trim(at: SeenFrame, call: StreamCall, trim: Trim | undefined, count: number | undefined, added?: string): void {
    const { key } = call;
    const adding = [...(this.#calls.adding(key) ?? [])].filter(({ connection }) => connection !== call.connection);
    // Those that others are adding may be among the oldest.
    if (count !== undefined && count > 0) for (const entry of adding) entry.doubt(at.seq);
    const stream = this.#find(key);
    if (!stream || !trim) return;
    if (count === undefined) {
      if (added !== undefined) stream.remember({ added, trim });
      return this.#cut(at, call, stream, cutBy(stream, trim, added), trim);
    }
    this.#cut(at, call, stream, cutByCount(stream, count, adding.length === 0), trim);
  }

  #cut(at: SeenFrame, call: StreamCall, stream: Stream, { gone, maybe }: Cut, trim: Trim): void {
    const { key, command, isDisturbed, isMoved } = call;
    const reason = trimmed(command, key);
    const isAlone = !isDisturbed && !isMoved;
    // It is not known how much was cut off, which only XTRIM answers, or how much was there.
    const isTold = trim.isExact || command.name === 'XTRIM';
    const because = isTold ? stream.unsureBecause() : trimsAbout(command, key);
    for (const entry of gone) {
      if (!this.#own) entry.doubt(at.seq, othersMayUse(key));
      else if (isAlone) this.#ends.gone(at, stream, entry, command.name, key, reason);
      else entry.doubt(at.seq);
    }
    for (const entry of maybe) entry.doubt(at.seq, ...(isAlone ? [because, reason] : []));
  }

  #deleted(at: SeenFrame, call: StreamCall, count: number | undefined): void {
    const { key, command } = call;
    const stream = this.#find(key);
    if (count === 0) return;
    const ids = idsFrom(command, 1);
    const { gone, maybe } = stream ? cutByName(stream, ids, count, call) : { gone: [], maybe: [] };
    // What others add may be there before it is told that it was added.
    for (const entry of gone.length === count ? [] : (this.#calls.adding(key) ?? [])) {
      const mayBeThere = entry.connection !== call.connection && (!entry.id || ids.includes(entry.id));
      if (mayBeThere) entry.doubt(at.seq);
    }
    if (!stream) return;
    for (const entry of gone) this.#ends.gone(at, stream, entry, 'XDEL', key, deleted(key));
    for (const entry of maybe) entry.doubt(at.seq);
  }

  #delivered(at: SeenFrame, call: StreamCall, reply: RespValue): void {
    const { command, db } = call;
    const { name, args } = command;
    const groupName = name === 'XREAD' ? undefined : args[1]?.toString('latin1');
    const fresh = name === 'XREADGROUP' ? readsNew(command) : undefined;
    const needsNoAck = name === 'XREAD' || args.some((_, index) => wordAt(args, index) === 'NOACK');
    for (const { key: keyName, entries, more } of deliveries(command, reply)) {
      const key = keyOf(db, keyName);
      const stream = this.#stream(key);
      const group = groupName === undefined ? undefined : stream.group(groupName);
      const isFresh = fresh === undefined ? name === 'XREAD' : fresh.has(keyName.toString('latin1'));
      for (const id of foundGone(command, reply, (one) => stream.gone.has(one))) group?.drop(id);
      this.#acks.awaitNoMore(stream);
      for (const entry of entries) this.#give(at, call, key, stream, group, entry, isFresh, needsNoAck);
      if (more > 0) this.#doubts.givenMore(key, stream, entries.at(-1)?.id, more, needsNoAck ? undefined : group);
    }
  }

  #give(
    at: SeenFrame,
    call: StreamCall,
    key: Key,
    stream: Stream,
    group: Group | undefined,
    delivered: Delivered,
    isFresh: boolean,
    needsNoAck: boolean,
  ): void {
    const { id, fields } = delivered;
    const { name, args } = call.command;
    if (group && !needsNoAck) group.pending.add(id);
    // Without fields the entry is gone, or only ids were asked for: no content was delivered.
    if (fields === undefined) return;
    const isForced = args.some((_, index) => wordAt(args, index) === 'FORCE');
    const again = group !== undefined && (group.given.has(id) || (!isFresh && !isForced));
    group?.given.add(id);
    const [first, ...among] = this.#identify(at, call, key, stream, delivered);
    const route = group === undefined ? shownKey(key) : `${shownKey(key)} (group ${itemAt(args, 1).toString()})`;
    const stage = again ? 'redelivered' : 'delivered';
    this.#ledger.step(at, present(first), { stage, verb: name, from: 'server', route, among });
    if (needsNoAck && among.length === 0) this.#acks.reach(present(first));
  }

  /** The messages that an entry may be. */
  #identify(at: SeenFrame, call: StreamCall, key: Key, stream: Stream, delivered: Delivered): SeenMessage[] {
    const { id, fields, content } = delivered;
    const known = stream.entries.get(id);
    if (known) {
      if (!this.#doubts.evicts) known.wasThere(call.sentSeq);
      return [known.message ?? this.#ledger.unaccounted(at, present(fields), undefined)];
    }
    const nameless = this.#calls.candidates(call, key, stream, delivered);
    const elsewhere = this.#calls.elsewhere(this.#world.lists.values(), id, content);
    const { hasScripts } = this.changes;
    if (nameless.length === 1 && elsewhere.length === 0 && !hasScripts) {
      const [entry] = nameless as [StreamEntry];
      // In another stream than it was added to, it is not known what moved it.
      if (!this.#calls.adding(key)?.has(entry) && !stream.nameless.has(entry)) entry.doubt(at.seq);
      stream.nameless.delete(entry);
      this.#calls.lost.delete(entry);
      stream.put(entry, id);
      return [present(entry.message)];
    }
    const found = [...elsewhere, ...nameless.flatMap(({ message }) => message ?? [])];
    // A script may have added one like it.
    if (found.length > 0)
      return hasScripts ? [...found, this.#ledger.unaccounted(at, present(fields), undefined)] : found;
    const entry = new StreamEntry(content, at);
    entry.message = this.#ledger.foreign(at, present(fields));
    stream.put(entry, id);
    return [entry.message];
  }

  /** A command that moves, replaces or removes keys was carried out. */
  keys(
    at: SeenFrame,
    { plan, command }: { plan: Plan; command: RespCommand },
    reply: RespValue | undefined,
    sentSeq: number,
  ): void {
    this.#doubts.seq = at.seq;
    const answer = reply ? answerTo(command, reply) : ANY;
    const contended = this.changes.answered(command, at.seq);
    this.#isSaved ||= plan.saves === true && !isNothing(answer);
    const contends = contended === undefined || contended.length > 0;
    if (!plan.reads && !contends) this.#looks.foundEmpty(at, emptyKeys(command, plan, answer), sentSeq);
    if (plan.reads || isNothing(answer) || foundNothing(command, answer)) return;
    if (command.name === 'CONFIG SET') return this.#doubts.mayEvict();
    if (plan.unknown) return this.#doubts.anything(plan.unknown);
    if (this.#world.lists.size === 0 && !this.#calls.isAdding) return;
    this.#doubts.expire(at.at);
    if (contends) this.lostKeys({ keys: contended });
    if (answer === ANY && !isUnconditional(command)) this.lostKeys(plan);
    if (!plan.keeps && this.#calls.disturb(plan.keys, at.connection).length > 0) this.lostKeys(plan);
    this.#calls.overlap(this.#world.lists, plan.keys, at, sentSeq);
    const effects: Effect[] = [];
    const known = plan.act(this.#world, effects, answer);
    if (!contends && foundAlive(command, answer)) this.#looks.foundAlive(at, plan.keys);
    const target = MOVES.test(command.name) ? plan.keys?.[1] : undefined;
    // What was put there is no stream, or was not known to be one.
    if (target !== undefined && (answer === 'OK' || answer === 1) && (known === NOTHING || known === 0))
      discard(this.#world, target, removedBy(command, target), effects);
    for (const effect of effects) {
      if (effect.kind === 'drained' && effect.bag instanceof Stream)
        this.#ends.all(at, effect.bag, command.name, effect.key, removedBy(command, effect.key, answer));
      if (effect.kind === 'copied') this.#copied(plan);
    }
  }

  /** What was in one stream is in two now. */
  #copied({ keys = [] }: Plan): void {
    for (const entry of this.#find(itemAt(keys, 1))?.all() ?? []) {
      if (entry.message && entry.message.places.length > 0) this.#ledger.enter(entry.message, entry);
      else entry.forget();
    }
  }

  restarted(at: Sighting): void {
    if (this.#isSaved) return this.#doubts.anything(SAVED);
    for (const [key, stream] of this.#world.lists) {
      if (!(stream instanceof Stream)) continue;
      this.#acks.abandon(stream);
      for (const entry of [...stream.entries.values()]) this.#ends.gone(at, stream, entry, 'restart', key, RESTARTED);
    }
    this.#world = new World(undefined);
  }

  /** The run is over: what is in a stream stays there. */
  end(at: Sighting): void {
    this.#doubts.expire(at.at);
    for (const [key, stream] of this.#world.lists) {
      if (!(stream instanceof Stream)) continue;
      this.#acks.abandon(stream);
      for (const entry of stream.all()) {
        if (!this.#own) this.#ends.leave(entry, { kind: 'unknown', reason: othersMayUse(key) });
        else this.#ends.leave(entry, entry.isUnsure ? entry.unsettled : waitingIn(shownKey(key)));
      }
    }
    for (const entry of [...this.#calls.lost, ...this.#calls.all()]) this.#ends.leave(entry, UNREAD);
  }
}
