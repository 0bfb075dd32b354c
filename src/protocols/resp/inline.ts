/** The words of an inline command, quoted as in redis-cli. */
import { byteAt } from '../byte-at.ts';

const SPACE = new Set([32, 9, 10, 11, 12, 13]);
const ESCAPES = new Map([
  [110, 10], // \n
  [114, 13], // \r
  [116, 9], // \t
  [98, 8], // \b
  [97, 7], // \a
]);

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * Splits `line[from, to)` into words: "..." knows \n \r \t \b \a \xHH, '...' knows \', and a closing quote must be
 * followed by a space or the end. Undefined when the quotes don't match.
 */
export function splitInline(line: Buffer, from: number, to: number): Buffer[] | undefined {
  const words: Buffer[] = [];
  const word = Buffer.allocUnsafe(to - from);
  let i = from;
  for (;;) {
    while (i < to && SPACE.has(byteAt(line, i))) i++;
    if (i >= to) return words;
    let length = 0;
    let quote = 0;
    for (; ; i++) {
      const byte = i < to ? byteAt(line, i) : -1;
      if (quote === 0) {
        if (byte === -1 || SPACE.has(byte)) break;
        if (byte === 34 || byte === 39) quote = byte;
        else word[length++] = byte;
        continue;
      }
      if (byte === -1) return undefined;
      if (byte === quote) {
        i++;
        if (i < to && !SPACE.has(byteAt(line, i))) return undefined;
        break;
      }
      if (byte !== 92 || i + 1 >= to) {
        word[length++] = byte;
        continue;
      }
      const next = byteAt(line, ++i);
      if (quote === 39) {
        if (next === 39) word[length++] = 39;
        else {
          word[length++] = 92;
          i--;
        }
        continue;
      }
      const high = next === 120 && i + 2 < to ? hexDigit(line[i + 1]) : -1;
      const low = high >= 0 ? hexDigit(line[i + 2]) : -1;
      if (low >= 0) {
        word[length++] = high * 16 + low;
        i += 2;
      } else word[length++] = ESCAPES.get(next) ?? next;
    }
    words.push(Buffer.from(word.subarray(0, length)));
  }
}
