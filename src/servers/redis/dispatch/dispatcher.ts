/** The way from what a client sent to its reply: check, queue in a transaction, hold while paused, call. */
import { wallMicros } from '../../../core/time/clock.ts';
import type { Executor } from '../clients/connection.ts';
import type { Session } from '../clients/session.ts';
import { OOM, ReplyError, wrongArity } from '../errors.ts';
import { fits } from './args.ts';
import type { Command, Server } from './command.ts';

/** Redis tells so much of a command that it does not know. */
const TOLD_CHARS = 128;

/** Keys live by milliseconds: within less than one the clock need not be read again, which takes a tenth of a command. */
const SAME_TIME_MS = 1;

/** What an argument of a queued command takes beside its text. A round estimate. */
const QUEUED_BYTES = 32;

/** What ends a transaction, and so needs no memory for it. */
const ENDS_QUEUE: ReadonlySet<string> = new Set(['exec', 'discard', 'quit', 'reset']);

export class Dispatcher implements Executor {
  readonly #server: Server;
  /** Commands as most clients write them, in upper or in lower case. */
  readonly #byName = new Map<string, Command>();
  /** How many commands are running, one inside the other. */
  #depth = 0;
  lastAt = 0;
  /** When the time by which keys live was last told. */
  #toldAt = 0;

  constructor(server: Server) {
    this.#server = server;
    for (const [name, command] of server.commands) this.#byName.set(name, command).set(name.toUpperCase(), command);
  }

  lookup(args: readonly string[]): Command | undefined {
    const name = args[0] ?? '';
    const command = this.#byName.get(name) ?? this.#byName.get(name.toLowerCase());
    if (command?.subcommands === undefined || args.length === 1) return command;
    return command.subcommands.get((args[1] ?? '').toLowerCase());
  }

  begin(): void {
    this.lastAt = this.#server.clock.now();
    this.#tick();
  }

  #tick(): void {
    this.#server.keyspace.tick();
    this.#toldAt = this.lastAt;
  }

  /** Carries out what a client sent. The reply, or none, is in `session.out` afterwards. */
  execute(session: Session, args: string[]): void {
    const { keyspace } = this.#server;
    if (this.lastAt - this.#toldAt >= SAME_TIME_MS) this.#tick();
    keyspace.next();
    session.lastUsedAt = keyspace.now;
    keyspace.witness?.read(session, args);
    session.commandBegins();
    this.#check(session, args);
    session.commandEnds();
    if (session.blocked === undefined) session.commandDone();
    // What a script wrote that takes its time is nobody else's yet.
    if (this.#server.busy === undefined) keyspace.settle();
  }

  /** What must hold before a command is carried out or queued. */
  #check(session: Session, args: string[]): void {
    const command = this.lookup(args);
    if (command === undefined && isHttp(args)) {
      session.connection?.kill();
      return;
    }
    if (
      command === undefined ||
      !fits(command.arity, args.length) ||
      (command.run === undefined && args.length === 1)
    ) {
      this.#reject(session, command, command === undefined ? this.#unknown(args) : wrongArity(command.name));
      return;
    }
    session.lastCommand = command.name;
    const refusal = this.#refusal(session, command);
    if (refusal !== undefined) {
      this.#reject(session, command, refusal);
      return;
    }
    if (this.#server.pause.active && this.#hold(session, command, args)) return;
    if (session.queue !== undefined && !command.unqueued) {
      const { aboutKeys, denyOom } = command;
      const mayChange = this.#mayChange(session, command, args);
      session.queue.push({ aboutKeys, mayChange, denyOom, run: () => this.call(session, command, args) });
      for (const arg of args) session.queuedBytes += arg.length + QUEUED_BYTES;
      session.out.ascii('+QUEUED\r\n');
      return;
    }
    this.call(session, command, args, this.lastAt);
  }

  /** Whether a command reads or may change keys: a client that monitors can't send it. */
  #isAboutKeys(session: Session, { aboutKeys, runsQueue }: Command): boolean {
    return aboutKeys || (runsQueue && (session.queue?.some((queued) => queued.aboutKeys) ?? false));
  }

  /** Whether a command may change keys, or reach other servers: whether it waits where clients that write are paused. */
  #mayChange(session: Session, command: Command, args: readonly string[]): boolean {
    if (command.write) return true;
    if (command.mayReplicate) return command.onlyReads?.(this.#server, args) !== true;
    return command.runsQueue && (session.queue?.some(({ mayChange }) => mayChange) ?? false);
  }

  #needsMemory({ queue }: Session, { name, denyOom, runsQueue }: Command): boolean {
    if (denyOom || (runsQueue && queue?.some((queued) => queued.denyOom))) return true;
    return queue !== undefined && this.#server.traits.queuesNothingWithoutMemory && !ENDS_QUEUE.has(name);
  }

  #refusal(session: Session, command: Command): ReplyError | undefined {
    const { settings, busy } = this.#server;
    if (!session.authenticated && !command.flags.has('no_auth'))
      return new ReplyError('NOAUTH Authentication required.');
    if (busy !== undefined && !command.flags.has('allow_busy')) return busy;
    if (session.version === 2 && session.subscribed && !command.whileSubscribed) {
      return new ReplyError(
        `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      );
    }
    if (settings.maxmemory > 0 && this.#depth === 0 && !this.#server.keyspace.makeRoom()) {
      if (this.#needsMemory(session, command)) return OOM;
    }
    if (session.monitoring && this.#isAboutKeys(session, command)) {
      return new ReplyError("ERR Replica can't interact with the keyspace");
    }
    if (session.queue !== undefined && command.flags.has('no_multi')) {
      return new ReplyError('ERR Command not allowed inside a transaction');
    }
    return undefined;
  }

  #reject(session: Session, command: Command | undefined, error: ReplyError): void {
    const { stats } = this.#server;
    if (command !== undefined) stats.of(command).rejected++;
    stats.error(error.message);
    if (command?.runsQueue) {
      session.discard();
      session.error(`EXECABORT Transaction discarded because of: ${error.message.replace(/^ERR /, '')}`);
      return;
    }
    if (session.queue !== undefined) session.queueBroken = true;
    session.error(error.message);
  }

  /** Lets the session wait while clients are paused; its command is carried out afterwards. */
  #hold(session: Session, command: Command, args: string[]): boolean {
    if (session.connection === undefined || command.unpaused) return false;
    if (!this.#server.pause.holds(this.#mayChange(session, command, args))) return false;
    const retry = (): void => {
      this.begin();
      this.execute(session, args);
      session.connection?.resume();
    };
    this.#server.keyspace.blocking.hold(session, { kind: 'pause', retry });
    return true;
  }

  /** @param started when it began: of commands that follow each other, when the one before it ended */
  call(session: Session, command: Command, args: readonly string[], started = this.#server.clock.now()): void {
    const { stats, clock, clients, keyspace } = this.#server;
    keyspace.access.isPaused = session.noTouch && command.name !== 'touch';
    const calls = stats.of(command);
    stats.commands++;
    calls.calls++;
    this.#depth++;
    keyspace.witness?.called(session, args);
    try {
      command.run?.(session, args, this.#server);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      calls.failed++;
      stats.error(error.message);
      session.error(error.message);
    } finally {
      this.#depth--;
    }
    if (clients.monitors.size > 0 && !command.flags.has('skip_monitor') && !command.flags.has('admin')) {
      clients.monitors.show(wallMicros(clock), session, args);
    }
    this.lastAt = clock.now();
    const microseconds = Math.round((this.lastAt - started) * 1000);
    calls.took(microseconds);
    const limit = this.#server.settings.slowlogLogSlowerThan;
    if (
      limit >= 0 &&
      microseconds >= limit &&
      !command.flags.has('skip_slowlog') &&
      !command.flags.has('skip_commandlog')
    ) {
      this.#logSlow(session, args, microseconds);
    }
  }

  #logSlow({ connection, name }: Session, args: readonly string[], microseconds: number): void {
    if (connection === undefined) return;
    const { settings, stats, keyspace } = this.#server;
    stats.slow(args, microseconds, keyspace.now, { address: connection.address, name }, settings.slowlogMaxLen);
  }

  #unknown(args: readonly string[]): ReplyError {
    const [name = '', ...others] = args;
    const container = this.#server.commands.get(name.toLowerCase());
    if (container !== undefined) {
      return new ReplyError(
        `ERR unknown subcommand '${others[0]?.slice(0, TOLD_CHARS)}'. Try ${container.name.toUpperCase()} HELP.`,
      );
    }
    let shown = '';
    for (const arg of others) {
      if (shown.length >= TOLD_CHARS) break;
      shown += `'${arg.slice(0, TOLD_CHARS - shown.length)}' `;
    }
    return new ReplyError(`ERR unknown command '${name.slice(0, TOLD_CHARS)}', with args beginning with: ${shown}`);
  }
}

/**
 * A page in a browser can have a request sent to a Redis on the same machine, with commands in its body; Redis closes the
 * connection at the first line that only HTTP has, without an answer.
 */
function isHttp([name = '']: readonly string[]): boolean {
  return (name.length === 4 || name.length === 5) && /^(?:post|host:)$/i.test(name);
}
