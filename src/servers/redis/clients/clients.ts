/** Who is connected: accepts clients, and forgets everything about those who leave. */
import { totalmem } from 'node:os';
import type { Duplex } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../../core/time/clock.ts';
import { comesFromHere } from '../../loopback.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Channels } from './channels.ts';
import { Connection, type Executor } from './connection.ts';
import { Monitors } from './monitor.ts';
import { type Flushable, Output } from './output.ts';
import type { Session } from './session.ts';
import type { ClientSettings } from './settings.ts';
import { ClientStats } from './stats.ts';

/** What Redis tells a client from elsewhere while it has no password; what can't be done here is left out. */
const DENIED =
  'DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers, set a password with --password.';

/** A client that is turned away may take so long to read why. */
const FAREWELL_MS = 1000;

/** What clients may hold all together before the process runs out of memory, in bytes: what they send is on the heap. */
const PROCESS_MAX = Math.min(0.4 * totalmem(), 0.5 * getHeapStatistics().heap_size_limit);

/** What clients need of the server that they are connected to. */
export interface ClientsOptions {
  readonly clock: Clock;
  readonly keyspace: Keyspace;
  readonly channels: Channels;
  readonly settings: ClientSettings;
  readonly executor: Executor;
}

export class Clients {
  readonly clock: Clock;
  readonly keyspace: Keyspace;
  readonly settings: ClientSettings;
  readonly executor: Executor;
  readonly stats = new ClientStats();
  readonly channels: Channels;
  readonly monitors = new Monitors();
  /** By id, in the order in which they came. */
  readonly sessions = new Map<number, Session>();
  readonly #output = new Output();
  #nextId = 1;
  #heldBytes = 0;

  constructor({ clock, keyspace, channels, settings, executor }: ClientsOptions) {
    this.clock = clock;
    this.keyspace = keyspace;
    this.channels = channels;
    this.settings = settings;
    this.executor = executor;
  }

  /** Serves a client over any duplex. */
  accept(duplex: Duplex): void {
    const { maxclients, protectedMode, requirepass } = this.settings;
    if (this.sessions.size >= maxclients) {
      this.#turnAway(duplex, 'ERR max number of clients reached');
      return;
    }
    if (protectedMode && requirepass === '' && !comesFromHere(duplex)) {
      this.#turnAway(duplex, DENIED);
      return;
    }
    this.stats.connections++;
    const { session } = new Connection(this, this.#nextId++, duplex);
    session.wire.maxBytes = PROCESS_MAX;
    session.authenticated = this.settings.requirepass === '';
    this.sessions.set(session.id, session);
  }

  #turnAway(duplex: Duplex, why: string): void {
    this.stats.rejectedConnections++;
    duplex.on('error', () => {});
    duplex.end(`-${why}\r\n`);
    this.clock.after(FAREWELL_MS, () => duplex.destroy());
  }

  /** What clients hold has changed. Whoever holds most has to go while all together hold too much. */
  account(bytes: number): void {
    this.#heldBytes += bytes;
    const { maxmemoryClients } = this.settings;
    if (maxmemoryClients > 0 && this.#heldBytes > maxmemoryClients) this.#evict(maxmemoryClients, true);
    if (this.#heldBytes > PROCESS_MAX) this.#evict(PROCESS_MAX, false);
  }

  #evict(max: number, sparing: boolean): void {
    // What was written leaves by and by without anybody saying so.
    const holders = [...this.sessions.values()]
      .map(({ connection, noEvict }) => ({ connection, noEvict, bytes: connection?.heldBytes ?? 0 }))
      .sort((a, b) => b.bytes - a.bytes);
    let held = holders.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { connection, noEvict, bytes } of holders) {
      if (held <= max) break;
      if (sparing && noEvict) continue;
      held -= bytes;
      this.stats.evictedClients++;
      connection?.kill();
    }
  }

  /** A session has no transport any more. */
  left(session: Session): void {
    this.sessions.delete(session.id);
    this.keyspace.blocking.forget(session);
    this.channels.forget(session);
    this.monitors.remove(session);
    session.discard();
  }

  flushLater(connection: Flushable): void {
    this.#output.flushLater(connection);
  }

  /** Closes every connection. */
  close(): void {
    for (const session of [...this.sessions.values()]) session.connection?.kill();
  }
}
