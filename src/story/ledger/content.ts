/** What a body is known by and how it is shown. */
import { hash } from 'node:crypto';
import { oneLine } from '../../protocols/preview.ts';

/** Bodies up to this many bytes are compared as they are; of longer ones a digest is. */
const COMPARED_BYTES = 512;
const SHOWN_CHARACTERS = 60;

/** A body as a frame holds it. */
export interface Content {
  /** What was kept of it. */
  readonly body: Buffer;
  /** Its bytes on the wire. */
  readonly sizeBytes: number;
  /** SHA-1 of all of it, where `body` is only its beginning. */
  readonly digest?: string | undefined;
}

/** Equal for equal bodies, and practically only then, however much of a long one was kept. */
export function fingerprint({ body, sizeBytes, digest }: Content): string {
  if (sizeBytes <= COMPARED_BYTES && body.length === sizeBytes) return body.toString('latin1');
  return `${sizeBytes}:${digest ?? hash('sha1', body, 'base64')}`;
}

/** A body for people: its text on one line, cut short, or its size where it is no text. */
export function preview({ body, sizeBytes }: Pick<Content, 'body' | 'sizeBytes'>): string {
  if (isPlain(body)) return body.toString('latin1');
  const text = body.subarray(0, SHOWN_CHARACTERS * 4).toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary data from text
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) return `${sizeBytes} bytes of binary data`;
  // Nothing that somebody sent may move the cursor of whoever reads it.
  return oneLine(text.replace(/\s+/g, ' '), SHOWN_CHARACTERS);
}

/** Whether a body is short, printable ASCII without spaces: most keys and small values are, and need no second look. */
function isPlain(body: Buffer): boolean {
  if (body.length > SHOWN_CHARACTERS) return false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte < 0x21 || byte > 0x7e) return false;
  }
  return true;
}
