/**
 * What a document may say: one description gives the values that are read, the mistakes that are told with their place
 * and the nearest right word, and the JSON Schema by which editors complete.
 */
import { UsageError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { Entry, MapTree, Tree } from './tree.ts';

export type Schema = { readonly [keyword: string]: unknown };

export interface Shape<Value> {
  readonly schema: Schema;
  /** In a message: `seed takes a whole number, not a list`. */
  readonly takes: string;
  /** Throws a UsageError that begins with the place. `what` is how a message calls it. */
  read(tree: Tree, what: string): Value;
}

/** What a shape gives. */
export type ValueOf<One> = One extends Shape<infer Value> ? Value : never;

/** A mistake at a place. */
export function mistake(at: string, told: string, hint?: string): UsageError {
  return new UsageError(`${at}: ${told}`, { hint });
}

/** The same shape, with what it means for whoever edits the file. */
export function described<Value>(shape: Shape<Value>, description: string): Shape<Value> {
  return { ...shape, schema: { ...shape.schema, description } };
}

export const text: Shape<string> = scalarShape('a text', { type: 'string' }, (value) =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined,
);

export const flag: Shape<boolean> = scalarShape('true or false', { type: 'boolean' }, (value) =>
  typeof value === 'boolean' ? value : undefined,
);

export function number({ min, max, whole }: { min: number; max: number; whole: boolean }): Shape<number> {
  const takes = `${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  const schema = { type: whole ? 'integer' : 'number', minimum: min, maximum: max };
  return scalarShape(takes, schema, (value) =>
    typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
      ? value
      : undefined,
  );
}

/** A text of a form of its own; `parse` throws a UsageError for what is none. */
export function parsed<Value>(takes: string, schema: Schema, parse: (typed: string) => Value): Shape<Value> {
  return {
    schema: { type: 'string', ...schema },
    takes,
    read(tree, what) {
      const typed = text.read(tree, what);
      try {
        return parse(typed);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        throw mistake(tree.at, `${what} takes ${takes}, not '${printable(typed)}'.`, error.hint);
      }
    },
  };
}

export function choice<const Word extends string>(words: readonly Word[]): Shape<Word> {
  const takes = words.join(', ');
  return {
    schema: { enum: words },
    takes,
    read(tree, what) {
      const word = words.find((one) => tree.type === 'scalar' && one === tree.value);
      if (word !== undefined) return word;
      throw wrong(tree, what, takes, tree.type === 'scalar' ? didYouMean(String(tree.value), words) : undefined);
    },
  };
}

export function list<Value>(items: Shape<Value>, { min = 0 } = {}): Shape<readonly Value[]> {
  const takes = 'a list';
  return {
    schema: { type: 'array', items: items.schema, ...(min > 0 ? { minItems: min } : {}) },
    takes,
    read(tree, what) {
      if (tree.type !== 'list') throw wrong(tree, what, takes);
      if (tree.items.length < min) throw mistake(tree.at, `${what} is empty.`);
      return tree.items.map((item) => items.read(item, `an item of ${what}`));
    },
  };
}

type Fields = { readonly [name: string]: Shape<unknown> };
type Values<Some extends Fields> = { readonly [Name in keyof Some]?: ValueOf<Some[Name]> };
type Required<Some extends Fields> = { readonly [Name in keyof Some]: ValueOf<Some[Name]> };

/** A map with these keys and no others. `$schema` may stand in any file's top. */
export function object<Must extends Fields, May extends Fields>(
  must: Must,
  may: May,
): Shape<Required<Must> & Values<May>> {
  const fields: Fields = { ...must, ...may };
  const names = Object.keys(fields);
  const takes = `a map of ${names.join(', ')}`;
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, fields[name]?.schema])),
      additionalProperties: false,
      ...(Object.keys(must).length > 0 ? { required: Object.keys(must) } : {}),
    },
    takes,
    read(tree, what) {
      if (tree.type !== 'map') throw wrong(tree, what, takes);
      const values = tree.entries.map(({ key, keyAt, value }) => {
        const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (!shape) throw unknownKey({ key, keyAt }, what, names);
        return [key, shape.read(value, key)];
      });
      const missing = Object.keys(must).find((name) => !tree.entries.some(({ key }) => key === name));
      if (missing !== undefined) throw mistake(tree.at, `${what} lacks '${missing}'.`);
      return Object.fromEntries(values);
    },
  };
}

/** A map whose keys are names of some kind. */
export function mapOf<Value>(
  values: Shape<Value>,
  names?: readonly string[],
): Shape<{ readonly [name: string]: Value }> {
  const takes = 'a map';
  return {
    schema: {
      type: 'object',
      additionalProperties: values.schema,
      ...(names ? { propertyNames: { enum: names } } : {}),
    },
    takes,
    read(tree, what) {
      if (tree.type !== 'map') throw wrong(tree, what, takes);
      return Object.fromEntries(
        tree.entries.map(({ key, keyAt, value }) => {
          if (names && !names.includes(key)) throw unknownKey({ key, keyAt }, what, names);
          return [key, values.read(value, key)];
        }),
      );
    },
  };
}

/** Either a scalar or a map, each read in its own way. */
export function scalarOrMap<One, Other>(one: Shape<One>, other: Shape<Other>): Shape<One | Other> {
  return {
    schema: { anyOf: [one.schema, other.schema] },
    takes: `${one.takes}, or ${other.takes}`,
    read(tree, what) {
      if (tree.type === 'list') throw wrong(tree, what, this.takes);
      return tree.type === 'map' ? other.read(tree, what) : one.read(tree, what);
    },
  };
}

/** A value together with its place. */
export function placed<Value>(shape: Shape<Value>): Shape<{ readonly at: string; readonly value: Value }> {
  return { ...shape, read: (tree, what) => ({ at: tree.at, value: shape.read(tree, what) }) };
}

/** A map as it stands, for somebody else to read. */
export const entries: Shape<readonly Entry[]> = {
  schema: { type: 'object' },
  takes: 'a map',
  read(tree, what) {
    if (tree.type !== 'map') throw wrong(tree, what, 'a map');
    return tree.entries;
  },
};

/** A map that is one of several kinds, told apart by the word that only this kind has. */
export function kinds<Kinds extends { readonly [word: string]: Shape<unknown> }>(
  shapes: Kinds,
): Shape<ValueOf<Kinds[keyof Kinds]>> {
  const words = Object.keys(shapes);
  const takes = `a map with one of ${words.join(', ')}`;
  return {
    schema: { anyOf: words.map((word) => shapes[word]?.schema) },
    takes,
    read(tree, what) {
      if (tree.type !== 'map') throw wrong(tree, what, takes);
      const [first, second] = tree.entries.filter(({ key }) => words.includes(key));
      if (first && second) throw mistake(second.keyAt, `${what} does one thing: '${first.key}' or '${second.key}'.`);
      if (!first) throw ofNoKind(tree, what, words);
      return shapes[first.key]?.read(tree, what) as ValueOf<Kinds[keyof Kinds]>;
    },
  };
}

function ofNoKind({ at, entries: [entry] }: MapTree, what: string, words: readonly string[]): UsageError {
  if (!entry) return mistake(at, `${what} is empty.`, `It has one of ${words.join(', ')}.`);
  return unknownKey(entry, what, words);
}

function unknownKey({ key, keyAt }: Pick<Entry, 'key' | 'keyAt'>, what: string, names: readonly string[]): UsageError {
  return mistake(keyAt, `${what} has no '${printable(key)}'.`, didYouMean(key, names) ?? `It has ${names.join(', ')}.`);
}

function wrong(tree: Tree, what: string, takes: string, hint?: string): UsageError {
  return mistake(tree.at, `${what} takes ${takes}, not ${told(tree)}.`, hint);
}

function told(tree: Tree): string {
  if (tree.type !== 'scalar') return tree.type === 'list' ? 'a list' : 'a map';
  if (tree.value === null || tree.value === '') return 'nothing';
  return typeof tree.value === 'string' ? `'${printable(tree.value)}'` : String(tree.value);
}

function scalarShape<Value>(
  takes: string,
  schema: Schema,
  read: (value: string | number | boolean | null) => Value | undefined,
): Shape<Value> {
  return {
    schema,
    takes,
    read(tree, what) {
      const value = tree.type === 'scalar' ? read(tree.value) : undefined;
      if (value === undefined) throw wrong(tree, what, takes);
      return value;
    },
  };
}
