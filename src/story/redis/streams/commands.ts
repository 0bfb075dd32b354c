/** The words of commands on streams. https://redis.io/docs/latest/commands/?group=stream */
import { itemAt } from '../../../core/collections/present.ts';
import { bare, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import { type Content, fingerprint } from '../../ledger/index.ts';
import { argument, bulkOf, contentOf, itemsOf } from '../body.ts';
import { sameContent } from '../keys/answer.ts';
import { integerAt, wordAt } from '../keys/plan.ts';

/** Commands that only tell what is in a stream. */
export const LOOKS: ReadonlySet<string> = new Set(['XLEN', 'XRANGE', 'XREVRANGE', 'XINFO STREAM']);

/** Commands on streams that matter to what becomes of entries, or tell it. */
export const FOLLOWED: ReadonlySet<string> = new Set([
  ...LOOKS,
  'XADD',
  'XREAD',
  'XREADGROUP',
  'XACK',
  'XCLAIM',
  'XAUTOCLAIM',
  'XDEL',
  'XTRIM',
  'XGROUP CREATE',
  'XGROUP SETID',
  'XGROUP DESTROY',
  'XGROUP DELCONSUMER',
]);
const CARRIES = /^X(ADD|READ|READGROUP|ACK|CLAIM|AUTOCLAIM|DEL)$/;
const CLAIMS = /^X(AUTO)?CLAIM$/;

/** Whether a command is about messages, so that it needs no note: a claim that asks for ids only is given none. */
export function carriesEntries({ name, args }: RespCommand): boolean {
  return CARRIES.test(name) && !(CLAIMS.test(name) && args.some((_, index) => wordAt(args, index) === 'JUSTID'));
}

/** What XADD and XTRIM cut off. */
export interface Trim {
  readonly kind: 'MAXLEN' | 'MINID';
  readonly isExact: boolean;
  readonly maxLength: number;
  readonly minId: string;
}

export interface Addition {
  readonly fields: Content;
  readonly content: string;
  /** The id where the client gives all of it. */
  readonly id: string | undefined;
  readonly trim: Trim | undefined;
}

function trimAt(args: readonly Buffer[], at: number): { readonly trim: Trim; readonly next: number } {
  const mark = wordAt(args, at + 1);
  const threshold = mark === '=' || mark === '~' ? at + 2 : at + 1;
  const next = wordAt(args, threshold + 1) === 'LIMIT' ? threshold + 3 : threshold + 1;
  const trim = {
    kind: wordAt(args, at) as Trim['kind'],
    isExact: mark !== '~',
    maxLength: integerAt(args, threshold) ?? Number.POSITIVE_INFINITY,
    minId: wholeId(args[threshold]?.toString() ?? ''),
  };
  return { trim, next };
}

export function trimOf({ args }: RespCommand): Trim | undefined {
  return isTrim(wordAt(args, 1)) ? trimAt(args, 1).trim : undefined;
}

function isTrim(word: string): boolean {
  return word === 'MAXLEN' || word === 'MINID';
}

/** An id with both its numbers. */
export function wholeId(id: string): string {
  return id.includes('-') ? id : `${id}-0`;
}

/** The ids that a command names, from this argument on. */
export function idsFrom({ args }: RespCommand, at: number): string[] {
  return [...new Set(args.slice(at).map((id) => wholeId(id.toString())))];
}

export function additionOf(command: RespCommand): Addition | undefined {
  const { args, argCount } = command;
  let at = 1;
  let trim: Trim | undefined;
  for (;;) {
    const word = wordAt(args, at);
    if (word === 'NOMKSTREAM') at++;
    else if (isTrim(word)) {
      const read = trimAt(args, at);
      trim = read.trim;
      at = read.next;
    } else break;
  }
  const id = args[at]?.toString();
  const count = argCount - at - 1;
  if (id === undefined || count < 2 || count % 2 === 1) return undefined;
  const contents: Content[] = [];
  for (let index = at + 1; index < argCount; index++) contents.push(argument(command, index));
  return {
    fields: joined(contents),
    content: contents.map(fingerprint).join(BETWEEN),
    id: /^\d+(-\d+)?$/.test(id) ? wholeId(id) : undefined,
    trim,
  };
}

/** Between the fingerprints of fields and values; no fingerprint has it in it. */
const BETWEEN = '\u0100';

/** Whether two entries have the same fields and values, however much of them was kept. */
export function sameEntry(one: string, other: string): boolean {
  if (one === other) return true;
  const [parts, others] = [one.split(BETWEEN), other.split(BETWEEN)];
  return parts.length === others.length && parts.every((part, index) => sameContent(part, itemAt(others, index)));
}

/** Fields and values as one text, for people. */
function joined(contents: readonly Content[]): Content {
  const body = Buffer.concat(contents.flatMap(({ body: part }, index) => (index === 0 ? [part] : [SPACE, part])));
  const sizeBytes = contents.reduce((sum, content) => sum + content.sizeBytes, Math.max(0, contents.length - 1));
  return { body, sizeBytes, beside: [Object.fromEntries(pairs(contents))] };
}

function pairs(contents: readonly Content[]): [string, string][] {
  return contents.flatMap(({ body }, index): [string, string][] => {
    const value = index % 2 === 0 ? contents[index + 1] : undefined;
    return value ? [[body.toString('utf8'), value.body.toString('utf8')]] : [];
  });
}

const SPACE = Buffer.from(' ');

/** The group that a command on one is about. */
export function groupOf({ args }: RespCommand): string {
  return args[1]?.toString('latin1') ?? '';
}

/** An entry as a reply holds it; without fields where the command asked for ids only, or the entry is gone. */
export interface Delivered {
  readonly id: string;
  readonly fields: Content | undefined;
  readonly content: string;
}

function entriesOf(value: RespValue | undefined): Delivered[] {
  return itemsOf(value).flatMap((entry): Delivered[] => {
    const [id, fields] = itemsOf(entry);
    const text = textOf(id ?? entry);
    if (text === undefined) return [];
    if (!fields || !('items' in bare(fields))) return [{ id: text, fields: undefined, content: '' }];
    const contents = itemsOf(fields).flatMap((field) => {
      const bulk = bulkOf(field);
      return bulk ? [contentOf(bulk)] : [];
    });
    return [{ id: text, fields: joined(contents), content: contents.map(fingerprint).join(BETWEEN) }];
  });
}

/** What a command was given of one stream. */
export interface FromStream {
  readonly key: Buffer;
  readonly entries: readonly Delivered[];
  /** How many entries stand behind these, beyond what was kept of the reply. */
  readonly more: number;
}

function fromStream(key: Buffer, value: RespValue | undefined): FromStream {
  const inner = value && bare(value);
  const more = inner && 'items' in inner ? inner.length - inner.items.length : 0;
  return { key, entries: entriesOf(value), more };
}

/** Streams and their entries, as XREAD, XREADGROUP, XCLAIM, XAUTOCLAIM and XRANGE answer. */
export function deliveries({ name, args }: RespCommand, reply: RespValue): FromStream[] {
  const stream = args[0] ?? Buffer.alloc(0);
  if (name === 'XCLAIM' || /^X(?:REV)?RANGE$/.test(name)) return [fromStream(stream, reply)];
  if (name === 'XAUTOCLAIM') return [fromStream(stream, itemsOf(reply)[1])];
  // A map in RESP3, an array of pairs in RESP2.
  const inner = bare(reply);
  const flat = inner.type === 'map' ? inner.items : itemsOf(inner).flatMap((pair) => itemsOf(pair));
  return flat.flatMap((value, index) => {
    const key = index % 2 === 0 ? bulkOf(value) : undefined;
    return key ? [fromStream(key.bytes, flat[index + 1])] : [];
  });
}

/** Entries that a command found gone, and so took from what its group waits for (since Redis 7.0). */
export function foundGone({ name, args }: RespCommand, reply: RespValue, isGone: (id: string) => boolean): string[] {
  if (name === 'XAUTOCLAIM') return itemsOf(itemsOf(reply)[2]).flatMap((id) => textOf(id) ?? []);
  if (name !== 'XCLAIM') return [];
  return args.slice(4).flatMap((arg) => {
    const id = wholeId(arg.toString());
    return /^\d+-\d+$/.test(id) && isGone(id) ? [id] : [];
  });
}

/** Which of the streams that a command reads are read from what nobody was given yet. */
export function readsNew({ args }: RespCommand): Set<string> {
  const at = args.findIndex((_, index) => wordAt(args, index) === 'STREAMS');
  const rest = args.slice(at + 1);
  const half = rest.length / 2;
  return new Set(
    rest
      .slice(0, half)
      .flatMap((key, index) => (rest[half + index]?.toString() === '>' ? [key.toString('latin1')] : [])),
  );
}
