/** Follows messages through Redis: publish/subscribe, lists, streams, and plain commands with their replies. */

import { obtain } from '../../core/collections/maps.ts';
import { itemAt, present } from '../../core/collections/present.ts';
import type { Ender } from '../../core/events.ts';
import {
  bare,
  isError,
  type RespCommand,
  type RespFrameValue,
  type RespReply,
  type RespValue,
  textOf,
} from '../../protocols/resp/index.ts';
import type { Ledger, SeenMessage, Sighting } from '../ledger/index.ts';
import { itemsOf } from '../redis/body.ts';
import { askedFor, type Choice, chosenBy } from '../redis/choice.ts';
import { isProtocolError, isScript, UNREAD } from '../redis/keys/scripts.ts';
import { Lists } from '../redis/lists/lists.ts';
import type { Operation } from '../redis/order/operation.ts';
import { choosing, nextDbs, pathsFrom } from '../redis/order/paths.ts';
import { Notifications } from '../redis/pubsub/notifications.ts';
import { PubSub } from '../redis/pubsub/pubsub.ts';
import { dbOf, SeenSession, type Sent, type Work } from '../redis/session.ts';
import { carriesEntries, FOLLOWED } from '../redis/streams/commands.ts';
import { Streams } from '../redis/streams/streams.ts';
import { AT_ONCE, DISCARDS, isLimit, repliesOf } from '../redis/transaction.ts';
import type { SeenFrame, Server, Tale, Teller } from '../teller.ts';
import { CommandNotes } from './_resp-notes.ts';
import { foundNothing } from './_resp-text.ts';

/** The most commands of one connection that are waited for. */
const MOST_WAITING = 65_536;
/** So many commands of each connection may have brought about what Redis tells of a key. */
const NEXT = 16;
/** So many names of commands are remembered. */
const MOST_NAMES = 1_000;
/** What a command does that carries no message. */
const LIGHT: readonly Work[] = [];

class RespTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #own: boolean;
  readonly #notes: CommandNotes;
  readonly #lists: Lists;
  readonly #pubsub: PubSub;
  readonly #notifications = new Notifications(() => this.#underWay());
  readonly #streams: Streams;
  readonly #sessions = new Map<number, SeenSession>();
  /** Names of commands that carry no message and touch nothing that holds one. */
  readonly #plainNames = new Map<string, boolean>();
  /** A round ends when something that was sent in it is answered: then the server has looked at every connection. */
  #round = 0;
  /** It may refuse what is well-formed. */
  #mayRefuse = false;

  constructor(ledger: Ledger, { own }: Server) {
    this.#ledger = ledger;
    this.#own = own;
    this.#notes = new CommandNotes(ledger);
    this.#pubsub = new PubSub(ledger, own, this.#notifications);
    this.#streams = new Streams(ledger, own);
    this.#lists = new Lists(ledger, own, ({ seen, command }, plan) =>
      this.#streams.changes.sent(seen, command, [plan]),
    );
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as RespFrameValue;
    if (value.kind === 'command') return this.#command(seen, value);
    const session = this.#sessions.get(seen.connection);
    if (value.kind === 'push') {
      if (session && value.command) this.#settleBefore(seen, session, value.command);
      return this.#pubsub.push(seen, value);
    }
    // A server that can't read it either says so, and has carried out nothing of it.
    const command = value.command ?? (isProtocolError(value.reply) ? UNREAD : undefined);
    if (!session || !command || !session.awaits(command)) return;
    this.#settleBefore(seen, session, command);
    const { round } = this.#settle(seen, session, value);
    if (round === this.#round) this.#lists.round(++this.#round, seen);
  }

  /** Answers come in the order of the commands: what was sent before was carried out, though nobody saw an answer. */
  #settleBefore(seen: SeenFrame, session: SeenSession, command: RespCommand): void {
    if (!session.awaits(command)) return;
    while (session.next?.command !== command) this.#settle(seen, session, undefined);
  }

  #settle(seen: SeenFrame, session: SeenSession, answer: RespReply | undefined): Sent {
    const sent = present(session.shift());
    this.#answer(seen, session, sent, answer);
    this.#settled(sent.command, seen.at);
    return sent;
  }

  /** A command was answered, or will never be. */
  #settled(command: RespCommand, at: number): void {
    this.#notifications.settled(command, at);
    this.#pubsub.settled(at);
  }

  *#underWay(): Iterable<Sent> {
    for (const session of this.#sessions.values()) yield* session.first(NEXT);
  }

  unsettled(): Iterable<SeenMessage> {
    return this.#streams.unsettled();
  }

  /** Whoever can't be read may do to any key what a script may, whose commands are not on the wire, either. */
  unread(connection: number): void {
    const session = this.#sessions.get(connection);
    // Its transaction may be over by the time that it does anything.
    session?.leave();
    if (session?.seen) this.#command(session.seen, UNREAD);
  }

  #command(seen: SeenFrame, command: RespCommand): void {
    const session = obtain(this.#sessions, seen.connection, () => new SeenSession());
    session.seen = seen;
    // Nobody will see that the server refused it.
    if (command.refused) return this.#notes.unanswered(seen, command);
    const { queue } = session;
    if (queue && !AT_ONCE.has(command.name)) {
      queue.push(command);
      return this.#sent(seen, session, command, []);
    }
    if (!queue && this.#light(seen, session, command)) return;
    switch (command.name) {
      case 'EXEC':
        return this.#sent(seen, session, command, session.exec());
      case 'WATCH':
        session.watches = true;
        break;
      case 'MULTI':
        if (session.begin(command)) this.#notes.multi(seen);
        break;
      case 'DISCARD':
      case 'RESET':
        session.leave();
        break;
      case 'QUIT':
        session.hasQuit = true;
        this.#ledger.note(seen, { code: 'CONNECTION_CLOSED', values: {} });
        break;
    }
    this.#sent(seen, session, command, [command]);
  }

  /** Most commands carry no message, and touch nothing that holds one. */
  #light(seen: SeenFrame, session: SeenSession, command: RespCommand): boolean {
    const known = this.#plainNames.get(command.name);
    const isPlain = known ?? this.#isPlain(command);
    if (known === undefined && this.#plainNames.size < MOST_NAMES) this.#plainNames.set(command.name, isPlain);
    const { dbs } = session;
    if (isPlain && this.#lists.mayShow(command, dbs)) return false;
    const quiet = isPlain || dbs.length !== 1 ? undefined : this.#lists.quiet(seen, command, itemAt(dbs, 0));
    if (!isPlain && (!quiet || !this.#streams.isQuiet(quiet.key))) {
      if (quiet) this.#lists.hushed(quiet);
      return false;
    }
    const round = this.#round;
    if (command.silent) this.#notes.unanswered(seen, command);
    this.#push(session, { seen, command, works: LIGHT, operation: undefined, quiet, choice: undefined, dbs, round });
    return true;
  }

  #isPlain(command: RespCommand): boolean {
    const { name } = command;
    if (AT_ONCE.has(name) || name === 'SELECT' || this.#pubsub.follows(command) || isScript(command)) return false;
    return this.#lists.isElsewhere(name) && !FOLLOWED.has(name);
  }

  #push(session: SeenSession, sent: Sent): void {
    session.push(sent);
    // Of more than that nobody would see the answers.
    if (session.waiting > MOST_WAITING) this.#answer(sent.seen, session, present(session.shift()), undefined);
  }

  /** A command that makes the server carry out `commands`. */
  #sent(seen: SeenFrame, session: SeenSession, command: RespCommand, commands: readonly RespCommand[]): void {
    const mayWait = command.name !== 'EXEC';
    const mayFail = !mayWait && (session.mayFail || this.#mayRefuse || this.#pubsub.isSubscriber(seen.connection));
    const works: Work[] = [];
    let places = pathsFrom(session.dbs);
    let choice: Choice | undefined;
    for (const one of commands) {
      if (isLimit(one)) this.#mayRefuse = true;
      const asked = askedFor(one);
      // In a transaction it counts for what stands behind it there.
      if (asked !== undefined) places = choosing(places, asked, this.#own);
      const dbs = nextDbs(places);
      if (asked !== undefined) choice = { dbs, isSure: one.name === 'RESET' };
      this.#pubsub.subscribe(seen, one);
      const parts = this.#lists.parts(seen, one, dbs, mayWait);
      const plans = parts?.flatMap(({ plan }) => plan ?? []) ?? [];
      this.#streams.changes.sent(seen, one, plans);
      const stream = this.#streams.sent(seen, one, dbs);
      const isTold = plans[0]?.told || (stream !== undefined && carriesEntries(one)) || this.#pubsub.follows(one);
      const publication = this.#pubsub.publish(seen, one, !mayWait);
      const db = places.some((place) => place.at !== place.db) && dbs.length === 1 ? dbs[0] : undefined;
      works.push({ command: one, publication, stream, script: this.#pubsub.script(one), isTold, db });
      for (const place of places)
        place.parts.push(parts?.[dbs.indexOf(place.at)] ?? { command: one, plan: undefined, elements: [] });
    }
    const touches = places.some(({ parts }) => parts.some(({ plan }) => plan));
    const operation = touches ? this.#lists.sent(seen, places, mayFail) : undefined;
    if (command.silent) this.#notes.silent(seen, command, works, this.#pubsub);
    const { dbs } = session;
    this.#push(session, { seen, command, works, operation, quiet: undefined, choice, dbs, round: this.#round });
  }

  /** A command was carried out; `answer` is undefined where nobody saw it. */
  #answer(seen: SeenFrame, session: SeenSession, sent: Sent, answer: RespReply | undefined): void {
    const { reply, unanswered = [] } = answer ?? {};
    const { command, works, operation } = sent;
    if (works === LIGHT) return this.#lightAnswer(seen, sent, reply);
    if (sent.choice) this.#chosen(session, sent, sent.choice, reply);
    if (works.length === 0 && command.name !== 'EXEC') return this.#queued(seen, session, command, reply);
    if (command.name !== 'EXEC') {
      if (operation) this.#lists.answered(seen, operation, [reply]);
      return this.#work(seen, session, sent, itemAt(works, 0), reply);
    }
    const value = reply && bare(reply);
    if (value && !('items' in value)) return this.#failed(seen, session, sent, value);
    session.unqueue();
    const replies = repliesOf(works.length, itemsOf(value), unanswered);
    if (operation) this.#lists.answered(seen, operation, replies);
    for (const [index, work] of works.entries()) this.#work(seen, session, sent, work, replies[index]);
    for (const at of unanswered) this.#notes.silent(seen, command, works.slice(at, at + 1), this.#pubsub);
    if (reply) this.#notes.answered(seen, command, reply, { missing: unanswered.length });
  }

  #lightAnswer(seen: SeenFrame, sent: Sent, reply: RespValue | undefined): void {
    const { command, quiet } = sent;
    if (quiet) {
      this.#lists.hushed(quiet);
      if (quiet.operation) this.#lists.answered(seen, quiet.operation, [reply]);
      if (!this.#streams.isQuiet(quiet.key)) {
        const plan = this.#lists.part(seen, command, quiet.db, false)?.plan;
        if (plan) this.#streams.keys(seen, { plan, command }, reply, sent.seen.seq);
      }
    }
    if (reply) this.#notes.answered(seen, command, reply, { db: dbOf(sent) });
  }

  /** A command that chooses a database was answered: it is known now where what was sent behind it goes. */
  #chosen(session: SeenSession, { command, works }: Sent, choice: Choice, reply: RespValue | undefined): void {
    for (const [sent, dbs] of session.chosen(choice, chosenBy(command, works, reply))) {
      if (sent.operation) this.#lists.beginsIn(sent.operation, dbs);
      for (const { stream } of sent.works) if (stream) this.#streams.beginsIn(stream, dbs);
    }
  }

  /** The server took a command into a transaction, or refused to. */
  #queued(seen: SeenFrame, session: SeenSession, command: RespCommand, reply: RespValue | undefined): void {
    if (reply === undefined || textOf(reply) === 'QUEUED') return session.queued(reply !== undefined);
    const { queue } = session;
    const at = queue?.indexOf(command) ?? -1;
    if (at >= 0) present(queue).splice(at, 1);
    // Its MULTI was refused, so that it was carried out at once, though it seemed to wait.
    if (!isError(reply)) {
      this.#lists.loseTrack(seen);
      this.#streams.lostKeys({ keys: undefined });
    }
    this.#notes.answered(seen, command, reply);
  }

  #work(
    seen: SeenFrame,
    session: SeenSession,
    sent: Sent,
    { command, publication, stream, script, isTold, db }: Work,
    reply: RespValue | undefined,
  ): void {
    const { name } = command;
    if (name === 'MULTI' && reply && isError(reply) && !/nested/.test(textOf(reply) ?? '')) session.queue = undefined;
    if (name === 'MULTI' && !(reply && isError(reply))) {
      session.unqueue();
      if (reply) this.#notes.count();
      if (reply && session.begun !== command) this.#notes.multi(seen);
      return;
    }
    if (script) script.answeredSeq = seen.seq;
    // Who has said QUIT or RESET is subscribed to nothing any more, though the connection may stand a moment longer.
    if (name === 'QUIT') return this.#pubsub.forget(seen, seen.connection);
    if (name === 'RESET') this.#pubsub.reset(seen, seen.connection);
    if (sent.operation) this.#keys(seen, sent.operation, sent.seen.seq, command, reply);
    const isRefused = reply !== undefined && isError(reply);
    if (publication) {
      if (!isRefused) return this.#pubsub.answered(seen, publication, reply);
      const reason = { code: 'REDIS_REFUSED', values: { error: textOf(reply) ?? '' } } as const;
      this.#pubsub.failed(seen, publication, 'rejected', 'error', reason);
      return;
    }
    if (stream) this.#streams.answered(seen, stream, reply);
    if (reply && !isRefused && this.#pubsub.follows(command)) this.#notes.count();
    const discarded = DISCARDS.has(name) ? session.unqueue() : 0;
    const puts =
      stream?.entry !== undefined ||
      sent.operation?.parts.some((part) => part.command === command && part.elements.length > 0);
    if (reply && (!isTold || this.#lists.isUntold(command) || (!puts && (isRefused || foundNothing(command, reply)))))
      this.#notes.answered(seen, command, reply, { by: sent.command, discarded, db: db ?? dbOf(sent) });
  }

  /** What a command did to keys. */
  #keys(
    seen: SeenFrame,
    { parts, places }: Operation,
    sentSeq: number,
    command: RespCommand,
    reply: RespValue | undefined,
  ): void {
    const index = parts.findIndex((part) => part.command === command);
    const plans = places.flatMap((place) => place.parts[index]?.plan ?? []);
    const [plan, ...others] = plans;
    if (plan && others.length === 0) this.#streams.keys(seen, { plan, command }, reply, sentSeq);
    else if (plan) {
      this.#streams.changes.answered(command, seen.seq);
      for (const one of plans) if (!one.reads) this.#streams.lostKeys(one);
    }
  }

  /** EXEC did nothing. */
  #failed(seen: SeenFrame, session: SeenSession, sent: Sent, reply: RespValue): void {
    const discarded = session.unqueue();
    const { operation, works, command } = sent;
    // Its MULTI was refused: each command was carried out or refused by itself.
    if (isError(reply) && /without MULTI/.test(textOf(reply) ?? '')) {
      this.#lost(sent);
      return this.#notes.answered(seen, command, reply);
    }
    const reason = isError(reply)
      ? ({ code: 'REDIS_REFUSED', values: { error: textOf(reply) ?? '' } } as const)
      : ({ code: 'WATCHED_KEY_CHANGED', values: {} } as const);
    if (operation) this.#lists.failed(seen, operation, reason);
    for (const part of operation?.parts ?? []) this.#streams.changes.answered(part.command, seen.seq);
    for (const { publication, stream } of works) {
      if (publication) this.#pubsub.failed(seen, publication, 'dropped', 'EXEC', reason);
      if (stream) this.#streams.failed(seen, stream, reason);
    }
    this.#notes.answered(seen, command, reply, { discarded });
  }

  closed(at: Sighting, connection: number, by: Ender): void {
    const session = this.#sessions.get(connection);
    this.#sessions.delete(connection);
    if (session && !session.hasQuit && by !== 'client')
      this.#ledger.note(at, { code: 'CONNECTION_LOST', values: { by: by === 'server' ? 'Redis' : undefined } });
    // Without EXEC none of them is carried out.
    const queued = session?.queue ? session.unqueue() : 0;
    if (queued > 0) this.#ledger.note(at, { code: 'REDIS_QUEUE_GONE', values: { count: queued } });
    this.#pubsub.forget(at, connection);
    for (let sent = session?.shift(); sent; sent = session?.shift()) {
      this.#lost(sent, by === 'server' ? at.at : undefined);
      this.#settled(sent.command, at.at);
    }
  }

  /** Nobody will see whether a command was carried out: by then, where the server ended the connection (`endedAt`). */
  #lost({ command, operation, works, quiet }: Sent, endedAt?: number): void {
    if (quiet) {
      this.#lists.hushed(quiet);
      if (quiet.operation) this.#lists.lost(quiet.operation, this.#round, endedAt);
      this.#streams.changes.answered(command);
      this.#streams.lostKeys({ keys: [quiet.key] });
    }
    if (operation) this.#lists.lost(operation, this.#round, endedAt);
    for (const part of operation?.parts ?? []) this.#streams.changes.answered(part.command);
    for (const plan of operation?.plans ?? []) if (!plan.reads) this.#streams.lostKeys(plan);
    for (const { publication, stream } of works) {
      if (publication) this.#pubsub.lost(publication);
      if (stream) this.#streams.lost(stream);
    }
  }

  restarted(at: Sighting): void {
    this.#lists.restarted(at);
    this.#streams.restarted(at);
  }

  end(at: Sighting): void {
    for (const connection of [...this.#sessions.keys()]) this.closed(at, connection, 'client');
    this.#lists.end(at);
    this.#streams.end(at);
    this.#notifications.release(at.at);
    this.#pubsub.end();
  }
}

const tale: Tale = { name: 'resp', begin: (ledger, server) => new RespTeller(ledger, server) };
export default tale;
