/** Replies in a form that people read, and in which no two of them look alike. */
import { createHash } from 'node:crypto';
import { encodeValue, type RespValue } from '../../../../src/protocols/resp/index.ts';

/** Longer texts, in bytes, are told by their beginning, length and SHA-1. */
const WHOLE = 400;
const SHOWN = 60;
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

function quoted(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped.
    /[\x00-\x1f"\\\x7f-\xff]/g,
    (c) => ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${text}"`;
}

function told(bytes: Buffer): string {
  if (bytes.length <= WHOLE) return quoted(bytes);
  const digest = createHash('sha1').update(bytes).digest('hex');
  return `${quoted(bytes.subarray(0, SHOWN))}... (${bytes.length} bytes, SHA-1 ${digest})`;
}

const MARKS = { array: '', set: '~', push: '>' } as const;

/** One line for a reply: `+OK`, `-ERR ...`, `:1`, `"bulk"`, `["array", :2]`, `~[set]`, `>[push]`, `{"map" => ,1.5}`. */
export function notation(value: RespValue): string {
  switch (value.type) {
    case 'bulk':
      return told(value.bytes);
    case 'verbatim':
      return `=${value.format}:${told(value.bytes)}`;
    case 'array':
    case 'set':
    case 'push':
      return `${MARKS[value.type]}[${value.items.map(notation).join(', ')}]`;
    case 'map': {
      const texts = value.items.map(notation);
      return `{${texts.map((text, i) => (i % 2 === 0 ? text : ` => ${text}${i < texts.length - 1 ? ', ' : ''}`)).join('')}}`;
    }
    default:
      // What is left is one line on the wire, with its mark in front.
      return quoted(encodeValue(value))
        .slice(1, -1)
        .replace(/\\r\\n$/, '')
        .replaceAll('\\"', '"');
  }
}
