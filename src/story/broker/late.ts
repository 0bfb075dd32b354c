/** What lost connections asked for and nobody answered: their server may carry it out until it has heard that they are gone. */

/** By then a server has heard of a connection that is lost, and has given back what its client held, in ms. */
export const HEARD_MS = 1_000;

interface Waiting {
  readonly lostAtMs: number;
  readonly over: () => void;
}

export class Late {
  /** The oldest first. */
  #waiting: Waiting[] = [];

  /** Calls `over` once the server can't carry it out any more. */
  add(lostAtMs: number, over: () => void): void {
    this.#waiting.push({ lostAtMs, over });
  }

  /** By this ms of the run the server has heard of what was lost long enough before. */
  heard(atMs: number): void {
    const [oldest] = this.#waiting;
    if (!oldest || atMs - oldest.lostAtMs < HEARD_MS) return;
    this.#end(({ lostAtMs }) => atMs - lostAtMs >= HEARD_MS);
  }

  /** The server has carried out all that it ever will. */
  heardAll(): void {
    this.#end(() => true);
  }

  #end(isOver: (one: Waiting) => boolean): void {
    const over = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((one) => !isOver(one));
    for (const one of over) one.over();
  }
}
