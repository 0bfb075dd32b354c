/** Escapes in headers (STOMP 1.2, Value Encoding). 1.0 has none, 1.1 lacks the carriage return. */

import { ProtocolError } from '../../core/errors.ts';
import type { StompVersion } from './frame.ts';

const ESCAPES: { readonly [plain: string]: string } = { '\\': '\\\\', '\n': '\\n', ':': '\\c', '\r': '\\r' };
const PLAINS: { readonly [sequence: string]: string } = { '\\\\': '\\', '\\n': '\n', '\\c': ':', '\\r': '\r' };

/** Escapes a header's name or value. Throws a RangeError where the version has no way to write it. */
export function escapeHeader(text: string, version: StompVersion): string {
  if (!/[\\\n\r:]/.test(text)) return text;
  if (version === '1.0') {
    if (/[\n\r]/.test(text)) throw new RangeError('STOMP 1.0 can not carry a line break in a header');
    return text;
  }
  return text.replace(version === '1.1' ? /[\\\n:]/g : /[\\\n\r:]/g, (character) => ESCAPES[character] ?? character);
}

/** Resolves the escapes of a header's name or value. Throws a ProtocolError for one that the version does not know. */
export function unescapeHeader(text: string, version: StompVersion): string {
  if (version === '1.0' || !text.includes('\\')) return text;
  return text.replace(/\\.?/gs, (sequence) => {
    const plain = PLAINS[sequence];
    if (plain === undefined || (plain === '\r' && version === '1.1')) {
      throw new ProtocolError(`undefined escape ${JSON.stringify(sequence)} in a header`, {
        clause: `STOMP ${version}, Value Encoding`,
      });
    }
    return plain;
  });
}
