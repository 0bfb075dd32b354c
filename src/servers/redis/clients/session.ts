/** One client's state, without its transport. Scripts run commands on a session of their own. */
import { type RespVersion, RespWriter } from '../../../protocols/resp/index.ts';
import type { Command } from '../dispatch/command.ts';
import type { Engine } from '../dispatch/engine.ts';
import type { Database } from '../keyspace/database.ts';
import type { Connection } from './connection.ts';

/** A command that waits for EXEC. */
export interface Queued {
  readonly command: Command;
  readonly args: string[];
}

/** What a blocked session waits for. */
export interface Blocked {
  readonly kind: 'list' | 'zset' | 'stream' | 'pause' | 'script';
  readonly db: Database;
  readonly keys: readonly string[];
  /** Tries to serve it from a key; true when it has been answered. */
  readonly serve: (key: string) => boolean;
  /** Writes what a timeout answers. */
  readonly timeout: () => void;
  readonly cancelTimer: (() => void) | undefined;
}

export class Session {
  readonly engine: Engine;
  readonly id: number;
  /** Undefined for a session without a transport, such as a script's. */
  readonly connection: Connection | undefined;
  db: Database;
  out = new RespWriter();
  name = '';
  authenticated = true;
  readonly createdAt: number;
  lastUsedAt: number;
  lastCommand: Command | undefined;

  /** Commands since MULTI; undefined outside of a transaction. */
  queue: Queued[] | undefined;
  /** Whether a command could not be queued, so that EXEC must refuse. */
  queueBroken = false;
  /** True while EXEC runs its commands, and in scripts: nothing may block then. */
  mayNotBlock = false;
  readonly watched: { db: Database; key: string; wasExpired: boolean }[] = [];
  /** Whether a watched key was changed. */
  watchBroken = false;

  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly shards = new Set<string>();
  monitoring = false;
  noEvict = false;
  replies: 'on' | 'off' | 'skip' = 'on';
  blocked: Blocked | undefined;
  /** Set to close the connection once what was written is on its way. */
  closing = false;

  constructor(engine: Engine, id: number, connection?: Connection) {
    this.engine = engine;
    this.id = id;
    this.connection = connection;
    this.db = engine.databases[0]!;
    this.createdAt = engine.clock.wall();
    this.lastUsedAt = this.createdAt;
  }

  get version(): RespVersion {
    return this.out.version;
  }

  /** How many channels and patterns it is subscribed to. */
  get subscriptions(): number {
    return this.channels.size + this.patterns.size;
  }

  get subscribed(): boolean {
    return this.channels.size + this.patterns.size + this.shards.size > 0;
  }

  /** Forgets what it watched. */
  unwatch(): void {
    for (const { db, key } of this.watched) db.unwatch(key, this);
    this.watched.length = 0;
    this.watchBroken = false;
  }

  /** Leaves a transaction without carrying it out. */
  discard(): void {
    this.queue = undefined;
    this.queueBroken = false;
    this.unwatch();
  }

  ok(): void {
    this.out.ascii('+OK\r\n');
  }

  /** An error reply; `text` holds one byte per character. */
  error(text: string): void {
    this.out.error(Buffer.from(text, 'latin1'));
  }

  /** A status reply; `text` holds one byte per character. */
  simple(text: string): void {
    this.out.simple(Buffer.from(text, 'latin1'));
  }

  bulk(text: string | undefined): void {
    if (text === undefined) this.out.null();
    else this.out.latin1(text);
  }

  /** An array of bulk strings. */
  bulks(texts: readonly string[]): void {
    this.out.array(texts.length);
    for (const text of texts) this.out.latin1(text);
  }
}
