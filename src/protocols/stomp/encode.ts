/** Writes STOMP frames. */
import { escapeHeader } from './escape.ts';
import { isUnescaped, type StompHeader, type StompVersion } from './frame.ts';

const NUL = Buffer.of(0);

/**
 * One frame, ending with its NUL. A body gets a content-length where the headers have none, so that it may hold NULs.
 * Throws a RangeError where a header can't be written in that version.
 */
export function encodeFrame(
  command: string,
  headers: readonly StompHeader[],
  body: Buffer | string = '',
  version: StompVersion = '1.2',
): Buffer {
  const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const rules = isUnescaped(command) ? '1.0' : version;
  let head = `${command}\n`;
  let hasLength = content.length === 0;
  for (const [name, value] of headers) {
    if (name === 'content-length') hasLength = true;
    head += `${escapeHeader(name, rules)}:${escapeHeader(value, rules)}\n`;
  }
  if (!hasLength) head += `content-length:${content.length}\n`;
  return Buffer.concat([Buffer.from(`${head}\n`, 'utf8'), content, NUL]);
}
