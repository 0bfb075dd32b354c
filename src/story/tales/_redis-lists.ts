/** Redis lists as queues: pushed at one end, popped at the other. https://redis.io/docs/latest/develop/data-types/lists/ */
import { obtain } from '../../core/maps.ts';
import { bare, type RespCommand, type RespValue, textOf } from '../../protocols/resp/index.ts';
import { fingerprint, type Ledger, type Message } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';
import type { SeenFrame } from '../teller.ts';
import type { RedisStory } from './_redis-story.ts';

const PUSHES = new Set(['LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX']);
const POPS = new Set(['LPOP', 'RPOP', 'BLPOP', 'BRPOP', 'LMPOP', 'BLMPOP']);
const DELETES = new Set(['DEL', 'UNLINK']);
const FLUSHES = new Set(['FLUSHALL', 'FLUSHDB']);
const MOVES = new Set(['LMOVE', 'BLMOVE', 'RPOPLPUSH', 'BRPOPLPUSH']);

export class ListStory implements RedisStory {
  readonly #ledger: Ledger;
  readonly #lists = new Map<string, Mailbox>();
  readonly #pushed = new WeakMap<RespCommand, Message[]>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  command(seen: SeenFrame, command: RespCommand): boolean {
    const { name, args } = command;
    if (POPS.has(name) || MOVES.has(name) || name === 'LREM') return true;
    if (!PUSHES.has(name)) return false;
    const route = args[0]?.toString() ?? '';
    const messages = args
      .slice(1)
      .map((body) => this.#ledger.publish(seen, body, body.length, { verb: name, from: 'client', route }));
    for (const message of messages) this.#list(route).add(message);
    this.#pushed.set(command, messages);
    return true;
  }

  reply(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    const { name, args } = command;
    const key = args[0]?.toString() ?? '';
    if (PUSHES.has(name)) return this.#queued(seen, command, key, reply);
    if (name === 'LREM') return this.#removed(seen, key, args[2], reply);
    if (MOVES.has(name)) return this.#moved(seen, command, reply);
    const value = bare(reply);
    if (value.type === 'bulk') this.#popped(seen, name, key, value);
    if (!('items' in value)) return;
    const [first, second] = value.items;
    // BLPOP answers key and element, LMPOP key and elements, LPOP with a count just elements.
    if (name === 'BLPOP' || name === 'BRPOP') this.#popped(seen, name, textOf(first) ?? key, second);
    else if (!name.endsWith('MPOP')) for (const item of value.items) this.#popped(seen, name, key, item);
    else if (second && 'items' in bare(second)) {
      for (const item of (bare(second) as { items: readonly RespValue[] }).items)
        this.#popped(seen, name, textOf(first) ?? key, item);
    }
  }

  published(command: RespCommand): readonly Message[] {
    return this.#pushed.get(command) ?? [];
  }

  /** Whole lists may go, with what they hold. */
  deleted(seen: SeenFrame, { name, args }: RespCommand): void {
    const keys = FLUSHES.has(name) ? [...this.#lists.keys()] : DELETES.has(name) ? args.map(String) : [];
    for (const key of keys) {
      const why = `${name} ${FLUSHES.has(name) ? '' : key} with it inside`.replace('  ', ' ');
      for (const message of this.#lists.get(key)?.drain() ?? []) {
        this.#ledger.step(seen, message, { stage: 'dropped', verb: name, from: 'client', route: key, why });
      }
      this.#lists.delete(key);
    }
  }

  #queued(seen: SeenFrame, command: RespCommand, route: string, reply: RespValue): void {
    const { name } = command;
    for (const message of this.published(command)) {
      this.#ledger.explain(message);
      if (name.endsWith('X') && textOf(reply) === '0') {
        this.#list(route).take(message.content);
        const why = `there is no list ${route}, and ${name} makes none`;
        this.#ledger.step(seen, message, { stage: 'dropped', verb: 'drop', from: 'server', route, why });
        continue;
      }
      this.#ledger.step(seen, message, { stage: 'queued', verb: `length ${textOf(reply)}`, from: 'server', route });
    }
  }

  #popped(seen: SeenFrame, verb: string, key: string, item: RespValue | undefined, route = key): Message | undefined {
    const value = item && bare(item);
    if (!value || !('bytes' in value)) return undefined;
    const { bytes, length } = value;
    const message = this.#take(key, fingerprint(bytes, length)) ?? this.#ledger.recall(bytes, length);
    this.#ledger.step(seen, message, { stage: 'delivered', verb, from: 'server', route });
    return message;
  }

  /** A reliable queue: the element waits in a second list until it is removed there. https://redis.io/docs/latest/commands/lmove/ */
  #moved(seen: SeenFrame, { name, args }: RespCommand, reply: RespValue): void {
    const [from = '', to = ''] = args.map((arg) => arg.toString());
    const message = this.#popped(seen, name, from, reply, `${from} → ${to}`);
    if (message) this.#list(to).add(message);
  }

  #removed(seen: SeenFrame, key: string, body: Buffer | undefined, reply: RespValue): void {
    const message = body && textOf(reply) !== '0' ? this.#take(key, fingerprint(body, body.length)) : undefined;
    if (message) this.#ledger.step(seen, message, { stage: 'acked', verb: 'LREM', from: 'client', route: key });
  }

  /** The first element with that content; a list that is empty is no list. */
  #take(key: string, content: string): Message | undefined {
    const list = this.#lists.get(key);
    const message = list?.take(content);
    if (list?.size === 0) this.#lists.delete(key);
    return message;
  }

  #list(key: string): Mailbox {
    return obtain(this.#lists, key, () => new Mailbox());
  }
}
