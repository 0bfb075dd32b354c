/** A lab for tests: servers, taps in front of them, and the story of what passes. */
import { Cleanups } from '../core/cleanups.ts';
import { BackendError, UsageError } from '../core/errors.ts';
import type { TraceEvent } from '../core/events.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import type { Conditions } from '../tap/line.ts';
import type { MovableClock } from './clock.ts';

import { LabStory } from './story.ts';
import type { Wiring } from './wiring.ts';

/** The clock of a lab's embedded servers. */
export interface LabClock {
  /** Whether the lab has embedded servers: others go by clocks that nobody can move. */
  readonly isMovable: boolean;
  /**
   * Moves the embedded servers' time forward by so many ms, and resolves when what was due meanwhile has happened, in its
   * order: messages expire, delays end, keys are gone. Heartbeats don't count that time, and neither do the timers of
   * your application. Rejects with a UsageError where the lab has no embedded server.
   */
  advance(ms: number): Promise<void>;
  /** Milliseconds since the Unix epoch, as the embedded servers have it. */
  now(): number;
}

/** How slow connections are. */
export interface Slow {
  /** How much later everything arrives, each way, in ms. */
  readonly latencyMs?: number;
  /** The most that gets through in a second, each way. */
  readonly bytesPerSecond?: number;
}

/** Servers for a test, and all that your application says to them. */
export class TestLab<Needs extends Service = Service> {
  /**
   * The URL of each service. Every connection there is a peer of the story: it is called what its client says (AMQP's
   * `connection_name`, `CLIENT SETNAME` of Redis), and `app` where it says nothing.
   */
  readonly urls: Readonly<Record<Needs, string>>;
  /** What happened to messages, and assertions about it. */
  readonly story: LabStory;
  readonly clock: LabClock;
  readonly #wiring: Wiring;
  readonly #cleanups: Cleanups;
  #closed: Promise<void> | undefined;

  /** @internal Whoever wants a lab calls `startLab`. */
  constructor(wiring: Wiring, urls: Readonly<Record<Needs, string>>) {
    this.#wiring = wiring;
    this.urls = urls;
    this.#cleanups = new Cleanups();
    this.story = new LabStory({
      seen: wiring.parts.seen,
      timeoutMs: wiring.parts.timeoutMs,
      prefix: wiring.parts.prefix,
      catchUp: (withinMs) => wiring.catchUp(withinMs),
      unsettled: () => wiring.parts.story.unsettled(),
      over: () => wiring.gone ?? (this.#closed ? new UsageError('The lab is closed.') : undefined),
    });
    this.clock = clockOf(wiring, wiring.parts.clock);
  }

  /** All that happened, as a trace: every event has `seq`, `at` (ms since the start) and `type`. */
  get events(): readonly TraceEvent[] {
    return this.#wiring.parts.seen.events;
  }

  /** The URL by which the named peer reaches a service; asking twice gives the same one. */
  async url(service: Needs, peer: string): Promise<string> {
    this.#assertOpen();
    this.#wiring.endpoint(service);
    return this.#wiring.parts.peers.url(service, peer);
  }

  /**
   * A name for a queue, exchange, channel, key or destination. On embedded servers it stays as it is; on one that others
   * share it gets a prefix, so that labs don't meet, and what bears it is removed when the lab is closed.
   */
  name(base: string): string {
    return `${this.#wiring.parts.prefix}${base}`;
  }

  /** Remembers how to end something; `close` does all of it first, the last one first. */
  defer(action: () => unknown): void {
    this.#cleanups.add(action);
  }

  /** Cuts the peer's connections, as a crash would; resolves when they have ended. It may connect again. */
  cut(peer: string): Promise<void> {
    return this.#wiring.parts.peers.cut(this.#known(peer));
  }

  /** Lets nothing through to and from the peer, until `resume`. Its connections stay open. */
  pause(peer: string): void {
    this.#condition(peer, { paused: true });
  }

  /** Lets everything through again that `pause` or `slow` held back. */
  resume(peer: string): void {
    this.#condition(peer, {});
  }

  /** Makes the peer's connections slow, those that it has and those that it opens, until `resume`. */
  slow(peer: string, { latencyMs = 0, bytesPerSecond }: Slow): void {
    const wrong = latencyMs < 0 || Number.isNaN(latencyMs) || (bytesPerSecond !== undefined && !(bytesPerSecond > 0));
    if (wrong) throw new UsageError('latencyMs is a number from 0 up, and bytesPerSecond one above 0.');
    this.#condition(peer, { latencyMs, ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }) });
  }

  /**
   * Stops a server and starts it again at the same URL; it keeps what the real one would keep. Rejects with a
   * BackendError for a server that a URL names: that one is not msgplay's to stop.
   */
  async restart(service: Needs): Promise<void> {
    this.#assertOpen();
    const { restart } = this.#wiring.endpoint(service);
    if (restart) return this.#wiring.parts.peers.restart(service, restart);
    throw new BackendError(`This lab can't restart ${SERVICE_TITLES[service]}: it did not start it.`, {
      hint: 'Leave out its URL, or skip this test where there is one.',
    });
  }

  /**
   * Forgets the story so far, for the next test of a file. Embedded servers forget their messages and keys, too; what was
   * declared stays, with every connection and subscription.
   */
  async reset(): Promise<void> {
    this.#assertOpen();
    await this.#wiring.reset();
  }

  /**
   * Ends what was deferred, cuts the connections that are left, and stops what the lab started. On servers that others
   * share it removes what bears a name of this lab. Rejects with a BackendError where something of it stays.
   */
  close(): Promise<void> {
    this.#closed ??= this.#cleanups.run().finally(() => this.#wiring.close());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #condition(peer: string, conditions: Conditions): void {
    this.#assertOpen();
    this.#wiring.parts.peers.condition(this.#known(peer), conditions);
  }

  /** A name that was mistyped would do nothing. */
  #known(peer: string): string {
    const { names } = this.#wiring.parts.peers;
    if (names.includes(peer)) return peer;
    throw new UsageError(`No peer '${peer}' has connected.`, {
      hint: names.length === 0 ? 'Nobody has connected yet.' : `There are ${names.join(', ')}.`,
    });
  }

  #assertOpen(): void {
    if (this.#closed) throw new UsageError('The lab is closed.');
  }
}

function clockOf(wiring: Wiring, clock: MovableClock): LabClock {
  const isMovable = wiring.embedded.size > 0;
  return {
    isMovable,
    now: () => clock.wall(),
    async advance(ms) {
      if (!isMovable) {
        const hint = 'Skip this test where lab.clock.isMovable is false.';
        throw new UsageError('Only embedded servers have a clock that can be moved.', { hint });
      }
      await clock.advance(ms, () => wiring.catchUp());
    },
  };
}
