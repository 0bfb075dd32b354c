/** Text on its way to a file, in pieces. A disk that is full in the middle ends this file, and nothing else. */
import { closeSync, writeSync } from 'node:fs';

/** Text is written in pieces of about so many characters. */
const PIECE = 64 * 1024;

export class PiecewiseFile {
  #file: number | undefined;
  #waiting = '';
  /** What kept it from being written, where something did. */
  failure: unknown;

  /** Takes the descriptor of an open file; or undefined, and why there is none to write to. */
  constructor(file: number | undefined, failure?: unknown) {
    this.#file = file;
    this.failure = failure;
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= PIECE) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    if (this.failure !== undefined || this.#file === undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.failure = error;
    }
  }

  /** Closes it without what waits. */
  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    closeSync(file);
  }
}
