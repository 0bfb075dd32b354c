/** Redis's glob patterns, as KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET and notifications use them. */
import { byteAt } from '../byte-at.ts';

const STAR = 42;
const QUESTION = 63;
const OPEN = 91;
const CLOSE = 93;
const BACKSLASH = 92;
const CARET = 94;
const MINUS = 45;

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** Where the class that opens at `at` ends: the index after its `]`, or the pattern's end where that is missing. */
function classEnd(pattern: Uint8Array, at: number): number {
  let i = at + 1;
  if (pattern[i] === CARET) i++;
  for (; i < pattern.length; i++) {
    if (pattern[i] === BACKSLASH && i + 1 < pattern.length) i++;
    else if (pattern[i] === CLOSE) return i + 1;
    else if (pattern[i + 1] === MINUS && i + 2 < pattern.length) i += 2;
  }
  return pattern.length;
}

function inClass(pattern: Uint8Array, at: number, end: number, byte: number, fold: boolean): boolean {
  const last = pattern[end - 1] === CLOSE && end - 1 > at ? end - 1 : end;
  const wanted = fold ? lower(byte) : byte;
  let i = at + 1;
  const negated = pattern[i] === CARET;
  if (negated) i++;
  let found = false;
  for (; i < last; i++) {
    let first = byteAt(pattern, i);
    if (first === BACKSLASH && i + 1 < pattern.length) {
      i++;
      if (pattern[i] === byte) found = true;
      continue;
    }
    if (pattern[i + 1] === MINUS && i + 2 < pattern.length) {
      let final = byteAt(pattern, i + 2);
      i += 2;
      if (first > final) [first, final] = [final, first];
      if (fold) {
        first = lower(first);
        final = lower(final);
      }
      if (wanted >= first && wanted <= final) found = true;
    } else if ((fold ? lower(first) : first) === wanted) found = true;
  }
  return found !== negated;
}

/**
 * Whether the whole of `text` matches `pattern`: `*`, `?`, `[abc]`, `[^a]`, `[a-z]` and `\` before a special byte.
 * It works on bytes (strings are taken as UTF-8), and goes back to the last `*` only, so that its worst case is the
 * product of the two lengths. Source: https://redis.io/docs/latest/commands/keys/
 */
export function globMatch(pattern: Uint8Array | string, text: Uint8Array | string, fold = false): boolean {
  const p = typeof pattern === 'string' ? Buffer.from(pattern) : pattern;
  const t = typeof text === 'string' ? Buffer.from(text) : text;
  let i = 0;
  let j = 0;
  let retryPattern = -1;
  let retryText = 0;
  while (j < t.length) {
    let next = -1;
    if (i < p.length) {
      const byte = byteAt(t, j);
      switch (p[i]) {
        case STAR:
          retryPattern = ++i;
          retryText = j;
          if (i === p.length) return true;
          continue;
        case QUESTION:
          next = i + 1;
          break;
        case OPEN: {
          const end = classEnd(p, i);
          if (inClass(p, i, end, byte, fold)) next = end;
          break;
        }
        default: {
          const at = p[i] === BACKSLASH && i + 1 < p.length ? i + 1 : i;
          if (p[at] === byte || (fold && lower(byteAt(p, at)) === lower(byte))) next = at + 1;
        }
      }
    }
    if (next >= 0) {
      i = next;
      j++;
    } else if (retryPattern >= 0) {
      i = retryPattern;
      j = ++retryText;
    } else return false;
  }
  while (p[i] === STAR) i++;
  return i === p.length;
}
