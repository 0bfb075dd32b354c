/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
import { Kept } from '../_kept.ts';
import { KEEP_BYTES } from '../protocol.ts';

const LF = 0x0a;
const CR = 0x0d;
const BOM = '\ufeff';

/** What an empty line completed: an event, or a block that dispatches nothing. */
export type Block =
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly data: string;
      readonly dataSize: number;
      readonly id: string;
    }
  | { readonly kind: 'comment'; readonly text: string };

/** Splits an event stream into its blocks. */
export class EventStream {
  readonly #line = new Kept();
  #firstLine = true;
  /** The byte before was a CR, so an LF now belongs to it. */
  #afterCr = false;
  /** The stream ends its lines with CR LF, so a block is complete with the LF and not before. */
  #usesCrLf = false;
  /** A block has ended, but for the LF that may belong to its end. */
  #due = false;
  #block: Block | undefined;

  #event = '';
  #data: string[] = [];
  #dataChars = 0;
  #dataSize = 0;
  #comments: string[] = [];
  #commentChars = 0;
  #id = '';
  #touched = false;

  /** Reads until the end of a block or of `bytes`; the result is how many bytes it took. */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length) {
      if (this.#afterCr) {
        this.#afterCr = false;
        if (bytes[at] === LF) {
          this.#usesCrLf = true;
          at++;
        }
        if (this.#due) return this.#complete(at);
        continue;
      }
      const end = lineEnd(bytes, at);
      this.#line.add(bytes.subarray(at, end));
      if (end === bytes.length) return end;
      at = end + 1;
      this.#afterCr = bytes[end] === CR;
      this.#due = this.#endLine();
      // Whether an LF follows this CR is told by the lines before, so that chunking makes no difference.
      if (this.#due && !(this.#afterCr && this.#usesCrLf)) return this.#complete(at);
    }
    return at;
  }

  /** The stream is over: nothing comes that could still belong to the last block's end. */
  end(): void {
    if (this.#due) this.#complete(0);
  }

  /** The block that the last `read` completed, once. */
  takeBlock(): Block | undefined {
    const block = this.#block;
    this.#block = undefined;
    return block;
  }

  /** Whether the line just ended is empty and so ends a block that holds something. */
  #endLine(): boolean {
    let { size } = this.#line;
    let line = this.#line.take().toString('utf8');
    if (this.#firstLine && line.startsWith(BOM)) {
      line = line.slice(1);
      size -= Buffer.byteLength(BOM);
    }
    this.#firstLine = false;
    if (line === '') return this.#touched;
    this.#touched = true;
    const colon = line.indexOf(':');
    if (colon === 0) {
      this.#addComment(line.slice(1).trim());
      return false;
    }
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#addData(value, size - (line.length - value.length));
    else if (field === 'event') this.#event = value;
    else if (field === 'id') this.#id = value.includes('\0') ? this.#id : value;
    else this.#addComment(line);
    return false;
  }

  /** Empty lines of data count too, or a stream of them would grow the list without end. */
  #addData(value: string, size: number): void {
    // Lines of data are joined by line ends.
    this.#dataSize += this.#data.length === 0 ? size : size + 1;
    if (this.#dataChars < KEEP_BYTES) this.#data.push(value.slice(0, KEEP_BYTES - this.#dataChars));
    this.#dataChars += value.length + 1;
  }

  #addComment(text: string): void {
    if (this.#commentChars < KEEP_BYTES) this.#comments.push(text.slice(0, KEEP_BYTES - this.#commentChars));
    this.#commentChars += text.length + 1;
  }

  #complete(at: number): number {
    this.#block =
      this.#data.length > 0
        ? {
            kind: 'event',
            event: this.#event || 'message',
            data: this.#data.join('\n'),
            dataSize: this.#dataSize,
            id: this.#id,
          }
        : { kind: 'comment', text: this.#comments.join('\n') };
    this.#event = '';
    this.#data = [];
    this.#dataChars = 0;
    this.#dataSize = 0;
    this.#comments = [];
    this.#commentChars = 0;
    this.#touched = false;
    this.#due = false;
    return at;
  }
}

function lineEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF || bytes[at] === CR) return at;
  }
  return bytes.length;
}
