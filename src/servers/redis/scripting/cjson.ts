/** The cjson library: JSON over byte strings, with the rules and texts of lua-cjson 2.1. */
import { type Lua, type LuaFunction, raise, textArgument } from './lua.ts';
import { meter } from './meter.ts';
import { NULL, Other, type Plain, type PlainTable, pushTree, readPlain, type Tree } from './plain.ts';
import { shortNumber } from './short-number.ts';

const MAX_DEPTH = 1000;
/** A table with far more holes than this is not an array, and an error. */
const SPARSE_RATIO = 2;
const SPARSE_SAFE = 10;

class JsonError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quoted(text: string): string {
  const escaped = text.replace(/["\\/\p{Cc}]/gu, (c) => {
    const code = c.charCodeAt(0);
    if (code > 0x7f) return c; // a byte of UTF-8, not a control character
    return ESCAPES[c] ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

function encode(value: Plain): string {
  meter.step();
  if (value === undefined || value === NULL) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new JsonError('Cannot serialise number: must not be NaN or Inf');
      return shortNumber(value);
  }
  if (value instanceof Other) throw new JsonError(`Cannot serialise ${value.type}: type not supported`);
  const { entries, arrayLength } = value as PlainTable;
  if (entries.size > 0 && arrayLength !== undefined) {
    if (arrayLength > SPARSE_SAFE && arrayLength > entries.size * SPARSE_RATIO) {
      throw new JsonError('Cannot serialise table: excessively sparse array');
    }
    const items: string[] = [];
    for (let i = 1; i <= arrayLength; i++) items.push(encode(entries.get(i)));
    return `[${items.join(',')}]`;
  }
  const pairs: string[] = [];
  for (const [key, item] of entries) {
    if (typeof key === 'boolean') throw new JsonError('Cannot serialise boolean: table key must be a number or string');
    pairs.push(`${typeof key === 'number' ? `"${shortNumber(key)}"` : quoted(key)}:${encode(item)}`);
  }
  return `{${pairs.join(',')}}`;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|inf(?:inity)?|nan)/iy;
const LITERALS: [string, Tree][] = [
  ['true', true],
  ['false', false],
  ['null', NULL],
];

class Decoder {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  decode(): Tree {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('the end');
    return value;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  /** What stands here, as messages call it. */
  #token(): string {
    const c = this.#text[this.#at];
    if (c === undefined) return 'T_END';
    const names: Record<string, string> = {
      '{': 'T_OBJ_BEGIN',
      '}': 'T_OBJ_END',
      '[': 'T_ARR_BEGIN',
      ']': 'T_ARR_END',
      ',': 'T_COMMA',
      ':': 'T_COLON',
      '"': 'T_STRING',
    };
    if (names[c]) return names[c];
    if (LITERALS.some(([word]) => this.#text.startsWith(word, this.#at))) return c === 'n' ? 'T_NULL' : 'T_BOOLEAN';
    return /[-0-9]/.test(c) ? 'T_NUMBER' : 'invalid token';
  }

  #fail(expected: string, at = this.#at): never {
    throw new JsonError(`Expected ${expected} but found ${this.#token()} at character ${at + 1}`);
  }

  #value(): Tree {
    meter.step();
    this.#space();
    const c = this.#text[this.#at];
    if (c === '{' || c === '[') {
      if (++this.#depth > MAX_DEPTH) {
        throw new JsonError(`Found too many nested data structures (${MAX_DEPTH + 1}) at character ${this.#at + 1}`);
      }
      const value = c === '{' ? this.#object() : this.#array();
      this.#depth--;
      return value;
    }
    if (c === '"') return this.#string();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text);
    if (number === null) this.#fail('value');
    this.#at = NUMBER.lastIndex;
    const text = number[0].toLowerCase();
    if (text.includes('inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return text.startsWith('-0x') ? -Number(text.slice(1)) : Number(text);
  }

  #array(): Tree {
    this.#at++;
    const items: Tree[] = [];
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#value());
      this.#space();
      const c = this.#text[this.#at];
      if (c !== ',' && c !== ']') this.#fail('comma or array end');
      this.#at++;
      if (c === ']') return items;
    }
  }

  #object(): Tree {
    this.#at++;
    const pairs = new Map<string, Tree>();
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return pairs;
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('object key string');
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail('colon');
      this.#at++;
      pairs.set(key, this.#value());
      this.#space();
      const c = this.#text[this.#at];
      if (c !== ',' && c !== '}') this.#fail('comma or object end');
      this.#at++;
      if (c === '}') return pairs;
    }
  }

  #string(): string {
    const begin = this.#at++;
    let text = '';
    for (;;) {
      const from = this.#at;
      while (this.#at < this.#text.length && this.#text[this.#at] !== '"' && this.#text[this.#at] !== '\\') this.#at++;
      text += this.#text.slice(from, this.#at);
      const c = this.#text[this.#at++];
      if (c === undefined) {
        throw new JsonError(`Expected value but found unexpected end of string at character ${this.#text.length + 1}`);
      }
      if (c === '"') return text;
      const code = this.#text[this.#at++];
      const plain = Object.entries(ESCAPES).find(([, written]) => written === `\\${code}`)?.[0];
      if (plain !== undefined) text += plain;
      else if (code === 'u') text += this.#unicode(begin);
      else throw new JsonError(`Expected value but found invalid escape code at character ${this.#at - 1}`);
    }
  }

  #unicode(begin: number): string {
    const read = (): number => {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
        throw new JsonError(`Expected value but found invalid unicode escape code at character ${begin + 1}`);
      }
      this.#at += 4;
      return Number.parseInt(digits, 16);
    };
    let code = read();
    if (code >= 0xd800 && code < 0xdc00 && this.#text.startsWith('\\u', this.#at)) {
      this.#at += 2;
      code = 0x10000 + ((code - 0xd800) << 10) + (read() - 0xdc00);
    }
    return Buffer.from(String.fromCodePoint(code)).toString('latin1');
  }
}

export function cjson(machine: Lua): Record<string, LuaFunction> {
  const { lua } = machine;
  return {
    encode(L) {
      if (lua.lua_gettop(L) !== 1) raise(machine, L, "bad argument #1 to 'encode' (expected 1 argument)");
      try {
        const value = readPlain(machine, L, 1, MAX_DEPTH, () => {
          throw new JsonError(`Cannot serialise, excessive depth (${MAX_DEPTH + 1})`);
        });
        pushTree(machine, L, encode(value));
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        raise(machine, L, error.message);
      }
      return 1;
    },
    decode(L) {
      const text = textArgument(machine, L, 1, 'decode');
      let tree: Tree;
      try {
        tree = new Decoder(text).decode();
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        raise(machine, L, error.message);
      }
      pushTree(machine, L, tree);
      return 1;
    },
  };
}
