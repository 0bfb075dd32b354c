/** The broker: its virtual hosts, its users and its memory. It opens no socket and knows no protocol. */
import type { Clock } from '../../../core/time/clock.ts';
import { type Release, traitsOf } from '../../releases.ts';
import { type BrokerTraits, DIFFERENCES } from '../differences.ts';
import type { Witness } from '../messages/witness.ts';
import { notAllowed } from '../refusal.ts';
import type { User } from './users.ts';
import type { VhostClient } from './vhost-client.ts';
import { VirtualHost, type VirtualHostEnvironment } from './virtual-host.ts';

export interface BrokerOptions {
  /** The release that it follows. */
  readonly release: Release;
  readonly clock: Clock;
  /** Random bytes, so many, for names that nobody guesses. */
  readonly random: (length: number) => Buffer;
  readonly users: readonly User[];
  readonly vhosts: readonly string[];
  /** What messages may take, in bytes, before publishers have to wait. */
  readonly memoryMax: number;
  /** Told what becomes of every message; tests have one. */
  readonly witness?: Witness | undefined;
}

export class Broker implements VirtualHostEnvironment {
  readonly release: Release;
  readonly traits: BrokerTraits;
  readonly clock: Clock;
  readonly witness: Witness | undefined;
  readonly #options: BrokerOptions;
  readonly #vhosts: ReadonlyMap<string, VirtualHost>;
  readonly #watchers = new Set<(isShort: boolean) => void>();
  #heldBytes = 0;
  #isShort = false;

  constructor(options: BrokerOptions) {
    this.release = options.release;
    this.traits = traitsOf(DIFFERENCES, options.release);
    this.clock = options.clock;
    this.witness = options.witness;
    this.#options = options;
    this.#vhosts = new Map(options.vhosts.map((name) => [name, new VirtualHost(name, this)]));
  }

  /** The user with this name and password, if there is one. */
  authenticate(name: string, password: string): User | undefined {
    return this.#options.users.find((user) => user.name === name && user.password === password);
  }

  /** Who somebody is that says nothing of itself. */
  get anonymous(): User | undefined {
    return this.#options.users.find(({ name }) => name === 'guest');
  }

  /** Lets a user into a virtual host, or refuses as RabbitMQ does. */
  enter(user: User, vhostName: string): VhostClient {
    const vhost = this.#vhosts.get(vhostName);
    if (!vhost) throw notAllowed(`vhost ${vhostName} not found`);
    if (!user.permissions[vhostName]) {
      throw notAllowed(`access to vhost '${vhostName}' refused for user '${user.name}'`);
    }
    return { user, vhost, owned: new Set() };
  }

  uniqueName(prefix: string): string {
    return `${prefix}-${this.random(16).toString('base64url')}`;
  }

  random(length: number): Buffer {
    return this.#options.random(length);
  }

  /** Whether messages take more than they may. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Tells whoever has to hold publishers back when memory runs short and when it no longer does. */
  watchMemory(watcher: (isShort: boolean) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  account(bytes: number): void {
    this.#heldBytes += bytes;
    const isShort = this.#heldBytes > this.#options.memoryMax;
    if (isShort === this.#isShort) return;
    this.#isShort = isShort;
    for (const watcher of this.#watchers) watcher(isShort);
  }

  /** Drops what a restart does not bring back. Every session must have ended. */
  restart(): void {
    for (const vhost of this.#vhosts.values()) vhost.restart();
  }
}
