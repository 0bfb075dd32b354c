/** Redis streams: entries have ids, groups keep track of who has what. https://redis.io/docs/latest/develop/data-types/streams/ */
import { bare, type RespCommand, type RespValue, textOf } from '../../protocols/resp/index.ts';
import type { Ledger, Message } from '../ledger.ts';
import type { SeenFrame } from '../teller.ts';
import type { RedisStory } from './_redis-story.ts';

const FOLLOWED = new Set(['XADD', 'XREAD', 'XREADGROUP', 'XACK', 'XCLAIM', 'XAUTOCLAIM', 'XDEL']);
/** Options of XADD that stand between key and id, with the number of words that follow each. */
const XADD_OPTIONS = new Map([
  ['NOMKSTREAM', 0],
  ['MAXLEN', 1],
  ['MINID', 1],
  ['LIMIT', 1],
  ['=', 0],
  ['~', 0],
]);
/** The most entries remembered; the oldest are forgotten first. */
const KEPT = 10_000;

export class StreamStory implements RedisStory {
  readonly #ledger: Ledger;
  readonly #added = new WeakMap<RespCommand, Message>();
  /** Keyed by stream and entry id. */
  readonly #entries = new Map<string, Message>();
  /** Who was given an entry before, keyed by group, stream and entry id. */
  readonly #given = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  command(seen: SeenFrame, command: RespCommand): boolean {
    if (!FOLLOWED.has(command.name)) return false;
    if (command.name !== 'XADD') return true;
    const fields = fieldsOf(command.args);
    const route = command.args[0]?.toString() ?? '';
    this.#added.set(
      command,
      this.#ledger.publish(seen, fields, fields.length, { verb: 'XADD', from: 'client', route }),
    );
    return true;
  }

  reply(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    const { name, args } = command;
    const stream = args[0]?.toString() ?? '';
    const value = bare(reply);
    switch (name) {
      case 'XADD':
        return this.#queued(seen, command, stream, textOf(reply));
      case 'XACK':
        return textOf(reply) === '0' ? undefined : this.#acked(seen, stream, args[1]?.toString() ?? '', args.slice(2));
      case 'XDEL':
        return textOf(reply) === '0' ? undefined : this.#deleted(seen, stream, args.slice(1));
      case 'XREAD':
      case 'XREADGROUP': {
        const group = name === 'XREADGROUP' ? (args[1]?.toString() ?? '') : undefined;
        for (const [key, entries] of pairs(value)) this.#delivered(seen, name, textOf(key) ?? '', entries, group);
        return;
      }
      case 'XCLAIM':
        return this.#delivered(seen, name, stream, value, args[1]?.toString() ?? '');
      case 'XAUTOCLAIM':
        return this.#delivered(
          seen,
          name,
          stream,
          'items' in value ? value.items[1] : undefined,
          args[1]?.toString() ?? '',
        );
    }
  }

  published(command: RespCommand): readonly Message[] {
    const message = this.#added.get(command);
    return message ? [message] : [];
  }

  #queued(seen: SeenFrame, command: RespCommand, stream: string, id: string | undefined): void {
    const message = this.#added.get(command);
    if (!message || id === undefined) return;
    this.#entries.set(`${stream} ${id}`, message);
    if (this.#entries.size > KEPT) this.#entries.delete(this.#entries.keys().next().value!);
    // A stream keeps its entries whether somebody reads them or not.
    this.#ledger.explain(message);
    this.#ledger.step(seen, message, { stage: 'queued', verb: `id ${id}`, from: 'server', route: stream });
  }

  #delivered(
    seen: SeenFrame,
    verb: string,
    stream: string,
    entries: RespValue | undefined,
    group: string | undefined,
  ): void {
    for (const entry of itemsOf(entries)) {
      const [id, fields] = itemsOf(entry);
      const key = `${stream} ${textOf(id)}`;
      const body = Buffer.from(
        itemsOf(fields)
          .map((field) => textOf(field) ?? '')
          .join(' '),
      );
      const message = this.#entries.get(key) ?? this.#ledger.recall(body, body.length);
      const again = group !== undefined && this.#given.has(`${group} ${key}`);
      if (group !== undefined) this.#give(`${group} ${key}`);
      const route = group === undefined ? stream : `${stream} (group ${group})`;
      this.#ledger.step(seen, message, { stage: again ? 'redelivered' : 'delivered', verb, from: 'server', route });
    }
  }

  #give(key: string): void {
    this.#given.add(key);
    if (this.#given.size > KEPT) this.#given.delete(this.#given.values().next().value!);
  }

  #deleted(seen: SeenFrame, stream: string, ids: readonly Buffer[]): void {
    for (const id of ids) {
      const message = this.#entries.get(`${stream} ${id}`);
      this.#entries.delete(`${stream} ${id}`);
      const why = `XDEL ${stream} with it inside`;
      if (message)
        this.#ledger.step(seen, message, { stage: 'dropped', verb: 'XDEL', from: 'client', route: stream, why });
    }
  }

  #acked(seen: SeenFrame, stream: string, group: string, ids: readonly Buffer[]): void {
    for (const id of ids) {
      const key = `${stream} ${id}`;
      this.#given.delete(`${group} ${key}`);
      const message = this.#entries.get(key);
      const route = `${stream} (group ${group})`;
      if (message) this.#ledger.step(seen, message, { stage: 'acked', verb: 'XACK', from: 'client', route });
    }
  }
}

/** The fields and values of an XADD: what follows the id. */
function fieldsOf(args: readonly Buffer[]): Buffer {
  let at = 1;
  for (let words = 0; at < args.length; at += 1 + words) {
    const known = XADD_OPTIONS.get(args[at]!.toString().toUpperCase());
    if (known === undefined) break;
    // MAXLEN and MINID may have a `=` or `~` before their number.
    const sign = known === 1 && /^[=~]$/.test(args[at + 1]?.toString() ?? '') ? 1 : 0;
    words = known + sign;
  }
  return Buffer.from(args.slice(at + 1).join(' '));
}

/** Streams and their entries: a map in RESP3, an array of pairs in RESP2. */
function pairs(value: RespValue): (readonly [RespValue, RespValue])[] {
  const inner = bare(value);
  if (!('items' in inner)) return [];
  if (inner.type !== 'map') return inner.items.map((pair) => itemsOf(pair) as unknown as [RespValue, RespValue]);
  return inner.items.flatMap((key, index) => (index % 2 === 0 ? [[key, inner.items[index + 1]!] as const] : []));
}

function itemsOf(value: RespValue | undefined): readonly RespValue[] {
  const inner = value && bare(value);
  return inner && 'items' in inner ? inner.items : [];
}
