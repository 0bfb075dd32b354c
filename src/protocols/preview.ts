import { isUtf8 } from 'node:buffer';
import { printable } from '../core/text/printable.ts';
import { byteAt } from './byte-at.ts';

/** The longest preview of a body, in characters, that a summary shows. */
const PREVIEW_CHARS = 80;

/** The longest beginning of a body, in characters, that a summary of a frame quotes. */
const QUOTED_CHARS = 60;
/** What no text that people read holds. */
const CONTROL = /[^\P{Cc}\t\n\r]|\uFFFD/u;

/** The body as text, or undefined when it is not UTF-8. A body that was cut may end inside a character. */
export function textOf(body: Buffer, size = body.length): string | undefined {
  if (isUtf8(body)) return body.toString('utf8');
  if (size <= body.length) return undefined;
  const whole = body.subarray(0, body.length - cutCharacterBytes(body));
  return isUtf8(whole) ? whole.toString('utf8') : undefined;
}

/** One line that tells a body: its text where it has one, else its size. */
export function previewOf(body: Buffer, size = body.length): string {
  // Four bytes a character is the most that UTF-8 takes, so this much always fills a preview.
  const text = textOf(body.subarray(0, 4 * PREVIEW_CHARS), size);
  return text === undefined ? `${size} bytes of binary` : oneLine(text);
}

/** Text in one line of bounded length, with nothing in it that moves a terminal's cursor. */
export function oneLine(text: string, maxChars = PREVIEW_CHARS): string {
  const line = printable(text.slice(0, 4 * maxChars)).trim();
  const characters = [...line];
  return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : line;
}

/** A body as a summary tells it: how long it is, and how it begins where that can be read. */
export function bodySummary(body: Buffer, size: number): string {
  const told = `${size} ${size === 1 ? 'byte' : 'bytes'}`;
  const text = readableText(body.subarray(0, 4 * QUOTED_CHARS));
  if (!text) return told;
  return `${told} ${JSON.stringify(text.length > QUOTED_CHARS ? `${text.slice(0, QUOTED_CHARS - 1)}…` : text)}`;
}

/** The bytes as text, where they are text. A character that was cut off at the end does not count. */
export function readableText(bytes: Buffer): string | undefined {
  const decoded = bytes.toString('utf8').replace(/\uFFFD$/, '');
  return CONTROL.test(decoded) ? undefined : decoded;
}

/** A word that comes from the other side: quoted where it could break the line, or would not be seen. */
export function quoteIfNeeded(word: string): string {
  return word === '' || /[\p{Cc}\s]/u.test(word) ? JSON.stringify(word) : word;
}

/** How many bytes at the end of `bytes` begin a UTF-8 character without completing it: 0 to 3. */
export function cutCharacterBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = byteAt(bytes, bytes.length - back);
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
