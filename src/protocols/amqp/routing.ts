/**
 * What an exchange sends where, as pure functions: the rules alone, without an index. An embedded server has faster
 * structures and is tested equal to these; whoever explains a message asks these.
 */
import { type FieldTable, type FieldValue, fieldType, Typed } from './table.ts';

export type ExchangeType = 'direct' | 'fanout' | 'topic' | 'headers';

/** One binding: what reaches `exchange` and matches goes on to `destination`. */
export interface Binding {
  readonly exchange: string;
  readonly destination: string;
  readonly destinationType: 'queue' | 'exchange';
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** Whether an exchange of this type sends a message with this key and these headers through the binding. */
export function matches(
  type: ExchangeType,
  binding: Pick<Binding, 'routingKey' | 'arguments'>,
  routingKey: string,
  headers: FieldTable = {},
): boolean {
  if (type === 'fanout') return true;
  if (type === 'direct') return binding.routingKey === routingKey;
  if (type === 'topic') return topicMatches(binding.routingKey, routingKey);
  return headersMatch(binding.arguments, headers);
}

/**
 * Whether a topic pattern matches a routing key. Words are divided by dots; `*` is exactly one word, `#` any number of
 * them, none included. An empty key has no word.
 */
export function topicMatches(pattern: string, key: string): boolean {
  const parts = topicWords(pattern);
  const words = topicWords(key);
  // Walks the words; on a mismatch it returns to the last `#` and lets that take one word more.
  let part = 0;
  let word = 0;
  let hash = -1;
  let resume = 0;
  while (word < words.length) {
    if (parts[part] === '#') {
      hash = part;
      resume = word;
      part += 1;
    } else if (part < parts.length && (parts[part] === '*' || parts[part] === words[word])) {
      part += 1;
      word += 1;
    } else if (hash >= 0) {
      part = hash + 1;
      resume += 1;
      word = resume;
    } else return false;
  }
  while (parts[part] === '#') part += 1;
  return part === parts.length;
}

/** The words of a routing key or of a topic pattern. */
export function topicWords(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/** How a binding to a headers exchange wants to be matched, from its argument `x-match`. */
export type HeadersMatch = 'all' | 'any' | 'all-with-x' | 'any-with-x';

export function headersMode(bindingArguments: FieldTable): HeadersMatch {
  const mode = bindingArguments['x-match'];
  return mode === 'any' || mode === 'all-with-x' || mode === 'any-with-x' ? mode : 'all';
}

/**
 * Whether headers fulfil a binding's arguments: all of them or any of them. An argument that is void asks only for
 * the header's presence; else the values must be equal. Arguments whose names begin with `x-` don't count,
 * except in the `-with-x` modes, where all but `x-match` itself do.
 */
export function headersMatch(
  bindingArguments: FieldTable,
  headers: FieldTable,
  areEqual: ValueComparison = equalValues,
): boolean {
  const mode = headersMode(bindingArguments);
  const withX = mode.endsWith('-with-x');
  const any = mode.startsWith('any');
  for (const name of Object.keys(bindingArguments)) {
    if (withX ? name === 'x-match' : name.startsWith('x-')) continue;
    const wanted = bindingArguments[name];
    const given = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const fulfilled = given !== undefined && (wanted === null || areEqual(wanted as FieldValue, given));
    if (fulfilled === any) return any;
  }
  return !any;
}

/** Whether a header has the value that a binding wants. */
export type ValueComparison = (wanted: FieldValue, given: FieldValue) => boolean;

/**
 * Whether two fields have the same value, as RabbitMQ 4 sees it: as `equalValues`, but an integer equals no fraction,
 * and a time counts in ms.
 */
export function sameValues(wanted: FieldValue, given: FieldValue): boolean {
  const [x, y] = [bare(wanted), bare(given)];
  if (!isNumber(x) || !isNumber(y)) return equalValues(wanted, given);
  if (isFraction(wanted) !== isFraction(given)) return false;
  return Number(x) === (fieldType(given) === 'timestamp' ? 1000 * Number(y) : Number(y));
}

const isFraction = (value: FieldValue): boolean => ['double', 'float'].includes(fieldType(value));

/**
 * Whether two fields have the same value. As in RabbitMQ 3, the types of the two don't count, only what they hold: a
 * short 1 equals a long 1 and a double 1, a text equals the same bytes. Inside arrays and tables the types do count.
 */
export function equalValues(a: FieldValue, b: FieldValue): boolean {
  const [x, y] = [bare(a), bare(b)];
  if (isNumber(x) && isNumber(y)) return x === y || Number(x) === Number(y);
  if (isBytes(x) && isBytes(y))
    return typeof x === 'string' && typeof y === 'string' ? x === y : bytes(x).equals(bytes(y));
  if (Array.isArray(x) && Array.isArray(y)) {
    return x.length === y.length && x.every((item, index) => sameField(item, y[index]));
  }
  if (isObject(x) && isObject(y)) {
    const names = Object.keys(x);
    return (
      names.length === Object.keys(y).length &&
      names.every((name) => Object.hasOwn(y, name) && sameField(x[name] as FieldValue, y[name] as FieldValue))
    );
  }
  return x === y;
}

const sameField = (a: FieldValue, b: FieldValue): boolean => fieldType(a) === fieldType(b) && equalValues(a, b);
const bare = (value: FieldValue): unknown => (value instanceof Typed ? value.value : value);
const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
const isBytes = (value: unknown): value is string | Buffer => typeof value === 'string' || Buffer.isBuffer(value);
const bytes = (value: string | Buffer): Buffer => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value);
const isObject = (value: unknown): value is FieldTable =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value);
