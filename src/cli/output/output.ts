/**
 * The two outputs. What is printed arrives: it is flushed before the process ends, and waits for a slow reader. All of it
 * goes through one door, behind which nothing moves a cursor or turns the writing.
 */
import type { Writable } from 'node:stream';
import { MsgplayError, reasonOf } from '../../core/errors.ts';
import { printable, printableLines, printablePage } from '../../core/text/printable.ts';
import { Pressure } from '../../core/time/pressure.ts';
import { redactText } from '../../core/urls.ts';
import { cut } from '../../reporters/page/text.ts';

/** So many bytes may wait for the reader; then whoever produces them waits, too. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** The output can't be written: a full disk, a closed descriptor. */
export class OutputError extends MsgplayError {
  readonly exitCode = 1;
}

/** Codes of a reader that has left (`| head`), which is no error. */
const GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

export class Output {
  readonly pressure = new Pressure();
  readonly #stream: Writable;
  readonly #write: Writable['write'];
  readonly #gone = new AbortController();
  #failure: OutputError | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => this.#lose(error));
  }

  /** Aborted when nothing that is written arrives any more. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** What keeps it from being written, where that is an error. */
  get failure(): OutputError | undefined {
    return this.#failure;
  }

  write(text: string): void {
    if (text === '' || this.#gone.signal.aborted) return;
    this.#hand(text, () => {
      if (this.#stream.writableLength <= MAX_WAITING_BYTES / 2) this.pressure.release();
    });
    if (this.#stream.writableLength > MAX_WAITING_BYTES) this.pressure.raise();
  }

  /** Resolves when all has been handed over, or can't be. */
  flush(): Promise<void> {
    if (this.#gone.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#gone.signal.addEventListener('abort', () => resolve(), { once: true });
      this.#hand('', () => resolve());
    });
  }

  /** A file is written at once, and then the error is thrown instead of told. */
  #hand(text: string, done: () => void): void {
    try {
      this.#write(text, done);
    } catch (error) {
      this.#lose(error as NodeJS.ErrnoException);
    }
  }

  #lose(error: NodeJS.ErrnoException): void {
    if (!GONE.has(error.code ?? '')) {
      this.#failure ??= new OutputError(`the output can't be written: ${reasonOf(error)}`, { cause: error });
    }
    this.#gone.abort(error);
    this.pressure.release();
  }
}

/** The trace, or the data. */
export const stdout = new Output(process.stdout);
const stderr = new Output(process.stderr);

/** Which of the outputs. */
export type Where = 'page' | 'remark';

let hand = (where: Where, text: string): void => {
  status('');
  (where === 'page' ? stdout : stderr).write(printablePage(text));
};

/** Lets also those through the door who write to stderr by themselves: client libraries, Node's warnings. */
export function guardStderr(): void {
  type Done = (error?: Error | null) => void;
  process.stderr.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    stderr.write(printablePage(redactText(text)));
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
}

/** Prints what a process that works for this one handed over. */
export function printFor(where: Where, text: string): void {
  hand(where, text);
}

let isStatusShown = false;

/** Shows one line on stderr, which is a terminal, until something else is printed; an empty one takes it away. */
export function status(text: string): void {
  if (text === '' && !isStatusShown) return;
  isStatusShown = text !== '';
  stderr.write(`\r\u001b[2K${cut(printable(text), (process.stderr.columns || 80) - 1)}`);
}

/** Empties the terminal. */
export function clear(): void {
  stdout.write('\u001b[2J\u001b[3J\u001b[H');
}

/** Lets somebody else write all that is printed from now on: this process works for another. */
export function handOver(to: (where: Where, text: string) => void): void {
  hand = to;
}

export function print(text: string): void {
  hand('page', text);
}

/** Tells people something beside the output. It may repeat what a server wrote, so it is made fit to be shown. */
export function remark(text: string): void {
  hand('remark', `${printableLines(redactText(text))}\n`);
}

/** Resolves when both outputs have been handed over. Throws an OutputError when stdout can't be written. */
export async function flush(): Promise<void> {
  await Promise.all([stdout.flush(), stderr.flush()]);
  if (stdout.failure) throw stdout.failure;
}
