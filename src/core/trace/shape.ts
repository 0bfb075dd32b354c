/** Whether a line of a saved run is an event as its schema says, as far as this version knows its type. */
import { TRACE_SCHEMA } from './schema.ts';

type Schema = { readonly [keyword: string]: unknown };
type Named = { readonly [name: string]: Schema };

/** By type: what an event of it must look like. */
const EVENTS = new Map(
  (TRACE_SCHEMA.allOf as readonly { readonly if: Schema; readonly then: Schema }[]).map((rule) => {
    const { type } = rule.if.properties as Named;
    return [type?.const, rule.then] as const;
  }),
);

/** What is wrong with an event, in words that follow its line; undefined where nothing is. */
export function wrongWith(event: unknown): string | undefined {
  const head = fault(TRACE_SCHEMA, event, '');
  if (head !== undefined) return 'no event';
  const { type } = event as { readonly type: string };
  const schema = EVENTS.get(type);
  const found = schema && fault(schema, event, '');
  return found === undefined ? undefined : `no event of the type ${type}: ${found}`;
}

/** The first thing that is not as the schema says; the keywords are those that the schema of a trace uses. */
function fault(schema: Schema, value: unknown, at: string): string | undefined {
  const { $ref, enum: words, const: only } = schema;
  if (typeof $ref === 'string') return fault(definition($ref), value, at);
  if (Array.isArray(words) && !words.includes(value)) return `${at} is ${told(value)}`;
  if (only !== undefined && value !== only) return `${at} is ${told(value)}, not ${told(only)}`;
  const types = [schema.type ?? []].flat() as string[];
  if (types.length > 0 && !types.some((type) => IS[type]?.(value))) return `${at} is ${told(value)}`;
  if (typeof schema.minimum === 'number' && (value as number) < schema.minimum) return `${at} is ${told(value)}`;
  if (Array.isArray(value)) return faultInList(schema, value, at);
  return value !== null && typeof value === 'object' ? faultInObject(schema, value as Inside, at) : undefined;
}

type Inside = { readonly [name: string]: unknown };

function faultInList({ items }: Schema, list: readonly unknown[], at: string): string | undefined {
  if (items === undefined) return undefined;
  for (const [index, item] of list.entries()) {
    const found = fault(items as Schema, item, `${at}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function faultInObject(schema: Schema, object: Inside, at: string): string | undefined {
  const {
    required = [],
    properties = {},
    additionalProperties,
  } = schema as {
    readonly required?: readonly string[];
    readonly properties?: Named;
    readonly additionalProperties?: Schema;
  };
  const place = (name: string): string => (at === '' ? name : `${at}.${name}`);
  const missing = required.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) return `${place(missing)} is missing`;
  for (const [name, value] of Object.entries(object)) {
    const inside = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const found = inside && fault(inside, value, place(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

const IS: { readonly [type: string]: (value: unknown) => boolean } = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
};

function definition(ref: string): Schema {
  return (TRACE_SCHEMA.$defs as Named)[ref.slice('#/$defs/'.length)] ?? {};
}

const MOST_CHARACTERS = 40;

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
