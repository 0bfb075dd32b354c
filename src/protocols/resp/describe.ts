/** Tells frames in one line, as redis-cli would, and as JSON. */

import { itemAt } from '../../core/collections/present.ts';
import type { Json } from '../../core/json.ts';
import type { Description, Frame } from '../protocol.ts';
import type { RespCommand, RespFrameValue } from './frame.ts';
import { HIDDEN, secretArgs, withoutSecrets } from './secrets.ts';
import { bare, type RespValue, textOf, toJson } from './value.ts';

/** How much of one text, and of one line, is shown. */
const MAX_TEXT_CHARS = 80;
const MAX_LINE_CHARS = 160;
const MAX_ITEMS = 12;
const MAX_FIELD_ITEMS = 100;
const MAX_FIELD_CHARS = 4096;

const BARE_WORD = /^[\w.:*?/+@{}[\]^$|,=<>()~-]+$/;

function clip(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** A text as one line: in quotes, with escapes for what does not print. */
function quoted(text: string): string {
  const escaped = JSON.stringify(clip(text, MAX_TEXT_CHARS));
  return escaped.replace(/[\u007f-\u009f\u2028\u2029\ufffd]/g, (c) =>
    c === '\ufffd' ? '?' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function word(bytes: Buffer): string {
  const text = bytes.toString('utf8', 0, MAX_TEXT_CHARS * 4);
  return text.length <= MAX_TEXT_CHARS && BARE_WORD.test(text) ? text : quoted(text);
}

function argsText(command: RespCommand): string {
  const hidden = secretArgs(command);
  const shown: string[] = [];
  let length = 0;
  for (let i = 0; i < command.args.length; i++) {
    if (length > MAX_LINE_CHARS || i >= MAX_ITEMS * 2) break;
    const text = hidden.has(i) ? HIDDEN : word(itemAt(command.args, i));
    shown.push(text);
    length += text.length + 1;
  }
  if (shown.length < command.argCount) shown.push(`… (${command.argCount} arguments)`);
  return clip(shown.join(' '), MAX_LINE_CHARS + 24);
}

/** The attributes that came with a value, as one object; undefined where there are none. */
function attributesOf(value: RespValue): Json | undefined {
  const items: RespValue[] = [];
  for (let outer = value; outer.type === 'attribute'; outer = outer.value) items.push(...outer.items);
  return items.length === 0
    ? undefined
    : toJson({ type: 'map', items, length: items.length }, MAX_FIELD_ITEMS, MAX_FIELD_CHARS);
}

/** Attributes stand before the value that they came with, as on the wire. */
function valueText(value: RespValue, depth = 0): string {
  if (value.type !== 'attribute') return plainText(value, depth);
  return `|${itemsText(value.items, value.length, 'map', depth + 1)} ${valueText(value.value, depth)}`;
}

function plainText(value: RespValue, depth: number): string {
  const inner = bare(value);
  switch (inner.type) {
    case 'simple':
      return clip(inner.bytes.toString('utf8', 0, 4 * MAX_LINE_CHARS).replace(/\p{Cc}/gu, ' '), MAX_LINE_CHARS);
    case 'error':
    case 'bulk-error':
      return `(error) ${clip(inner.bytes.toString('utf8', 0, 4 * MAX_LINE_CHARS).replace(/\p{Cc}/gu, ' '), MAX_LINE_CHARS)}`;
    case 'bulk':
    case 'verbatim':
      return quoted(inner.bytes.toString('utf8', 0, MAX_TEXT_CHARS * 4));
    case 'integer':
      return `(integer) ${inner.value}`;
    case 'double':
      return `(double) ${inner.text}`;
    case 'big-number':
      return `(big number) ${clip(inner.text, MAX_TEXT_CHARS)}`;
    case 'boolean':
      return inner.value ? '(true)' : '(false)';
    case 'array':
    case 'set':
    case 'push':
    case 'map':
      return itemsText(inner.items, inner.length, inner.type, depth);
    default:
      return '(nil)';
  }
}

function itemsText(items: readonly RespValue[], length: number, type: string, depth: number): string {
  const count = type === 'map' ? length / 2 : length;
  if (length === 0) return `(empty ${type})`;
  if (depth > 3) return `(${type} of ${count})`;
  const step = type === 'map' ? 2 : 1;
  const parts: string[] = [];
  let size = 0;
  for (let i = 0; i < items.length && parts.length < MAX_ITEMS && size < MAX_LINE_CHARS; i += step) {
    const text =
      step === 2
        ? `${valueText(itemAt(items, i), depth + 1)}: ${items[i + 1] === undefined ? '…' : valueText(itemAt(items, i + 1), depth + 1)}`
        : valueText(itemAt(items, i), depth + 1);
    parts.push(text);
    size += text.length;
  }
  if (parts.length < count) parts.push(`… (${count} in all)`);
  const [open, close] = type === 'map' || type === 'set' ? ['{', '}'] : ['[', ']'];
  return `${open}${parts.join(', ')}${close}`;
}

function describeCommand(command: RespCommand): Description {
  const hidden = secretArgs(command);
  const args: Json[] = command.args
    .slice(0, MAX_FIELD_ITEMS)
    .map((arg, i) => (hidden.has(i) ? HIDDEN : arg.toString('utf8', 0, MAX_FIELD_CHARS)));
  const fields: { [key: string]: Json } = { args };
  if (args.length < command.argCount || command.cut) fields.argCount = command.argCount;
  return { summary: argsText(command), fields, secret: hidden.size > 0 };
}

/** Never throws and never tells a secret. */
export function describe(frame: Frame): Description {
  const value = frame.value as RespFrameValue;
  if (value.kind === 'command') return describeCommand(value);
  const reply = withoutSecrets(value.reply, value.command);
  const json = toJson(reply, MAX_FIELD_ITEMS, MAX_FIELD_CHARS);
  const fields: { [key: string]: Json } = { type: bare(reply).type, reply: json };
  const attributes = attributesOf(reply);
  if (attributes !== undefined) fields.attributes = attributes;
  if (value.command) fields.command = value.command.name;
  const secret = reply !== value.reply;
  if (value.kind === 'reply') return { summary: `-> ${valueText(reply)}`, fields, secret };
  const inner = bare(reply);
  if (inner.type !== 'array' && inner.type !== 'push') return { summary: valueText(reply), fields };
  const parts = inner.items
    .slice(1, MAX_ITEMS)
    .map((item) => (item.type === 'bulk' ? word(item.bytes) : (textOf(item) ?? valueText(item))));
  return { summary: clip(parts.join(' '), MAX_LINE_CHARS + 24), fields };
}
