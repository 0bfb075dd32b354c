/** All keys: the databases, what they take in memory, and the time by which they live. */
import { type Clock, wallMicros } from '../../../core/time/clock.ts';
import type { RedisTraits } from '../differences.ts';
import type { Value } from '../values/value.ts';
import { Access } from './access.ts';
import { Blocking } from './blocking.ts';
import { Database, type DatabaseHost } from './database.ts';
import { Eviction } from './eviction.ts';
import { Expiry } from './expiry.ts';
import { type EventKind, isWanted, messagesOf } from './notifications.ts';
import type { KeyspaceSettings } from './settings.ts';
import { KeyspaceStats } from './stats.ts';
import type { Witness } from './witness.ts';

const DATABASES = 16;
/** What an empty server is said to use, so that INFO and maxmemory behave as people expect. */
const BASE_MEMORY = 1_000_000;

/** What the keyspace needs of the server that it is in. */
/** A program that asks for the time this much after it began is told when it began. */
const LATER_MICROS = 2_000;

export interface KeyspaceOptions {
  readonly clock: Clock;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly settings: KeyspaceSettings;
  readonly traits: RedisTraits;
  /** Delivers a keyspace event to whoever subscribed to it. */
  readonly publish: (channel: string, message: string) => void;
}

export class Keyspace implements DatabaseHost {
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: KeyspaceSettings;
  readonly traits: RedisTraits;
  readonly stats = new KeyspaceStats();
  readonly access = new Access(this);
  readonly blocking: Blocking;
  readonly databases: readonly [Database, ...Database[]];
  /** Unix milliseconds, the same throughout a command: what is over by then is found no more. */
  now: number;
  /** The microseconds that TIME has told in this command. */
  #micros: number | undefined;
  /** Roughly what all keys take, in bytes. */
  memory = 0;
  /** For tests only. */
  witness: Witness | undefined;
  /** Changes of keys since the start. */
  dirty = 0;
  #isFrozen = false;
  readonly #publish: KeyspaceOptions['publish'];
  readonly #eviction = new Eviction(this);
  readonly expiry: Expiry;

  constructor({ clock, random, settings, traits, publish }: KeyspaceOptions) {
    this.clock = clock;
    this.random = random;
    this.settings = settings;
    this.traits = traits;
    this.#publish = publish;
    this.now = clock.wall();
    this.blocking = new Blocking(clock);
    this.expiry = new Expiry(clock, () => this.#expireDue());
    this.databases = [
      new Database(this, 0),
      ...Array.from({ length: DATABASES - 1 }, (_, i) => new Database(this, i + 1)),
    ];
  }

  /** In bytes. */
  get usedMemory(): number {
    return BASE_MEMORY + this.memory;
  }

  /** How many keys there are. */
  get size(): number {
    return this.databases.reduce((size, db) => size + db.size, 0);
  }

  /** How many keys expire. */
  get expiring(): number {
    return this.databases.reduce((expiring, db) => expiring + db.expiring, 0);
  }

  /** Lets time go on, to be called before a command. */
  tick(): void {
    if (!this.#isFrozen) this.now = this.clock.wall();
  }

  /** Unix milliseconds, from which times to live and idle times are counted. */
  get time(): number {
    return this.traits.timeStandsStill ? this.now : this.clock.wall();
  }

  /** Unix microseconds. */
  get micros(): number {
    const micros = wallMicros(this.clock);
    if (!this.traits.timeStandsStill) return micros;
    const isLater = micros - this.now * 1000 >= LATER_MICROS;
    this.#micros ??= isLater ? this.now * 1000 + 999 : micros;
    return this.#micros;
  }

  /** The next command is about to be carried out: one that a client sent, not a script. */
  next(): void {
    if (!this.#isFrozen) this.#micros = undefined;
  }

  /** For a program that goes on between commands of others, time stands still: no key expires in its midst. */
  freeze(): void {
    this.#isFrozen = true;
    this.expiry.hold();
  }

  thaw(): void {
    this.#isFrozen = false;
    this.tick();
    this.expiry.release();
  }

  /** Serves those who wait for keys that are ready, to be called after a command. */
  settle(): void {
    if (this.blocking.hasReady) this.blocking.serve();
  }

  /** Evicts keys until memory is below maxmemory, unless they are to stay now; false where the policy has nothing left to evict. */
  makeRoom(): boolean {
    return this.expiryPaused || this.#eviction.makeRoom();
  }

  notify(kind: EventKind, event: string, database: number, key: string): void {
    const { notifyKeyspaceEvents: letters } = this.settings;
    if (!isWanted(letters, kind)) return;
    for (const { channel, message } of messagesOf(letters, event, database, key)) this.#publish(channel, message);
  }

  expires(db: Database, key: string, value: Value, at: number): void {
    this.expiry.add({ db, key, value, at });
  }

  ready(db: Database, key: string): void {
    this.blocking.ready(db, key);
  }

  /** Whether no key goes by itself now. */
  get expiryPaused(): boolean {
    return this.expiry.paused;
  }

  /** Stops the clock of expiring keys. */
  close(): void {
    this.expiry.close();
  }

  #expireDue(): void {
    this.tick();
    this.expiry.expireDue(this.now);
    this.settle();
  }
}
