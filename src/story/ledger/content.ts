/** What a body is known by and how it is shown. */
import { hash } from 'node:crypto';
import { oneLine, textOf } from '../../protocols/preview.ts';

/** Bodies up to this many bytes are compared as they are; of longer ones a digest is. */
const COMPARED_BYTES = 512;
const SHOWN_CHARACTERS = 60;
/** So many bytes always fill what is shown. */
const LOOKED_AT = 4 * SHOWN_CHARACTERS;

/** A body as a frame holds it. */
export interface Content {
  /** What was kept of it. */
  readonly body: Buffer;
  /** Its bytes on the wire. */
  readonly sizeBytes: number;
  /** SHA-1 of all of it, where `body` is only its beginning. */
  readonly digest?: string | undefined;
  /** What is said beside it, by name: properties, headers, fields. Only for what it is called. */
  readonly beside?: readonly (object | ReadonlyMap<string, string> | undefined)[];
}

/** Equal for equal bodies, and practically only then, however much of a long one was kept. */
export function fingerprint({ body, sizeBytes, digest }: Content): string {
  if (sizeBytes <= COMPARED_BYTES && body.length === sizeBytes) return body.toString('latin1');
  return `${sizeBytes}:${digest ?? hash('sha1', body, 'base64')}`;
}

/** A body for people: its text on one line, cut short, or its size where it is no text. */
export function preview({ body, sizeBytes }: Pick<Content, 'body' | 'sizeBytes'>): string {
  if (isPlain(body)) {
    if (body.length <= SHOWN_CHARACTERS) return body.toString('latin1');
    return `${body.toString('latin1', 0, SHOWN_CHARACTERS - 1)}…`;
  }
  const text = textOf(body.subarray(0, LOOKED_AT), sizeBytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
  if (text === undefined || /[\u0000-\u0008\u000e-\u001f]/.test(text)) return `${sizeBytes} bytes of binary data`;
  // Nothing that somebody sent may move the cursor of whoever reads it.
  return oneLine(text.replace(/\s+/g, ' '), SHOWN_CHARACTERS);
}

/** Whether what is looked at is printable ASCII with single spaces between words: most bodies are, and are shown as they are. */
function isPlain(body: Buffer): boolean {
  const looked = Math.min(body.length, LOOKED_AT);
  let wasSpace = true;
  for (let at = 0; at < looked; at++) {
    const byte = body[at] as number;
    const isSpace = byte === 0x20;
    if (byte < 0x20 || byte > 0x7e || (isSpace && wasSpace)) return false;
    wasSpace = isSpace;
  }
  return !wasSpace || looked === 0;
}
