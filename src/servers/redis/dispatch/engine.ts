/** The server without a command: databases, sessions, time, and the way from a command to its reply. */
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { RespWriter } from '../../../protocols/resp/index.ts';
import { Channels } from '../clients/channels.ts';
import { Connection } from '../clients/connection.ts';
import { monitorLine } from '../clients/monitor.ts';
import type { Session } from '../clients/session.ts';
import { OOM, ReplyError, wrongArity } from '../errors.ts';
import { Blocking } from '../keyspace/blocking.ts';
import { Database } from '../keyspace/database.ts';
import { Eviction } from '../keyspace/eviction.ts';
import { ExpiryQueue } from '../keyspace/expiry-queue.ts';
import { Settings } from '../settings.ts';
import type { Value } from '../values/value.ts';
import { type Command, fits } from './command.ts';
import { Stats } from './stats.ts';

const DATABASES = 16;
/** So many keys expire before other work gets its turn. */
const EXPIRE_BATCH = 500;
/** So many connections are flushed together. */
const FLUSH_BATCH = 16;
const MAX_TIMER_MS = 2 ** 31 - 1;
/** What an empty server is said to use, so that INFO and maxmemory behave as people expect. */
const BASE_MEMORY = 1_000_000;
/** Commands that a RESP2 client may send while it is subscribed. */
const WHILE_SUBSCRIBED = new Set([
  'ping',
  'quit',
  'reset',
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ssubscribe',
  'sunsubscribe',
]);
/** Commands that are carried out, not queued, inside a transaction. */
const UNQUEUED = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

export interface EngineOptions {
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** All commands by name in lower case. */
  readonly commands: ReadonlyMap<string, Command>;
}

export class Engine {
  readonly clock: Clock;
  readonly random: () => number;
  readonly commands: ReadonlyMap<string, Command>;
  readonly settings = new Settings();
  stats = new Stats();
  readonly databases: Database[];
  readonly sessions = new Map<number, Session>();
  readonly channels = new Channels();
  readonly blocking = new Blocking(this);
  readonly eviction = new Eviction(this);
  readonly monitors = new Set<Session>();
  readonly startedAt: number;
  /** A random name for this life of the server, as Redis has. */
  readonly runId: string;
  /** Unix milliseconds, the same throughout a command. */
  now: number;
  /** Roughly what all keys take, in bytes. */
  memory = 0;
  /** Changes of keys since the start. */
  dirty = 0;
  /** Until when CLIENT PAUSE holds commands back, and whether only those that write. */
  pause: { until: number; writesOnly: boolean; cancel: () => void } | undefined;
  /** What a group of commands keeps between calls: compiled scripts, for instance. */
  readonly extensions = new Map<string, unknown>();

  /** Commands as most clients write them, in upper or in lower case. */
  readonly #byName = new Map<string, Command>();
  readonly #expiry = new ExpiryQueue();
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #nextId = 1;
  #depth = 0;
  #toFlush: Connection[] = [];
  #flushing = false;
  readonly #silence = new RespWriter();
  #closed = false;

  constructor(options: EngineOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.commands = options.commands;
    for (const [name, command] of this.commands) this.#byName.set(name, command).set(name.toUpperCase(), command);
    this.startedAt = this.clock.wall();
    this.now = this.startedAt;
    this.databases = Array.from({ length: DATABASES }, (_, index) => new Database(this, index));
    this.runId = Array.from({ length: 40 }, () => Math.floor(this.random() * 16).toString(16)).join('');
  }

  get usedMemory(): number {
    return BASE_MEMORY + this.memory;
  }

  /** Serves a client over any duplex. */
  accept(duplex: Duplex): void {
    if (this.sessions.size >= this.settings.maxclients) {
      this.stats.rejectedConnections++;
      duplex.on('error', () => {});
      duplex.end('-ERR max number of clients reached\r\n');
      this.clock.after(1000, () => duplex.destroy());
      return;
    }
    this.stats.connections++;
    const connection = new Connection(this, this.#nextId++, duplex);
    connection.session.authenticated = this.settings.requirepass === '';
    this.sessions.set(connection.session.id, connection.session);
  }

  /** A session has no transport any more. */
  left(session: Session): void {
    this.sessions.delete(session.id);
    this.blocking.forget(session);
    this.channels.forget(session);
    this.monitors.delete(session);
    session.discard();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Closes every connection. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.pause?.cancel();
    for (const session of [...this.sessions.values()]) session.connection?.kill();
  }

  /** Finds a command, or the subcommand of a container. */
  lookup(args: readonly string[]): Command | undefined {
    const name = args[0]!;
    const command = this.#byName.get(name) ?? this.commands.get(name.toLowerCase());
    if (command?.subcommands === undefined || args.length === 1) return command;
    return command.subcommands.get(args[1]!.toLowerCase());
  }

  /** Carries out what a client sent. The reply, or none, is in `session.out` afterwards. */
  execute(session: Session, args: string[]): void {
    this.now = this.clock.wall();
    session.lastUsedAt = this.now;
    if (session.replies === 'on') this.#check(session, args);
    else this.#silently(session, args);
    if (this.blocking.hasReady) this.blocking.serve();
  }

  /** CLIENT REPLY OFF and SKIP: the command is carried out, its reply dropped, unless it switched replies on again. */
  #silently(session: Session, args: string[]): void {
    const { out } = session;
    const silence = this.#silence;
    silence.version = out.version;
    session.out = silence;
    try {
      this.#check(session, args);
    } finally {
      session.out = out;
      out.version = silence.version;
      const dropped = silence.take();
      if ((session.replies as string) === 'on') for (const part of dropped) out.encoded(part);
      else if (session.replies === 'skip') session.replies = 'on';
    }
  }

  /** What must hold before a command is carried out or queued. */
  #check(session: Session, args: string[]): void {
    const command = this.lookup(args);
    if (
      command === undefined ||
      !fits(command.arity, args.length) ||
      (command.run === undefined && args.length === 1)
    ) {
      this.#reject(session, command, unknownCommand(this, command, args));
      return;
    }
    session.lastCommand = command;
    const refusal = this.#refusal(session, command);
    if (refusal !== undefined) {
      this.#reject(session, command, refusal);
      return;
    }
    if (session.queue !== undefined && !UNQUEUED.has(command.name)) {
      session.queue.push({ command, args });
      session.out.ascii('+QUEUED\r\n');
      return;
    }
    if (this.pause !== undefined && this.#held(session, command, args)) return;
    this.call(session, command, args);
  }

  #refusal(session: Session, command: Command): ReplyError | undefined {
    if (!session.authenticated && !command.flags.has('no_auth'))
      return new ReplyError('NOAUTH Authentication required.');
    const { busy } = this;
    if (busy !== undefined && !command.flags.has('allow_busy')) return busy;
    if (session.version === 2 && session.subscribed && !WHILE_SUBSCRIBED.has(command.name)) {
      return new ReplyError(
        `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    }
    if (this.settings.maxmemory > 0 && this.#depth === 0 && !this.eviction.makeRoom()) {
      const exec = command.name === 'exec' && session.queue?.some((queued) => queued.command.denyOom);
      if (command.denyOom || exec) return OOM;
    }
    if (session.queue !== undefined && command.flags.has('no_multi')) {
      return new ReplyError('ERR Command not allowed inside a transaction');
    }
    return undefined;
  }

  /** Set while a script runs for too long: the error that others get. */
  busy: ReplyError | undefined;

  #reject(session: Session, command: Command | undefined, error: ReplyError): void {
    if (session.queue !== undefined && command?.name !== 'exec') session.queueBroken = true;
    if (command !== undefined) this.stats.of(command).rejected++;
    if (command?.name === 'exec') {
      session.discard();
      this.stats.error(error.message);
      session.error(`EXECABORT Transaction discarded because of: ${error.message.replace(/^ERR /, '')}`);
      return;
    }
    this.stats.error(error.message);
    session.error(error.message);
  }

  /** CLIENT PAUSE: the session waits, and its command is carried out afterwards. */
  #held(session: Session, command: Command, args: string[]): boolean {
    const { pause } = this;
    if (pause === undefined || session.connection === undefined || command.name === 'client|unpause') return false;
    const writes =
      command.write ||
      command.flags.has('may_replicate') ||
      ['publish', 'spublish', 'pfcount', 'eval', 'evalsha', 'fcall'].includes(command.name) ||
      (command.name === 'exec' && session.queue?.some((queued) => queued.command.write));
    if (pause.writesOnly && !writes) return false;
    const retry = (): void => {
      session.blocked = undefined;
      this.execute(session, args);
      session.connection?.resume();
    };
    const cancelTimer = this.clock.after(Math.max(0, pause.until - this.now), retry);
    session.blocked = { kind: 'pause', db: session.db, keys: [], serve: () => false, timeout: retry, cancelTimer };
    this.stats.blocked++;
    return true;
  }

  /** Lets held commands go on. */
  unpause(): void {
    this.pause?.cancel();
    this.pause = undefined;
    for (const session of this.sessions.values()) {
      const { blocked } = session;
      if (blocked?.kind !== 'pause') continue;
      blocked.cancelTimer?.();
      this.stats.blocked--;
      blocked.timeout();
    }
  }

  /** Carries a command out, whoever asks: a client, EXEC, a script. A ReplyError becomes an error reply. */
  call(session: Session, command: Command, args: string[]): void {
    const stats = this.stats.of(command);
    const started = this.clock.now();
    this.stats.commands++;
    stats.calls++;
    this.#depth++;
    if (this.monitors.size > 0 && !command.flags.has('skip_monitor') && !command.flags.has('admin'))
      this.#monitor(session, args);
    try {
      command.run!(session, args);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      stats.failed++;
      this.stats.error(error.message);
      session.error(error.message);
    } finally {
      this.#depth--;
    }
    const microseconds = Math.round((this.clock.now() - started) * 1000);
    stats.microseconds += microseconds;
    const bucket = microseconds <= 1 ? 0 : 32 - Math.clz32(microseconds - 1);
    stats.histogram[bucket] = (stats.histogram[bucket] ?? 0) + 1;
    const { slowlogLogSlowerThan: slower, slowlogMaxLen } = this.settings;
    if (
      slower >= 0 &&
      microseconds >= slower &&
      !command.flags.has('skip_slowlog') &&
      session.connection !== undefined
    ) {
      const { connection, name } = session;
      this.stats.slow(args, microseconds, this.now, { address: connection.address, name }, slowlogMaxLen);
    }
  }

  #monitor(session: Session, args: readonly string[]): void {
    const line = monitorLine(this.now, session, args);
    for (const monitor of this.monitors) {
      if (monitor === session) continue;
      monitor.out.simple(line);
      monitor.connection?.markDirty();
    }
  }

  /** A keyspace event, if CONFIG asked for its kind. */
  notify(kind: string, event: string, db: Database, key: string): void {
    const flags = this.settings.notifyKeyspaceEvents;
    if (flags === '') return;
    if (!flags.includes(kind) && !(flags.includes('A') && kind !== 'm' && kind !== 'n')) return;
    if (flags.includes('K')) this.channels.publish(`__keyspace@${db.index}__:${key}`, event);
    if (flags.includes('E')) this.channels.publish(`__keyevent@${db.index}__:${event}`, key);
  }

  /** A key got a time to live. */
  expiresSoon(db: Database, key: string, value: Value): void {
    let live = 0;
    for (const database of this.databases) live += database.expiring;
    this.#expiry.add(db, key, value, live);
    this.#arm();
  }

  #arm(): void {
    const next = this.#expiry.next;
    if (next === undefined || next >= this.#timerAt || this.#closed) return;
    this.#cancelTimer?.();
    this.#timerAt = next;
    const delay = Math.min(MAX_TIMER_MS, Math.max(0, next + 1 - this.clock.wall()));
    this.#cancelTimer = this.clock.after(delay, () => this.#expireDue());
  }

  #expireDue(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.now = this.clock.wall();
    for (const { db, key } of this.#expiry.takeDue(this.now, EXPIRE_BATCH)) db.expire(key);
    if (this.blocking.hasReady) this.blocking.serve();
    this.#arm();
  }

  /**
   * Flushes a connection at the end of this turn of the event loop, or together with some others before, so that
   * clients already work on their replies while the rest is served.
   */
  flushLater(connection: Connection): void {
    this.#toFlush.push(connection);
    if (this.#toFlush.length >= FLUSH_BATCH) this.#flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const connections = this.#toFlush;
    this.#toFlush = [];
    for (const connection of connections) connection.flush();
  }
}

function unknownCommand(engine: Engine, command: Command | undefined, args: readonly string[]): ReplyError {
  if (command !== undefined) return wrongArity(command.name);
  const container = engine.commands.get(args[0]!.toLowerCase());
  if (container !== undefined) {
    return new ReplyError(
      `ERR unknown subcommand '${args[1]!.slice(0, 128)}'. Try ${container.name.toUpperCase()} HELP.`,
    );
  }
  let shown = '';
  for (const arg of args.slice(1)) {
    if (shown.length >= 128) break;
    shown += `'${arg.slice(0, 128 - shown.length)}' `;
  }
  return new ReplyError(`ERR unknown command '${args[0]!.slice(0, 128)}', with args beginning with: ${shown}`);
}
