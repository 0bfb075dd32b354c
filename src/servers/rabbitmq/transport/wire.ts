/** What a connection is read from and written to, whatever carries it. */
import type { Duplex } from 'node:stream';

export interface WireEvents {
  received(bytes: Buffer): void;
  /** Something of what was written has left. */
  drained(): void;
  /** The wire is gone, whoever ended it. */
  closed(): void;
}

export interface Wire {
  /** Whether it can be written to. */
  readonly isOpen: boolean;
  /** What was written and has not left yet. */
  readonly bufferedBytes: number;
  /** Whether `drained` will be called because of what was written. */
  readonly willDrain: boolean;
  /** Must be called once, before anything arrives. */
  listen(events: WireEvents): void;
  write(parts: readonly Buffer[]): void;
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
}

/** A socket, or any other stream of bytes. */
export class StreamWire implements Wire {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  get isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.writableEnded;
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength;
  }

  get willDrain(): boolean {
    return this.#stream.writableNeedDrain;
  }

  listen({ received, drained, closed }: WireEvents): void {
    const stream = this.#stream;
    stream.on('data', received);
    stream.on('drain', drained);
    stream.on('end', () => stream.end());
    stream.on('error', () => stream.destroy());
    stream.on('close', closed);
  }

  write(parts: readonly Buffer[]): void {
    if (parts.length > 1) this.#stream.cork();
    for (const part of parts) this.#stream.write(part);
    if (parts.length > 1) this.#stream.uncork();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Ends it when what was written has left. */
  end(): void {
    this.#stream.end();
  }

  /** Ends it now. */
  destroy(): void {
    this.#stream.destroy();
  }
}
