/** Answers clients together at the end of a turn of the event loop: writing at once would wake one after the other. */

/** So many connections are flushed together. */
const BATCH = 16;

export interface Flushable {
  flush(): void;
}

export class Output {
  #waiting: Flushable[] = [];
  #scheduled = false;

  /**
   * Flushes a connection at the end of this turn of the event loop, or together with some others before, so that
   * clients already work on their replies while the rest is served.
   */
  flushLater(connection: Flushable): void {
    this.#waiting.push(connection);
    if (this.#waiting.length >= BATCH) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const connections = this.#waiting;
    this.#waiting = [];
    for (const connection of connections) connection.flush();
  }
}
