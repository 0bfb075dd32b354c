/** Follows messages through Redis: publish/subscribe, lists, streams, and plain commands with their replies. */
import { obtain } from '../../core/maps.ts';
import {
  bare,
  HIDDEN,
  isError,
  type RespCommand,
  type RespFrameValue,
  type RespValue,
  secretArgs,
  textOf,
  withoutSecrets,
} from '../../protocols/resp/index.ts';
import { type Ledger, preview, type Sighting } from '../ledger/index.ts';
import { itemsOf } from '../redis/body.ts';
import { Lists } from '../redis/lists.ts';
import type { Part } from '../redis/operation.ts';
import { integerAt } from '../redis/plan.ts';
import { PubSub } from '../redis/pubsub.ts';
import { type Sent, Session, type Work } from '../redis/session.ts';
import { Streams } from '../redis/streams.ts';
import type { SeenFrame, Server, Tale, Teller } from '../teller.ts';

/** Commands that are carried out at once, also inside a transaction. */
const AT_ONCE = new Set(['EXEC', 'DISCARD', 'MULTI', 'WATCH', 'QUIT', 'RESET']);
/** The most commands of one connection that are waited for. */
const MOST_WAITING = 65_536;
const QUEUED = 'QUEUED';

class RespTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #lists: Lists;
  readonly #pubsub: PubSub;
  readonly #streams: Streams;
  readonly #sessions = new Map<number, Session>();
  /** A round ends when something that was sent in it is answered: then the server has looked at every connection. */
  #round = 0;

  constructor(ledger: Ledger, { own }: Server) {
    this.#ledger = ledger;
    this.#lists = new Lists(ledger, own);
    this.#pubsub = new PubSub(ledger, own);
    this.#streams = new Streams(ledger, own);
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as RespFrameValue;
    if (value.kind === 'command') return this.#command(seen, value);
    if (value.kind === 'push') return this.#pubsub.push(seen, value);
    const session = this.#sessions.get(seen.connection);
    const { command, reply } = value;
    if (!session || !command || !session.awaits(command)) return;
    // Answers come in the order of the commands: what was sent before was carried out, though nobody saw an answer.
    for (let sent = session.shift(); sent; sent = session.shift()) {
      const isThis = sent.command === command;
      this.#answer(seen, session, sent, isThis ? reply : undefined);
      if (!isThis) continue;
      if (sent.round === this.#round) this.#lists.round(++this.#round, seen.at);
      return;
    }
  }

  #command(seen: SeenFrame, command: RespCommand): void {
    const session = obtain(this.#sessions, seen.connection, () => new Session());
    const { queue } = session;
    if (queue && !AT_ONCE.has(command.name)) {
      queue.push(command);
      return this.#sent(seen, session, command, []);
    }
    switch (command.name) {
      case 'EXEC':
        session.queue = undefined;
        return this.#sent(seen, session, command, queue ?? []);
      case 'MULTI':
        session.queue ??= [];
        break;
      case 'DISCARD':
        session.queue = undefined;
        break;
      case 'RESET':
        session.queue = undefined;
        session.db = 0;
        break;
    }
    this.#sent(seen, session, command, [command]);
  }

  /** A command that makes the server carry out `commands`. */
  #sent(seen: SeenFrame, session: Session, command: RespCommand, commands: readonly RespCommand[]): void {
    const mayWait = command.name !== 'EXEC';
    const works: Work[] = [];
    const parts: Part[] = [];
    for (const one of commands) {
      if (one.name === 'SELECT') {
        if (!session.chosen.has(command)) session.chosen.set(command, session.db);
        session.db = integerAt(one.args, 0) ?? session.db;
      }
      const { db } = session;
      this.#pubsub.subscribe(seen, one);
      const part = this.#lists.part(seen, one, db, mayWait);
      works.push({
        command: one,
        db,
        publication: this.#pubsub.publish(seen, one),
        stream: this.#streams.sent(seen, one, db),
        script: this.#pubsub.script(one),
      });
      parts.push(part ?? { command: one, plan: undefined, elements: [] });
    }
    const operation = parts.some(({ plan }) => plan) ? this.#lists.sent(seen, parts) : undefined;
    session.push({ seen, command, works, operation, round: this.#round });
    // Of more than that nobody would see the answers.
    if (session.waiting > MOST_WAITING) this.#answer(seen, session, session.shift()!, undefined);
  }

  /** A command was carried out; `reply` is undefined where nobody saw the answer. */
  #answer(seen: SeenFrame, session: Session, sent: Sent, reply: RespValue | undefined): void {
    const { command, works, operation } = sent;
    if (session.chosen.size > 0) this.#chosen(seen, session, command, reply);
    if (works.length === 0 && command.name !== 'EXEC') return this.#queued(seen, session, command, reply);
    if (command.name !== 'EXEC') {
      if (operation) this.#lists.answered(seen, operation, [reply]);
      return this.#work(seen, sent, works[0]!, reply);
    }
    const value = reply && bare(reply);
    if (value && !('items' in value)) return this.#failed(seen, sent, value);
    const replies = works.map((_, index) => itemsOf(value)[index]);
    if (operation) this.#lists.answered(seen, operation, replies);
    for (const [index, work] of works.entries()) this.#work(seen, sent, work, replies[index]);
  }

  /** A command that chooses a database was answered: where it was refused, what was sent since then went elsewhere. */
  #chosen(seen: SeenFrame, session: Session, command: RespCommand, reply: RespValue | undefined): void {
    const before = session.chosen.get(command);
    if (before === undefined) return;
    session.chosen.delete(command);
    const value = reply && bare(reply);
    const happened = value === undefined || (command.name === 'EXEC' ? 'items' in value : !isError(value));
    if (happened) return;
    if (session.chosen.size === 0) session.db = before;
    if (session.waiting > 0) this.#lists.loseTrack(seen);
  }

  /** The server took a command into a transaction, or refused to. */
  #queued(seen: SeenFrame, session: Session, command: RespCommand, reply: RespValue | undefined): void {
    if (reply === undefined || textOf(reply) === QUEUED) return;
    const { queue } = session;
    const at = queue?.indexOf(command) ?? -1;
    if (at >= 0) queue!.splice(at, 1);
    this.#plain(seen, command, reply);
  }

  #work(
    seen: SeenFrame,
    sent: Sent,
    { command, publication, stream, script }: Work,
    reply: RespValue | undefined,
  ): void {
    const { name } = command;
    if (script) script.answeredSeq = seen.seq;
    // Who has said QUIT or RESET is subscribed to nothing any more, though the connection may stand a moment longer.
    if (name === 'QUIT') return this.#pubsub.forget(seen, seen.connection);
    if (name === 'RESET') this.#pubsub.forget(undefined, seen.connection);
    const plan = sent.operation?.parts.find((part) => part.command === command)?.plan;
    if (plan) this.#streams.keys(seen, { plan, command }, reply, sent.seen.seq);
    const isRefused = reply !== undefined && isError(reply);
    if (publication) {
      if (!isRefused) return this.#pubsub.answered(seen, publication, reply);
      const reason = { code: 'REDIS_REFUSED', values: { error: textOf(reply) ?? '' } } as const;
      this.#pubsub.failed(seen, publication, 'rejected', 'error', reason);
      return;
    }
    if (stream) this.#streams.answered(seen, stream, reply);
    const isTold = plan?.told || (stream && this.#streams.isTold(command)) || this.#pubsub.follows(command);
    const puts =
      stream?.entry !== undefined ||
      sent.operation?.parts.some((part) => part.command === command && part.elements.length > 0);
    if (reply && (!isTold || (isRefused && !puts))) this.#plain(seen, command, reply);
  }

  /** EXEC did nothing. */
  #failed(seen: SeenFrame, sent: Sent, reply: RespValue): void {
    const { operation, works, command } = sent;
    const reason = isError(reply)
      ? ({ code: 'REDIS_REFUSED', values: { error: textOf(reply) ?? '' } } as const)
      : ({ code: 'WATCHED_KEY_CHANGED', values: {} } as const);
    if (operation) this.#lists.failed(seen, operation, reason);
    for (const { publication, stream } of works) {
      if (publication) this.#pubsub.failed(seen, publication, 'dropped', 'EXEC', reason);
      if (stream) this.#streams.failed(seen, stream, reason);
    }
    this.#plain(seen, command, reply);
  }

  closed(at: Sighting, connection: number): void {
    const session = this.#sessions.get(connection);
    this.#sessions.delete(connection);
    this.#pubsub.forget(at, connection);
    for (let sent = session?.shift(); sent; sent = session?.shift()) {
      if (sent.operation) this.#lists.lost(sent.operation, this.#round);
      for (const { plan } of sent.operation?.parts ?? []) if (plan && !plan.reads) this.#streams.lostKeys(plan);
      for (const { publication, stream } of sent.works) {
        if (publication) this.#pubsub.lost(publication);
        if (stream) this.#streams.lost(stream);
      }
    }
  }

  restarted(at: Sighting): void {
    this.#lists.restarted(at);
    this.#streams.restarted(at);
  }

  end(at: Sighting): void {
    for (const connection of [...this.#sessions.keys()]) this.closed(at, connection);
    this.#lists.end(at);
    this.#streams.end(at);
    this.#pubsub.end();
  }

  /** A command that carries no message. */
  #plain(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    if (seen.frame.phase !== 'open') return;
    this.#ledger.commands++;
    const values = { command: commandText(command), reply: replyText(withoutSecrets(reply, command)) };
    this.#ledger.note(seen, { code: 'REDIS_COMMAND', values });
  }
}

/** A command on one line: its name and its first arguments. */
function commandText(command: RespCommand): string {
  const { name, args, argCount } = command;
  const hidden = secretArgs(command);
  const shown = args.slice(0, 3).map((arg, index) => (hidden.has(index) ? HIDDEN : text(arg)));
  return [name, ...shown, ...(argCount > shown.length ? ['…'] : [])].join(' ');
}

function text(bytes: Buffer): string {
  return preview({ body: bytes, sizeBytes: bytes.length });
}

function replyText(reply: RespValue): string {
  const value = bare(reply);
  if (value.type === 'bulk') return `"${preview({ body: value.bytes, sizeBytes: value.length })}"`;
  const plain = textOf(value);
  if (plain !== undefined) return plain;
  if (value.type === 'boolean') return String(value.value);
  if ('items' in value) return `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  return 'nil';
}

const tale: Tale = { name: 'resp', begin: (ledger, server) => new RespTeller(ledger, server) };
export default tale;
