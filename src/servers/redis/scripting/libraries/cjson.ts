/** The cjson library: JSON over byte strings, with the rules and texts of lua-cjson 2.1. */

import {
  type Lua,
  type LuaFunction,
  type LuaState,
  luaBytes,
  pushText,
  raise,
  setFunctions,
  textArgument,
} from '../lua/lua.ts';
import { meter } from '../lua/meter.ts';
import { NULL, Other, type Plain, type PlainTable, pushTree, readPlain, type Tree } from '../lua/plain.ts';
import { shortNumber } from '../lua/short-number.ts';
import { JsonSettings, settingFunctions } from './cjson-settings.ts';

const NAME = 'cjson';
const VERSION = '2.1.0';

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

function encodeNumber(value: number, { encodeInvalid, digits }: JsonSettings): string {
  if (Number.isFinite(value)) return shortNumber(value, digits);
  if (encodeInvalid === 'off') throw new JsonError('Cannot serialise number: must not be NaN or Inf');
  if (encodeInvalid === 'null') return 'null';
  return Number.isNaN(value) ? 'nan' : shortNumber(value);
}

/** Whether a table without other keys than positive whole numbers is written as an array. */
function isArray(places: number, items: number, { sparseRatio, sparseSafe, sparseConvert }: JsonSettings): boolean {
  if (sparseRatio === 0 || places <= items * sparseRatio || places <= sparseSafe) return true;
  if (sparseConvert === 'off') throw new JsonError('Cannot serialise table: excessively sparse array');
  return false;
}

function encode(value: Plain, settings: JsonSettings): string {
  meter.step();
  if (value === undefined || value === NULL) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      return quoted(value);
    case 'number':
      return encodeNumber(value, settings);
  }
  if (value instanceof Other) throw new JsonError(`Cannot serialise ${value.type}: type not supported`);
  const { entries, arrayLength } = value as PlainTable;
  if (entries.size > 0 && arrayLength !== undefined && isArray(arrayLength, entries.size, settings)) {
    const items: string[] = [];
    for (let i = 1; i <= arrayLength; i++) items.push(encode(entries.get(i), settings));
    return `[${items.join(',')}]`;
  }
  const pairs: string[] = [];
  for (const [key, item] of entries) {
    if (typeof key === 'boolean') throw new JsonError('Cannot serialise boolean: table key must be a number or string');
    const name = typeof key === 'number' ? `"${encodeNumber(key, settings)}"` : quoted(key);
    pairs.push(`${name}:${encode(item, settings)}`);
  }
  return `{${pairs.join(',')}}`;
}

const SPACE = /[ \t\r\n]*/y;
/** What C's strtod reads, but hexadecimal fractions. */
const NUMBER = /[-+]?(?:0x[0-9a-f]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|inf(?:inity)?|nan)/iy;
/** Numbers that are none in JSON, as lua-cjson tells them. */
const INVALID_NUMBER = /\+|-?(?:0[x0-9]|inf|nan)/iy;
const LITERALS: [string, Tree][] = [
  ['true', true],
  ['false', false],
  ['null', NULL],
];

class Decoder {
  readonly #text: string;
  readonly #settings: JsonSettings;
  #at = 0;
  #depth = 0;

  constructor(text: string, settings: JsonSettings) {
    this.#text = text;
    this.#settings = settings;
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
    const number = this.#number();
    return typeof number === 'string' ? number : 'T_NUMBER';
  }

  /** The number that stands here and where it ends, or what messages call what stands here instead. */
  #number(): RegExpExecArray | 'invalid number' | 'invalid token' {
    INVALID_NUMBER.lastIndex = this.#at;
    const isInvalid = INVALID_NUMBER.test(this.#text);
    const isAllowed = this.#settings.decodeInvalid === 'on';
    if (!/[-0-9]/.test(this.#text[this.#at] ?? '') && !(isInvalid && isAllowed)) return 'invalid token';
    if (isInvalid && !isAllowed) return 'invalid number';
    NUMBER.lastIndex = this.#at;
    return NUMBER.exec(this.#text) ?? 'invalid number';
  }

  #fail(expected: string, at = this.#at): never {
    throw new JsonError(`Expected ${expected} but found ${this.#token()} at character ${at + 1}`);
  }

  #value(): Tree {
    meter.step();
    this.#space();
    const c = this.#text[this.#at];
    if (c === '{' || c === '[') {
      if (++this.#depth > this.#settings.decodeDepth) {
        throw new JsonError(`Found too many nested data structures (${this.#depth}) at character ${this.#at + 1}`);
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
    const number = this.#number();
    if (typeof number === 'string') return this.#fail('value');
    this.#at += number[0].length;
    const [, sign, digits = ''] = /^([-+]?)(.*)$/.exec(number[0].toLowerCase()) ?? [];
    const value = digits.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(digits);
    return sign === '-' ? -value : value;
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
    this.#at++;
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
      else if (code === 'u') text += this.#unicode();
      else throw new JsonError(`Expected value but found invalid escape code at character ${this.#at - 1}`);
    }
  }

  #unicode(): string {
    const escapeAt = this.#at - 1;
    const invalid = () =>
      new JsonError(`Expected value but found invalid unicode escape code at character ${escapeAt}`);
    const read = (): number => {
      const digits = this.#text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw invalid();
      this.#at += 4;
      return Number.parseInt(digits, 16);
    };
    let code = read();
    if (isHighSurrogate(code)) {
      if (!this.#text.startsWith('\\u', this.#at)) throw invalid();
      this.#at += 2;
      const low = read();
      if (!isLowSurrogate(low)) throw invalid();
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (isLowSurrogate(code)) throw invalid();
    return Buffer.from(String.fromCodePoint(code)).toString('latin1');
  }
}

/** Pushes a table of the library, with settings of its own. */
export function pushCjson(machine: Lua, L: LuaState): void {
  const { lua } = machine;
  const settings = new JsonSettings();
  const guarded = (action: () => void, state: LuaState): number => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      raise(machine, state, error.message);
    }
    return 1;
  };
  const one = (state: LuaState, name: string) => {
    if (lua.lua_gettop(state) !== 1) raise(machine, state, `bad argument #1 to '${name}' (expected 1 argument)`);
  };
  const functions: Record<string, LuaFunction> = {
    ...settingFunctions(machine, settings),
    encode(state) {
      one(state, 'encode');
      return guarded(() => {
        const { encodeDepth } = settings;
        const value = readPlain(machine, state, 1, encodeDepth, () => {
          throw new JsonError(`Cannot serialise, excessive nesting (${encodeDepth + 1})`);
        });
        pushText(lua, state, encode(value, settings));
      }, state);
    },
    decode(state) {
      one(state, 'decode');
      const text = textArgument(machine, state, 1, 'decode');
      return guarded(() => pushTree(machine, state, new Decoder(text, settings).decode()), state);
    },
    new(state) {
      pushCjson(machine, state);
      return 1;
    },
  };
  lua.lua_newtable(L);
  setFunctions(machine, L, functions);
  for (const [name, text] of Object.entries({ _NAME: NAME, _VERSION: VERSION })) {
    pushText(lua, L, text);
    lua.lua_setfield(L, -2, luaBytes(name));
  }
  lua.lua_pushlightuserdata(L, null);
  lua.lua_setfield(L, -2, luaBytes('null'));
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
