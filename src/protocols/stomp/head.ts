/** Parses the command and the headers of a STOMP frame. */
import { ProtocolError } from '../../core/errors.ts';
import { ContentLengthError } from './content-length-error.ts';
import { unescapeHeader } from './escape.ts';
import { isUnescaped, type StompHeader, type StompVersion } from './frame.ts';

export interface StompHead {
  readonly command: string;
  readonly headers: readonly StompHeader[];
  /** What content-length promises, in bytes; undefined where the body ends at the first NUL. */
  readonly bodyLength: number | undefined;
}

/** `bytes` go up to and include the empty line. Throws a ProtocolError when they are no head. */
export function parseHead(bytes: Buffer, version: StompVersion, headersMax: number): StompHead {
  const text = bytes.toString('utf8');
  let at = lineEnd(text, 0);
  const command = text.slice(0, at.end);
  if (command.includes('\0')) throw malformed('a frame ends before its headers do');
  const rules = isUnescaped(command) ? '1.0' : version;
  const headers: StompHeader[] = [];
  let length: string | undefined;
  for (let from = at.next; ; from = at.next) {
    at = lineEnd(text, from);
    if (at.end === from) break;
    if (headers.length === headersMax) throw malformed(`more than ${headersMax} headers`);
    const line = text.slice(from, at.end);
    const colon = line.indexOf(':');
    if (colon < 0) throw malformed(`a header without a colon: ${JSON.stringify(line.slice(0, 40))}`);
    if (line.includes('\0')) throw malformed('a frame ends before its headers do');
    const name = unescapeHeader(line.slice(0, colon), rules);
    const value = unescapeHeader(line.slice(colon + 1), rules);
    if (name === 'content-length') length ??= value;
    headers.push([name, value]);
  }
  return { command, headers, bodyLength: length === undefined ? undefined : parseLength(length) };
}

/** Where the line that begins at `from` ends, with and without its line break, which may have a carriage return. */
function lineEnd(text: string, from: number): { end: number; next: number } {
  const feed = text.indexOf('\n', from);
  return { end: feed > from && text[feed - 1] === '\r' ? feed - 1 : feed, next: feed + 1 };
}

function parseLength(value: string): number {
  // As RabbitMQ reads it: a sign is no fault.
  if (!/^\s*(?:\+?\d{1,15}|-0+)\s*$/.test(value)) {
    throw new ContentLengthError(`content-length is no number: ${JSON.stringify(value.slice(0, 40))}`);
  }
  return Math.abs(Number(value));
}

function malformed(message: string): ProtocolError {
  return new ProtocolError(message, { clause: 'STOMP 1.2, Augmented BNF' });
}
