/** Publisher confirms on one channel: which publishes have to be answered, and how (https://www.rabbitmq.com/docs/confirms). */

/** The numbers of publishes, each list in rising order. */
export interface Settled {
  readonly confirmed: readonly number[];
  readonly rejected: readonly number[];
}

export class Confirms {
  #confirmed: number[] = [];
  #rejected: number[] = [];
  #published = 0;
  #isSelected = false;

  /** Whether the client asked for confirms. */
  get isSelected(): boolean {
    return this.#isSelected;
  }

  /** The number that the next publish will have. */
  get next(): number {
    return this.#published + 1;
  }

  select(): void {
    this.#isSelected = true;
  }

  /** The number of a publish that was made now; 0 where none has to be answered. */
  number(): number {
    if (!this.#isSelected) return 0;
    this.#published += 1;
    return this.#published;
  }

  /** Whether every queue took that publish. Returns whether it is the first to be answered since `take`. */
  settle(sequence: number, isAccepted: boolean): boolean {
    const isFirst = this.#confirmed.length === 0 && this.#rejected.length === 0;
    (isAccepted ? this.#confirmed : this.#rejected).push(sequence);
    return isFirst;
  }

  /** What was settled since the last call. */
  take(): Settled {
    const taken = { confirmed: this.#confirmed, rejected: this.#rejected };
    this.#confirmed = [];
    this.#rejected = [];
    return taken;
  }
}
