/** One client's state, without its transport. Scripts run commands on a session of their own. */
import { type RespVersion, RespWriter } from '../../../protocols/resp/index.ts';
import type { RedisTraits } from '../differences.ts';
import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Blocked, Waiter, Watcher } from '../keyspace/waiter.ts';
import { doubleFormat } from '../numbers.ts';

/** A command that waits for EXEC: whoever queued it knows what it is. */
export interface Queued {
  /** Reads or may change keys. */
  readonly aboutKeys: boolean;
  /** May change keys, or reach other servers. */
  readonly mayChange: boolean;
  readonly denyOom: boolean;
  run(): void;
}

/** What a session needs of its connection. */
export interface Transport {
  /** The client's address and port. */
  readonly address: string;
  readonly localAddress: string;
  /** Bytes that were received but not carried out yet. */
  readonly inputBytes: number;
  /** Bytes that the client has not taken yet. */
  readonly outputBytes: number;
  /** All that is held for the client, in bytes. */
  readonly heldBytes: number;
  /** Something was written to the session by somebody else: it goes out soon. */
  markDirty(): void;
  /** Goes on after the session was blocked. */
  resume(): void;
  /** Closes at once. */
  kill(): void;
  /** Closes because of an error that nobody foresaw. */
  fail(error: unknown): void;
}

export class Session implements Waiter, Watcher {
  readonly keyspace: Keyspace;
  readonly id: number;
  /** Undefined for a session without a transport, such as a script's. */
  readonly connection: Transport | undefined;
  db: Database;
  /** All that the client gets: replies, and what comes unasked, which CLIENT REPLY does not hold back. */
  readonly wire = new RespWriter();
  /** Where replies go: to the client, or nowhere while it wants none. */
  out = this.wire;
  name = '';
  authenticated = true;
  /** Unix milliseconds. */
  readonly createdAt: number;
  lastUsedAt: number;
  /** The name of the last command. */
  lastCommand: string | undefined;

  /** Commands since MULTI; undefined outside of a transaction. */
  queue: Queued[] | undefined;
  /** What those commands take, in bytes. */
  queuedBytes = 0;
  /** Whether a command could not be queued, so that EXEC must refuse. */
  queueBroken = false;
  /** True while EXEC runs its commands, and in scripts: nothing may block then. */
  mayNotBlock = false;
  readonly watched: { db: Database; key: string; wasExpired: boolean }[] = [];
  watchBroken = false;

  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly shards = new Set<string>();
  monitoring = false;
  noEvict = false;
  noTouch = false;
  /** CLIENT REPLY: which commands get a reply. */
  #replies: 'on' | 'off' | 'skip' = 'on';
  #skipsNext = false;
  /** What it is told while its command is carried out; undefined at any other time. */
  #pushes: (readonly string[])[] | undefined;
  blocked: Blocked | undefined;
  /** What is left of its transaction, where a script of that one runs for long. */
  rest: (() => void) | undefined;
  /** Set to close the connection once what was written is on its way. */
  closing = false;

  constructor(keyspace: Keyspace, id: number, connection?: Transport) {
    this.keyspace = keyspace;
    this.id = id;
    this.connection = connection;
    this.db = keyspace.databases[0];
    this.createdAt = keyspace.clock.wall();
    this.lastUsedAt = this.createdAt;
  }

  get version(): RespVersion {
    return this.wire.version;
  }

  set version(version: RespVersion) {
    this.wire.version = version;
    this.out.version = version;
  }

  /** CLIENT REPLY: replies from now on, this command's among them; `skip` is about the next command only. */
  reply(mode: 'on' | 'off' | 'skip'): void {
    if (mode === 'skip') {
      this.#skipsNext ||= this.#replies !== 'off';
      return;
    }
    this.#replies = mode;
    this.#leadReplies();
  }

  /** Forgets what was asked of replies, but for the reply of the command that is carried out. */
  resetReplies(): void {
    if (this.#replies === 'off') this.reply('on');
    this.#skipsNext = false;
  }

  /** A command has had its reply. */
  commandDone(): void {
    if (this.#replies === 'on' && !this.#skipsNext) return;
    if (this.#replies !== 'off') this.#replies = this.#skipsNext ? 'skip' : 'on';
    this.#skipsNext = false;
    this.#leadReplies();
  }

  /** Whether it wants no replies now. */
  get silent(): boolean {
    return this.out !== this.wire;
  }

  #leadReplies(): void {
    if (this.#replies === 'on') this.out = this.wire;
    else if (this.out === this.wire) this.out = new RespWriter(this.version);
    else this.out.take();
  }

  /** What the server tells the client unasked. */
  push(items: readonly string[]): void {
    if (this.#pushes && this.traits.pushesLast) return void this.#pushes.push(items);
    this.wire.push(items.length);
    for (const item of items) this.wire.latin1(item);
    this.connection?.markDirty();
  }

  /** Its command is carried out: what that brings about is told behind its reply. */
  commandBegins(): void {
    this.#pushes ??= [];
  }

  /** The reply is written, as far as there is one by now. */
  commandEnds(): void {
    const pushes = this.#pushes ?? [];
    this.#pushes = undefined;
    for (const items of pushes) this.push(items);
  }

  /** How many channels and patterns it is subscribed to. */
  get subscriptions(): number {
    return this.channels.size + this.patterns.size;
  }

  get subscribed(): boolean {
    return this.channels.size + this.patterns.size + this.shards.size > 0;
  }

  resume(): void {
    this.commandDone();
    this.connection?.resume();
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
    this.queuedBytes = 0;
    this.queueBroken = false;
    this.unwatch();
  }

  ok(): void {
    this.out.ascii('+OK\r\n');
  }

  get traits(): RedisTraits {
    return this.keyspace.traits;
  }

  /** A double, such as a score. */
  double(value: number): void {
    this.out.double(this.score(value));
  }

  /** A double as replies write it. */
  score(value: number): string {
    return doubleFormat(this.traits)(value);
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
