/** Says regularly that we are there, and notices when the client no longer is. */
import type { Clock } from '../../../core/time/clock.ts';

export interface HeartbeatOptions {
  /** At least so often, in ms, the client wants to hear from us; 0 is never. */
  readonly sendMs: number;
  /**
   * The client promised to be heard so often, in ms; 0 is never. It is lost when two such spans in a row, counted from
   * the start, bring nothing; as in RabbitMQ the first one counts as one that did.
   */
  readonly receiveMs: number;
  /** Called after each half of `sendMs` in which nothing was sent; as in RabbitMQ, after the first one in any case. */
  readonly beat: () => void;
  /** Whether a beat is something sent, so that the half behind it needs none: so it is in STOMP, and not in AMQP. */
  readonly beatCounts: boolean;
  readonly lost: () => void;
}

export class Heartbeat {
  readonly #clock: Clock;
  readonly #options: HeartbeatOptions;
  #stopSending = () => {};
  #stopListening = () => {};
  #isFirst = true;
  #hasSent = false;
  #hasReceived = true;
  #missed = 0;

  constructor(clock: Clock, options: HeartbeatOptions) {
    this.#clock = clock.steady ?? clock;
    this.#options = options;
    if (options.sendMs > 0) this.#sendLater();
    if (options.receiveMs > 0) this.#listen();
  }

  sent(): void {
    this.#hasSent = true;
  }

  received(): void {
    this.#hasReceived = true;
  }

  stop(): void {
    this.#stopSending();
    this.#stopListening();
  }

  #sendLater(): void {
    this.#stopSending = this.#clock.after(this.#options.sendMs / 2, () => {
      const isDue = this.#isFirst || !this.#hasSent;
      this.#isFirst = false;
      if (isDue) this.#options.beat();
      this.#hasSent = isDue && this.#options.beatCounts;
      this.#sendLater();
    });
  }

  #listen(): void {
    this.#stopListening = this.#clock.after(this.#options.receiveMs, () => {
      this.#missed = this.#hasReceived ? 0 : this.#missed + 1;
      this.#hasReceived = false;
      if (this.#missed >= 2) this.#options.lost();
      else this.#listen();
    });
  }
}
