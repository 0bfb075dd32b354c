/** What a run leaves for the judge: what was told, and what was true. Plain data. */
import type { Account, MessageEvent, NoteEvent } from '../../../../src/core/events.ts';
import type { Happening } from '../../../../src/servers/rabbitmq/messages/witness.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';

type Omitted = 'message' | 'dead' | 'queue' | 'channel';

type Plainly<One> = One extends Happening ? Omit<One, Omitted> : never;

/** A happening in which every message is known by a number of the engine's: `m1`. */
export type Fact = Plainly<Exclude<Happening, { what: 'opened' }>> & {
  /** The number of the last frame that the tap had seen by then. */
  readonly after: number;
  readonly message: string;
  /** Where a dead message goes on as another. */
  readonly dead?: string;
  readonly queue?: string;
  /** Tells queues apart that had the same name one after the other. */
  readonly queueId?: number;
};

/** What was there when a message found no queue: the keys of each exchange's bindings, and the queues. */
export interface Surroundings {
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly queues: ReadonlySet<string>;
}

export interface Evidence {
  readonly told: readonly (MessageEvent | NoteEvent)[];
  readonly fates: ReadonlyMap<string, Fate>;
  readonly account: Account;
  readonly facts: readonly Fact[];
  /** The engine's message behind a publish that the tap saw, by the frame's number; none where it never read it. */
  readonly publishes: ReadonlyMap<number, string>;
  /** All publishes that the tap saw: the frame's number and what is in it. */
  readonly contents: ReadonlyMap<number, string>;
  /** The message that a frame of the server carries, by the frame's number. */
  readonly carried: ReadonlyMap<number, string>;
  /** The frame by which the tap saw a delivery, where it did. */
  readonly arrived: ReadonlyMap<Fact, number>;
  /** The messages that an ack, a nack or a reject means, by the frame's number. */
  readonly settled: ReadonlyMap<number, readonly string[]>;
  readonly surroundings: ReadonlyMap<Fact, Surroundings>;
  /** The messages that the engine holds in the end, by queue; what the facts add up to must agree. */
  readonly left: ReadonlyMap<string, number>;
}
