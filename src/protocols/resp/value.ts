/**
 * The values of RESP2 and RESP3 replies (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 *
 * Every wire type has its own `type`, so that what was read encodes to the same bytes again. Texts are kept as bytes,
 * because Redis does not promise UTF-8. Values are shared and must not be changed.
 */

import { itemAt } from '../../core/collections/present.ts';
import type { Json } from '../../core/json.ts';

/** `+` simple string, `-` error, `!` bulk error. `length` is the whole size in bytes; `bytes` is shorter where it was cut. */
export interface RespText {
  readonly type: 'simple' | 'error' | 'bulk-error';
  readonly bytes: Buffer;
  readonly length: number;
}

/** `$` bulk string. `length` is the whole size in bytes; `bytes` is shorter where it was cut. */
export interface RespBulk {
  readonly type: 'bulk';
  readonly bytes: Buffer;
  readonly length: number;
  /** SHA-1 in base64 of the whole, where `bytes` was cut. */
  readonly digest?: string;
}

/** `=` verbatim string; `format` is its three letters (`txt`, `mkd`), `length` counts the body without them. */
export interface RespVerbatim {
  readonly type: 'verbatim';
  readonly format: string;
  readonly bytes: Buffer;
  readonly length: number;
}

/** `:` integer: a number where that is exact, else a bigint. `text` is there where the wire form was not the shortest. */
export interface RespInteger {
  readonly type: 'integer';
  readonly value: number | bigint;
  readonly text?: string;
}

/** `,` double; `text` is its wire form. */
export interface RespDouble {
  readonly type: 'double';
  readonly value: number;
  readonly text: string;
}

/** `(` big number; `text` is its wire form. */
export interface RespBigNumber {
  readonly type: 'big-number';
  readonly value: bigint;
  readonly text: string;
}

/** `#` boolean. */
export interface RespBoolean {
  readonly type: 'boolean';
  readonly value: boolean;
}

/** `_` is RESP3's null, `$-1` the null bulk and `*-1` the null array of RESP2. */
export interface RespNull {
  readonly type: 'null' | 'null-bulk' | 'null-array';
}

/**
 * `*` array, `~` set, `>` push, and `%` map with keys and values in turn.
 * `length` is the announced number of items (two per pair of a map); `items` holds fewer where it was cut.
 */
export interface RespAggregate {
  readonly type: 'array' | 'set' | 'push' | 'map';
  readonly items: readonly RespValue[];
  readonly length: number;
}

/** `|` attribute: auxiliary data (keys and values in turn) that came with `value`. */
export interface RespAttribute {
  readonly type: 'attribute';
  readonly items: readonly RespValue[];
  readonly length: number;
  readonly value: RespValue;
}

export type RespValue =
  | RespText
  | RespBulk
  | RespVerbatim
  | RespInteger
  | RespDouble
  | RespBigNumber
  | RespBoolean
  | RespNull
  | RespAggregate
  | RespAttribute;

/** A value without the attributes that it came with. */
export function bare(value: RespValue): Exclude<RespValue, RespAttribute> {
  let inner = value;
  while (inner.type === 'attribute') inner = inner.value;
  return inner;
}

/** What most commands that change something answer: one value stands for all of them. */
export const OK: RespValue = Object.freeze({ type: 'simple', bytes: Buffer.from('OK'), length: 2 });

/** The text of a string, an error or a number as UTF-8; undefined for a null, a boolean or an aggregate. */
export function textOf(value: RespValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === OK) return 'OK';
  const inner = bare(value);
  switch (inner.type) {
    case 'simple':
    case 'error':
    case 'bulk-error':
    case 'bulk':
    case 'verbatim':
      return inner.bytes.toString();
    case 'integer':
      return String(inner.value);
    case 'double':
    case 'big-number':
      return inner.text;
    default:
      return undefined;
  }
}

export function isError(value: RespValue): boolean {
  const { type } = bare(value);
  return type === 'error' || type === 'bulk-error';
}

/** A JSON-safe view of a value: at most `maxItems` items of an aggregate and `maxText` characters of a text. */
export function toJson(value: RespValue, maxItems = 100, maxText = 4096): Json {
  const inner = bare(value);
  switch (inner.type) {
    case 'null':
    case 'null-bulk':
    case 'null-array':
      return null;
    case 'boolean':
      return inner.value;
    case 'integer':
      return typeof inner.value === 'number' ? inner.value : inner.value.toString();
    case 'double':
      return Number.isFinite(inner.value) ? inner.value : inner.text;
    case 'big-number':
      return inner.text;
    case 'map': {
      const object: { [key: string]: Json } = Object.create(null);
      for (let i = 0; i + 1 < inner.items.length && i < 2 * maxItems; i += 2) {
        const key = textOf(itemAt(inner.items, i)) ?? JSON.stringify(toJson(itemAt(inner.items, i), maxItems, maxText));
        object[key.slice(0, maxText)] = toJson(itemAt(inner.items, i + 1), maxItems, maxText);
      }
      return { ...object };
    }
    case 'array':
    case 'set':
    case 'push':
      return inner.items.slice(0, maxItems).map((item) => toJson(item, maxItems, maxText));
    default:
      return inner.bytes.toString().slice(0, maxText);
  }
}
