/** What somebody published, and which of two publications comes before the other. */
import type { Place, SeenMessage } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';

/** One thing that was published, as long as somebody may still be given it. */
export class Publication implements Place {
  message: SeenMessage | undefined;
  readonly channel: string;
  readonly isSharded: boolean;
  readonly content: string;
  readonly connection: number;
  /** The frame that asked for it, and the one that answered, where it has. */
  readonly sentSeq: number;
  answeredSeq: number | undefined;
  wasDelivered = false;
  /** It, or one that can't be told from it, was seen to be given to somebody. */
  mayBeDelivered = false;
  /** How many subscriptions were to be given it, as far as is known, and of how many of these the connection has ended since. */
  expected = 0;
  lost = 0;
  /** Whose connection that was, the last time. */
  lostPeer = '';
  /** Its transaction may still be aborted. */
  mayFail: boolean;
  readonly #number: number;
  static #count = 0;

  constructor(seen: SeenFrame, channel: string, content: string, isSharded: boolean, mayFail: boolean) {
    this.channel = channel;
    this.content = content;
    this.isSharded = isSharded;
    this.mayFail = mayFail;
    this.connection = seen.connection;
    this.sentSeq = seen.seq;
    this.#number = ++Publication.#count;
  }

  /** Whether the server certainly carried this one out before the other. */
  precedes(other: Publication): boolean {
    if (this.connection === other.connection) return this.#number < other.#number;
    return this.answeredSeq !== undefined && this.answeredSeq < other.sentSeq;
  }

  forget(): void {
    this.message = undefined;
  }
}
