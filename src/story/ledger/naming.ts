/** What messages are called: by a field of their bodies, or by a property or header of that name. */
import { Typed } from '../../protocols/amqp/index.ts';
import type { Content } from './content.ts';

/** How deep a body is searched; what is nested further is not what it is about. */
const DEPTH = 5;
/** The most values of a body that are looked at. */
const LOOKED_AT = 1_000;
const LONGEST = 40;
/** A string, number or word of JSON. */
const SCALAR = '"(?:[^"\\\\]|\\\\.)*"|[^\\s,{}\\[\\]"]+';

export class Naming {
  readonly #fields: readonly string[];
  /** For a body of which only the beginning was kept: the fields that it begins with. */
  readonly #begins: readonly { readonly field: string; readonly pattern: RegExp }[];

  /** @param fields `job` makes `{"job":3}` to be called `job 3`; the first that is there counts */
  constructor(fields: readonly string[]) {
    this.#fields = fields;
    this.#begins = fields.map((field) => ({
      field,
      pattern: new RegExp(`^\\s*\\{\\s*${escaped(JSON.stringify(field))}\\s*:\\s*(${SCALAR})`),
    }));
  }

  /** What a message is called; undefined where nothing in it names it. */
  of(content: Content): string | undefined {
    return this.all(content)[0];
  }

  /** Everything that it names: a response may bring several. */
  all({ body, sizeBytes, beside = [] }: Content): string[] {
    if (this.#fields.length === 0) return [];
    const found: string[] = [];
    if (body[0] === BRACE || body[0] === BRACKET) {
      if (body.length === sizeBytes) this.#search(parse(body.toString('utf8')), DEPTH, { left: LOOKED_AT }, found);
      else this.#begun(body.toString('utf8'), found);
    }
    if (found.length > 0) return found;
    for (const said of beside) {
      if (!said) continue;
      // A field may hold a body of its own.
      for (const field of this.#fields) this.#search(bodyIn(valueIn(said, field)), DEPTH, { left: LOOKED_AT }, found);
      const name = found[0] ?? this.#named(said);
      if (name !== undefined) return [name];
    }
    return [];
  }

  #search(value: unknown, depth: number, looked: { left: number }, found: string[]): void {
    if (depth === 0 || looked.left-- <= 0) return;
    // A body may hold another one, as text.
    const inner = bodyIn(value) ?? value;
    if (typeof inner !== 'object' || inner === null) return;
    const name = Array.isArray(inner) ? undefined : this.#named(inner);
    if (name !== undefined) {
      if (!found.includes(name)) found.push(name);
      return;
    }
    for (const item of Object.values(inner)) this.#search(item, depth - 1, looked, found);
  }

  #named(holder: object): string | undefined {
    for (const field of this.#fields) {
      const name = nameOf(field, valueIn(holder, field));
      if (name !== undefined) return name;
    }
    return undefined;
  }

  #begun(text: string, found: string[]): void {
    for (const { field, pattern } of this.#begins) {
      const name = nameOf(field, parse(pattern.exec(text)?.[1] ?? ''));
      if (name !== undefined) return void found.push(name);
    }
  }
}

const BRACE = 0x7b;
const BRACKET = 0x5b;

function valueIn(holder: object, field: string): unknown {
  if (holder instanceof Map) return holder.get(field);
  const value = Object.hasOwn(holder, field) ? (holder as { [name: string]: unknown })[field] : undefined;
  // AMQP has several types of integers, so that some stand in a field table together with their type.
  return value instanceof Typed ? value.value : value;
}

/** What a text holds that is a body in JSON. */
function bodyIn(value: unknown): unknown {
  return typeof value === 'string' && /^[{[]/.test(value) ? parse(value) : undefined;
}

function nameOf(field: string, value: unknown): string | undefined {
  if (typeof value === 'string' && (value === '' || value.length > LONGEST)) return undefined;
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? `${field} ${value}` : undefined;
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
