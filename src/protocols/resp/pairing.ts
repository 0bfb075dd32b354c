/** Which command a reply answers. */
import type { Phase } from '../protocol.ts';
import type { RespCommand } from './frame.ts';
import { bare, isError, type RespValue } from './value.ts';

/** Commands, and bytes of commands, that may wait for their reply; beyond that they are counted but forgotten. */
const MAX_WAITING = 65_536;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

const SUBSCRIPTION = /^[ps]?(?:un)?subscribe$/;
const RESP2_PUSH = /^(?:[ps]?message|[ps]?(?:un)?subscribe)$/;
const MONITOR_LINE = /^\d+\.\d+ \[/;

/** A command that waits, and how many confirmations it has had. */
interface Waiting {
  readonly push: undefined;
  readonly command: RespCommand;
  readonly phase: Phase;
  readonly sizeBytes: number;
  readonly special: boolean;
  confirmed: number;
  expected: number;
}

/** Who a value from the server belongs to: `push` is its kind where it is one. */
export interface Paired {
  readonly push: string | undefined;
  readonly command: RespCommand | undefined;
  /** The phase of the command that is answered. */
  readonly phase: Phase | undefined;
}

const ALONE: Paired = { push: undefined, command: undefined, phase: undefined };

/**
 * Follows what decides about replies: order, subscriptions (one confirmation per channel; messages as plain arrays in
 * RESP2), MONITOR, CLIENT REPLY.
 */
export class Pairing {
  #waiting: Waiting[] = [];
  #head = 0;
  #bytes = 0;
  /** Commands after the waiting ones that were forgotten. */
  #forgotten = 0;
  #replies: 'on' | 'off' | 'skipping' = 'on';
  #channels = 0;
  #patterns = 0;
  #shards = 0;
  #monitor = false;
  /** Whether this connection speaks RESP3, where a push has a type of its own. */
  #typedPushes = false;

  /** A command has been sent. */
  sent(command: RespCommand, phase: Phase, sizeBytes: number, special: boolean): void {
    if (special && command.name === 'CLIENT REPLY' && this.#switchReplies(command)) return;
    if (this.#replies === 'off') return;
    if (this.#replies === 'skipping') {
      this.#replies = 'on';
      return;
    }
    const waiting = this.#waiting.length - this.#head;
    if (this.#forgotten > 0 || waiting >= MAX_WAITING || this.#bytes > MAX_WAITING_BYTES) {
      this.#forgotten++;
      return;
    }
    this.#bytes += sizeBytes;
    this.#waiting.push({ push: undefined, command, phase, sizeBytes, special, confirmed: 0, expected: -1 });
  }

  /** True where the switch itself gets no reply. */
  #switchReplies(command: RespCommand): boolean {
    const mode = command.args[0]?.toString('latin1', 0, 8).toLowerCase();
    if (command.argCount !== 1) return false;
    if (mode === 'off') {
      this.#replies = 'off';
      return true;
    }
    if (mode === 'skip') {
      if (this.#replies === 'on') this.#replies = 'skipping';
      return true;
    }
    if (mode === 'on') this.#replies = 'on';
    return false;
  }

  /** A value has come. */
  received(value: RespValue): Paired {
    const inner = bare(value);
    if (inner.type === 'push') {
      this.#typedPushes = true;
      return this.#pushed(kindOf(inner.items[0]), inner.items);
    }
    if (
      inner.type === 'array' &&
      !this.#typedPushes &&
      (this.#subscribed || this.#first?.special) &&
      inner.items.length > 0
    ) {
      const kind = kindOf(inner.items[0]);
      if (RESP2_PUSH.test(kind)) return this.#pushed(kind, inner.items);
    }
    if (this.#monitor && inner.type === 'simple' && MONITOR_LINE.test(inner.bytes.toString('latin1', 0, 32))) {
      return { push: 'monitor', command: undefined, phase: undefined };
    }
    const head = this.#shift();
    if (head === undefined) return ALONE;
    if (head.special && !isError(value)) this.#answered(head.command.name, inner);
    return head;
  }

  get #subscribed(): boolean {
    return this.#channels + this.#patterns + this.#shards > 0;
  }

  get #first(): Waiting | undefined {
    return this.#waiting[this.#head];
  }

  #pushed(kind: string, items: readonly RespValue[]): Paired {
    if (!SUBSCRIPTION.test(kind)) return { push: kind, command: undefined, phase: undefined };
    const head = this.#first;
    let command: RespCommand | undefined;
    if (head?.special && head.command.name.toLowerCase() === kind) {
      command = head.command;
      if (head.expected < 0) head.expected = this.#expected(head.command);
      if (++head.confirmed >= head.expected) this.#shift();
    }
    this.#count(kind, items[2]);
    return { push: kind, command, phase: undefined };
  }

  /** How many confirmations a command gets: one per channel; without channels one per subscription, at least one. */
  #expected(command: RespCommand): number {
    if (command.argCount > 0) return command.argCount;
    const { name } = command;
    const current = name === 'UNSUBSCRIBE' ? this.#channels : name === 'PUNSUBSCRIBE' ? this.#patterns : this.#shards;
    return Math.max(1, current);
  }

  /** Learns the numbers of subscriptions from a confirmation, which tells channels and patterns in one sum. */
  #count(kind: string, total: RespValue | undefined): void {
    if (total?.type !== 'integer') return;
    const count = Number(total.value);
    if (kind[0] === 's' && kind !== 'subscribe') this.#shards = count;
    else if (kind[0] === 'p') this.#patterns = Math.max(0, count - this.#channels);
    else this.#channels = Math.max(0, count - this.#patterns);
  }

  #answered(name: string, reply: RespValue): void {
    if (name === 'MONITOR' && reply.type === 'simple' && reply.bytes.equals(OK)) this.#monitor = true;
    else if (name === 'HELLO') this.#typedPushes = reply.type === 'map';
    else if (name === 'RESET') {
      this.#monitor = this.#typedPushes = false;
      this.#channels = this.#patterns = this.#shards = 0;
    }
  }

  #shift(): Waiting | undefined {
    const head = this.#waiting[this.#head];
    if (head === undefined) {
      if (this.#forgotten > 0) this.#forgotten--;
      return undefined;
    }
    this.#bytes -= head.sizeBytes;
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return head;
  }
}

const OK = Buffer.from('OK');

function kindOf(value: RespValue | undefined): string {
  if (value === undefined) return 'push';
  const inner = bare(value);
  return inner.type === 'bulk' || inner.type === 'simple' ? inner.bytes.toString('latin1', 0, 64) : 'push';
}
