/** Who is connected: accepts clients, and forgets everything about those who leave. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Channels } from './channels.ts';
import { Connection, type Executor } from './connection.ts';
import { Monitors } from './monitor.ts';
import { type Flushable, Output } from './output.ts';
import type { Session } from './session.ts';
import type { ClientSettings } from './settings.ts';
import { ClientStats } from './stats.ts';

/** A client that is turned away may take so long to read why. */
const FAREWELL_MS = 1000;

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

  constructor({ clock, keyspace, channels, settings, executor }: ClientsOptions) {
    this.clock = clock;
    this.keyspace = keyspace;
    this.channels = channels;
    this.settings = settings;
    this.executor = executor;
  }

  /** Serves a client over any duplex. */
  accept(duplex: Duplex): void {
    if (this.sessions.size >= this.settings.maxclients) {
      this.stats.rejectedConnections++;
      duplex.on('error', () => {});
      duplex.end('-ERR max number of clients reached\r\n');
      this.clock.after(FAREWELL_MS, () => duplex.destroy());
      return;
    }
    this.stats.connections++;
    const { session } = new Connection(this, this.#nextId++, duplex);
    session.authenticated = this.settings.requirepass === '';
    this.sessions.set(session.id, session);
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
