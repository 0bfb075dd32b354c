/** The server without a command: puts its rooms together. */
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../../../core/time/clock.ts';
import { containedClock } from '../../contain.ts';
import { Channels } from '../clients/channels.ts';
import { Clients } from '../clients/clients.ts';
import type { Session } from '../clients/session.ts';
import type { RedisTraits } from '../differences.ts';
import type { ReplyError } from '../errors.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import type { RedisRelease } from '../releases.ts';
import type { Command, Server } from './command.ts';
import { Dispatcher } from './dispatcher.ts';
import { Pause } from './pause.ts';
import { Settings } from './settings.ts';
import { CommandStats } from './stats.ts';

export interface EngineOptions {
  readonly clock?: Clock | undefined;
  /** Answers numbers in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** The release that it follows. */
  readonly release: RedisRelease;
  readonly traits: RedisTraits;
  /** All commands by name in lower case. */
  readonly commands: ReadonlyMap<string, Command>;
}

export class Engine implements Server {
  readonly clock: Clock;
  readonly random: () => number;
  readonly release: RedisRelease;
  readonly traits: RedisTraits;
  readonly commands: ReadonlyMap<string, Command>;
  readonly settings: Settings;
  readonly stats = new CommandStats();
  readonly keyspace: Keyspace;
  readonly clients: Clients;
  readonly pause: Pause;
  readonly startedAt: number;
  readonly runId: string;
  busy: ReplyError | undefined;
  readonly #dispatcher: Dispatcher;
  #closed = false;

  constructor({ clock: time = systemClock, random = Math.random, release, traits, commands }: EngineOptions) {
    const clock = containedClock(time, 'Redis');
    const channels = new Channels();
    const publish = (channel: string, message: string): void => void channels.publish(channel, message);
    this.clock = clock;
    this.random = random;
    this.release = release;
    this.traits = traits;
    this.settings = new Settings(traits);
    this.commands = commands;
    this.#dispatcher = new Dispatcher(this);
    this.keyspace = new Keyspace({ clock, random, settings: this.settings, traits, publish });
    this.clients = new Clients({
      clock,
      keyspace: this.keyspace,
      channels,
      settings: this.settings,
      executor: this.#dispatcher,
    });
    this.pause = new Pause(clock, this.clients);
    this.startedAt = this.keyspace.now;
    this.runId = Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('');
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Serves a client over any duplex. */
  accept(duplex: Duplex): void {
    this.clients.accept(duplex);
  }

  lookup(args: readonly string[]): Command | undefined {
    return this.#dispatcher.lookup(args);
  }

  call(session: Session, command: Command, args: readonly string[]): void {
    this.#dispatcher.call(session, command, args);
  }

  /** Closes every connection. */
  close(): void {
    this.#closed = true;
    this.keyspace.close();
    this.pause.close();
    this.clients.close();
  }
}
