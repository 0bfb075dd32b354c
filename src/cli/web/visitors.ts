/** Pages that listen: each gets what is kept and what comes, as fast as it takes it, and costs nobody anything. */
import type { ServerResponse } from 'node:http';
import type { KeptPieces } from './kept.ts';

/** So many characters are handed to a connection at a time; more waits where it is kept anyway. */
const BATCH = 64 * 1024;

/** One page that listens, by the protocol of server-sent events (https://html.spec.whatwg.org/#server-sent-events). */
export class Visitor {
  readonly #kept: KeptPieces;
  readonly #response: ServerResponse;
  /** The number of the last piece that it was sent. */
  #at: number;
  #isFull = false;
  #isAnew: boolean;
  #isOver = false;
  readonly gone: Promise<void>;

  /** `last` is what the page has already, where it was here before. */
  constructor(kept: KeptPieces, response: ServerResponse, last: number | undefined) {
    this.#kept = kept;
    this.#response = response;
    this.#isAnew = last === undefined || !kept.has(last);
    this.#at = last ?? 0;
    this.gone = new Promise((resolve) => response.once('close', () => resolve()));
    response.on('drain', () => {
      this.#isFull = false;
      this.hear();
    });
    // A comment, so that the page knows at once that it is heard.
    response.write(':\n\n');
  }

  /** Sends what has come, as far as the connection takes it. */
  hear(): void {
    while (!this.#isFull && !this.#isOver && !this.#response.destroyed) {
      // Whoever is so slow that what it would read next was let go, begins again with what is there.
      if (this.#isAnew || !this.#kept.has(this.#at)) this.#beginAnew();
      else if (this.#at < this.#kept.last) this.#sendMore();
      else return;
    }
  }

  /** Says that nothing more comes, once all that came is sent. */
  async over(): Promise<void> {
    while (this.#at < this.#kept.last && !this.#response.destroyed) {
      this.hear();
      if (this.#isFull)
        await Promise.race([new Promise((drained) => this.#response.once('drain', drained)), this.gone]);
    }
    this.#isOver = true;
    if (this.#response.destroyed) return;
    this.#response.end('event: over\ndata:\n\n');
    await this.gone;
  }

  #beginAnew(): void {
    const { pieces, id } = this.#kept.beginning();
    this.#isAnew = false;
    this.#at = id;
    this.#write('anew', id, pieces);
  }

  #sendMore(): void {
    const { pieces, id } = this.#kept.after(this.#at, BATCH);
    this.#at = id;
    this.#write('pieces', id, pieces);
  }

  #write(event: string, id: number, pieces: readonly string[]): void {
    const data = (pieces.length > 0 ? pieces : ['']).map((piece) => `data: ${piece}\n`).join('');
    this.#isFull = !this.#response.write(`event: ${event}\nid: ${id}\n${data}\n`);
  }
}
