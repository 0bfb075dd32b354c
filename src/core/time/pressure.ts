/**
 * Tells those who produce to wait for those who take. While it is high nothing more is read off the wire, so what waits
 * to be taken stays bounded.
 */
export class Pressure {
  #high = false;
  #ended = false;
  #since = 0;
  #heldMs = 0;
  #waiting: (() => void)[] = [];

  get isHigh(): boolean {
    return this.#high;
  }

  /** For how long it has been high, in ms, all times together: deadlines of what is held back don't count it. */
  get heldMs(): number {
    return this.#heldMs + (this.#high ? performance.now() - this.#since : 0);
  }

  raise(): void {
    if (this.#high || this.#ended) return;
    this.#high = true;
    this.#since = performance.now();
  }

  release(): void {
    if (!this.#high) return;
    this.#heldMs = this.heldMs;
    this.#high = false;
    for (const action of this.#waiting.splice(0)) action();
  }

  /** Never high again: what is left to do must not wait for anybody. */
  end(): void {
    this.#ended = true;
    this.release();
  }

  /** Calls back once it is no longer high; at once where it is not. */
  whenLow(action: () => void): void {
    if (this.#high) this.#waiting.push(action);
    else action();
  }
}
