/** SORT. Commands from https://redis.io/docs/latest/commands/sort/ */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX, WRONG_TYPE } from '../../errors.ts';
import { integer, readFloat } from '../../numbers.ts';
import { HashValue } from '../../values/hash.ts';
import { ListValue } from '../../values/list.ts';
import { SetValue } from '../../values/set.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { StringValue } from '../../values/string.ts';
import { Options } from '../options.ts';

interface SortOptions {
  by: string | undefined;
  readonly gets: string[];
  offset: number;
  count: number;
  descending: boolean;
  alpha: boolean;
  store: string | undefined;
}

function readOptions(a: readonly string[], readOnly: boolean): SortOptions {
  const options: SortOptions = {
    by: undefined,
    gets: [],
    offset: 0,
    count: -1,
    descending: false,
    alpha: false,
    store: undefined,
  };
  const words = new Options(a, 2);
  for (let word = words.word(); word !== undefined; word = words.word()) {
    if (word === 'ASC') options.descending = false;
    else if (word === 'DESC') options.descending = true;
    else if (word === 'ALPHA') options.alpha = true;
    else if (word === 'LIMIT' && words.left >= 2) {
      options.offset = integer(words.argument());
      options.count = integer(words.argument());
    } else if (word === 'STORE' && !readOnly) options.store = words.argument();
    else if (word === 'BY') options.by = words.argument();
    else if (word === 'GET') options.gets.push(words.argument());
    else throw SYNTAX;
  }
  return options;
}

/** What a pattern such as `weight_*` or `object_*->field` holds for an element. */
function lookup(s: Session, pattern: string, element: string): string | undefined {
  if (pattern === '#') return element;
  const star = pattern.indexOf('*');
  if (star < 0) return undefined;
  const arrow = pattern.indexOf('->', star + 1);
  const hasField = arrow >= 0 && arrow + 2 < pattern.length;
  const template = hasField ? pattern.slice(0, arrow) : pattern;
  const key = template.slice(0, star) + element + template.slice(star + 1);
  const value = s.db.find(key);
  if (hasField) return value instanceof HashValue ? value.get(pattern.slice(arrow + 2)) : undefined;
  return value instanceof StringValue ? value.text : undefined;
}

function elementsOf(s: Session, key: string): { elements: string[]; ordered: boolean } {
  const value = s.db.readAny(key);
  if (value === undefined) return { elements: [], ordered: true };
  if (value instanceof ListValue) return { elements: value.slice(), ordered: true };
  if (value instanceof SetValue) return { elements: [...value.members], ordered: false };
  if (value instanceof SortedSetValue) {
    value.enlarge();
    return { elements: [...value.range(0, value.size)].map(({ member }) => member), ordered: true };
  }
  throw WRONG_TYPE;
}

function compareText(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(s: Session, elements: readonly string[], { by, alpha, descending }: SortOptions): string[] {
  const items = elements.map((element) => {
    const text = by === undefined ? element : lookup(s, by, element);
    let score = 0;
    if (!alpha && text !== undefined) {
      const value = text === '' ? 0 : readFloat(text.trimStart()); // as C's strtod, an empty text is 0
      if (value === undefined) throw new ReplyError("ERR One or more scores can't be converted into double");
      score = value;
    }
    return { element, text, score };
  });
  items.sort((x, y) => {
    const order = alpha ? compareText(x.text, y.text) : x.score - y.score || compareText(x.element, y.element);
    return descending ? -order : order;
  });
  return items.map(({ element }) => element);
}

function sortWith(s: Session, a: Args<-2>, readOnly: boolean): void {
  const options = readOptions(a, readOnly);
  const { elements, ordered } = elementsOf(s, a[1]);
  const untouched = options.by !== undefined && !options.by.includes('*');
  let result: string[];
  if (untouched && !ordered && options.store !== undefined) {
    result = sorted(s, elements, { ...options, by: undefined, alpha: true });
  } else if (untouched) result = options.descending && ordered ? elements.reverse() : elements;
  else result = sorted(s, elements, options);
  const from = Math.min(Math.max(0, options.offset), result.length);
  const to = options.count < 0 ? result.length : Math.min(result.length, from + options.count);
  const output = result.slice(from, to).flatMap((element) => {
    if (options.gets.length === 0) return [element];
    return options.gets.map((pattern) => lookup(s, pattern, element));
  });
  if (options.store === undefined) {
    s.out.array(output.length);
    for (const item of output) s.bulk(item);
    return;
  }
  if (output.length > 0) {
    const list = new ListValue();
    list.assign(output.map((item) => item ?? ''));
    s.keyspace.witness?.made(list);
    s.db.set(options.store, list);
    s.db.notify('l', 'sortstore', options.store);
  } else if (s.db.find(options.store) !== undefined) s.db.removeEmpty(options.store);
  s.out.integer(output.length);
}

export function sort(s: Session, a: Args<-2>): void {
  sortWith(s, a, false);
}

export function sortRo(s: Session, a: Args<-2>): void {
  sortWith(s, a, true);
}
