/** One client's transport: any duplex. Reads commands, hands them on, writes what was answered. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, ProtocolError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/time/clock.ts';
import { TextCommandReader, TooMuchWritten } from '../../../protocols/resp/index.ts';
import { contained, tellFault } from '../../contain.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Flushable } from './output.ts';
import { Session, type Transport } from './session.ts';
import type { ClientSettings } from './settings.ts';
import type { ClientStats } from './stats.ts';

/** A blocked client may send so much ahead; then its socket waits. */
const MAX_AHEAD_BYTES = 1024 * 1024;

/** Limits of a client that has not authenticated, as in Redis. */
const STRANGER = { maxArgs: 10, maxBulkBytes: 16384 };

/** How long a client's commands are carried out before others get their turn. */
const SLICE_MS = 5;
/** Replies that wait are handed to the socket when they are so many. */
const FLUSH_BYTES = 1024 * 1024;

/** Carries out what a client sent, and leaves the reply in its `out`. */
export interface Executor {
  /** When the last command ended, or `begin` was called, by the clock. */
  readonly lastAt: number;
  /** Looks at the clock: commands follow, one right after the other. */
  begin(): void;
  execute(session: Session, args: string[]): void;
}

/** What a connection needs of the server that it leads to. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly keyspace: Keyspace;
  readonly settings: ClientSettings;
  readonly stats: ClientStats;
  readonly executor: Executor;
  /** Lets a connection flush what was written, soon. */
  flushLater(connection: Flushable): void;
  /** What a connection holds has changed, by so many bytes. */
  account(bytes: number): void;
  /** A session has no transport any more. */
  left(session: Session): void;
}

export class Connection implements Transport, Flushable {
  readonly session: Session;
  readonly address: string;
  readonly localAddress: string;
  readonly #host: ConnectionHost;
  readonly #duplex: Duplex;
  readonly #reader = new TextCommandReader();
  #closed = false;
  /** True while commands are taken from the reader: what they write is flushed once, at the end. */
  #draining = false;
  #dirty = false;
  /** Something was written after its client said QUIT, or has to go: only then Redis closes the connection. */
  #saidLast = false;
  #cancelSoft: (() => void) | undefined;
  /** Whether it waits for its next turn. */
  #yielded = false;
  #accounted = 0;

  constructor(host: ConnectionHost, id: number, duplex: Duplex) {
    this.#host = host;
    this.#duplex = duplex;
    const socket = duplex as Partial<Socket>;
    this.address = endpoint(socket.remoteAddress, socket.remotePort);
    this.localAddress = endpoint(socket.localAddress, socket.localPort);
    this.session = new Session(host.keyspace, id, this);
    socket.setNoDelay?.(true);
    const close = contained(
      () => this.close(),
      (error) => this.fail(error),
    );
    duplex.on('data', (chunk: Buffer) => this.#received(chunk));
    duplex.on('end', close);
    duplex.on('error', close);
    duplex.on('close', close);
  }

  get inputBytes(): number {
    return this.#reader.unread;
  }

  /** All that is held for this client, in bytes: what it sent, what it queued, and what it has not read. */
  get heldBytes(): number {
    return this.#queryBytes + this.outputBytes;
  }

  get #queryBytes(): number {
    return this.#reader.heldBytes + this.session.queuedBytes;
  }

  get outputBytes(): number {
    return this.session.wire.sizeBytes + this.#duplex.writableLength;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Takes a chunk, which holds only until this returns. */
  #received(chunk: Buffer): void {
    if (this.#closed || this.session.closing) return;
    this.#host.stats.inputBytes += chunk.length;
    const reader = this.#reader;
    reader.push(chunk);
    if (this.session.blocked === undefined && !this.#yielded) this.#drain();
    else if (reader.unread > MAX_AHEAD_BYTES) this.#duplex.pause();
    reader.detach();
    if (this.#queryBytes > this.#host.settings.clientQueryBufferLimit) this.kill();
    this.#account();
  }

  /** Tells how much more, or less, is held now. */
  #account(): void {
    const held = this.#closed ? 0 : this.heldBytes;
    const change = held - this.#accounted;
    this.#accounted = held;
    if (change !== 0) this.#host.account(change);
  }

  /** A fault of ours costs one connection, and not the process with everybody else's work. */
  fail(error: unknown): void {
    tellFault('The embedded Redis ends a connection over an error', error);
    const { session } = this;
    try {
      this.#host.keyspace.blocking.forget(session);
      session.error(`ERR internal error: ${messageOf(error)}`);
      session.closing = true;
      this.#saidLast = true;
      this.markDirty();
    } catch {
      this.#duplex.destroy();
    }
  }

  resume(): void {
    this.markDirty();
    if (this.#reader.unread > 0) setImmediate(() => this.#goOn());
  }

  #goOn(): void {
    this.#yielded = false;
    if (this.#closed || this.session.blocked !== undefined) return;
    this.#duplex.resume();
    this.#drain();
    this.#account();
  }

  /** Lets others have their turn before it goes on with what this client sent. */
  #yield(): void {
    this.#yielded = true;
    this.#duplex.pause();
    setImmediate(() => this.#goOn());
  }

  #drain(): void {
    const { session } = this;
    const { executor } = this.#host;
    const reader = this.#reader;
    executor.begin();
    const until = executor.lastAt + SLICE_MS;
    this.#draining = true;
    try {
      while (session.blocked === undefined && !session.closing && !this.#closed) {
        const strange = !session.authenticated;
        reader.maxArgs = strange ? STRANGER.maxArgs : 2 ** 31 - 1;
        reader.maxBulkBytes = strange ? STRANGER.maxBulkBytes : this.#host.settings.protoMaxBulkLen;
        const args = reader.next();
        if (args === undefined) break;
        executor.execute(session, args);
        if (session.wire.sizeBytes > FLUSH_BYTES) this.#write();
        if (executor.lastAt > until && reader.unread > 0) {
          this.#yield();
          break;
        }
      }
    } catch (error) {
      if (error instanceof ProtocolError) {
        session.error(`ERR ${error.message}`);
        session.closing = true;
      } else if (error instanceof TooMuchWritten) this.kill();
      else this.fail(error);
    } finally {
      this.#draining = false;
    }
    if (session.wire.sizeBytes > 0 || session.closing) this.markDirty();
  }

  markDirty(): void {
    if (!this.#draining && !this.#closed && this.session.wire.sizeBytes > FLUSH_BYTES) this.#limitOutput();
    if (this.#dirty || this.#draining || this.#closed) return;
    this.#dirty = true;
    this.#host.flushLater(this);
  }

  flush(): void {
    this.#dirty = false;
    if (this.#closed) return;
    try {
      this.#write();
    } catch (error) {
      tellFault('The embedded Redis ends a connection over an error', error);
      this.kill();
    }
    this.#account();
  }

  #write(): void {
    const { session } = this;
    const { sizeBytes } = session.wire;
    if (sizeBytes > 0) {
      this.#saidLast = session.closing;
      this.#host.stats.outputBytes += sizeBytes;
      const duplex = this.#duplex;
      const text = session.wire.takeText();
      if (text !== undefined) duplex.write(text, 'latin1');
      else {
        const parts = session.wire.take();
        if (parts.length > 1) duplex.cork();
        for (const part of parts) duplex.write(part);
        if (parts.length > 1) duplex.uncork();
      }
      if (duplex.writableLength > 0) this.#limitOutput();
    }
    if (this.#saidLast && !this.#draining) this.#end();
  }

  /** Closes the connection of a client that reads too slowly, as client-output-buffer-limit says. */
  #limitOutput(): void {
    const limits = this.#host.settings.outputLimits;
    const limit = this.session.subscribed ? limits.pubsub : limits.normal;
    const pending = this.outputBytes;
    if (limit.hardBytes > 0 && pending > limit.hardBytes) {
      this.kill();
      return;
    }
    if (limit.softBytes === 0 || pending <= limit.softBytes) {
      this.#cancelSoft?.();
      this.#cancelSoft = undefined;
    } else {
      this.#cancelSoft ??= this.#host.clock.after(limit.softSeconds * 1000, () => {
        this.#cancelSoft = undefined;
        if (this.outputBytes > limit.softBytes) this.kill();
      });
    }
  }

  /** Lets what was written leave, then closes. */
  #end(): void {
    this.#duplex.end();
    this.close();
  }

  kill(): void {
    this.#duplex.destroy();
    this.close();
  }

  /** The client is gone, or has to go: forgets everything about it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelSoft?.();
    this.#account();
    this.#host.left(this.session);
    if (!this.#duplex.destroyed && !this.#duplex.writableEnded) this.#duplex.end();
    // A peer that neither reads nor closes must not hold the socket for ever.
    this.#host.clock.after(1000, () => this.#duplex.destroy());
  }
}

function endpoint(address: string | undefined, port: number | undefined): string {
  if (address === undefined || port === undefined) return '127.0.0.1:0';
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
