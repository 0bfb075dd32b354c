/** Which command a reply answers. */
import { Deque } from '../../core/collections/deque.ts';
import type { Phase } from '../protocol.ts';
import type { RespCommand } from './frame.ts';
import { SUBSCRIPTION } from './names.ts';
import { type Answered, modeOf } from './silence.ts';
import { Subscriptions } from './subscriptions.ts';
import { bare, isError, type RespValue } from './value.ts';

/** Commands, and bytes of commands, that may wait for their reply; beyond that they are counted but forgotten. */
const MAX_WAITING = 65_536;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Of so many commands of one transaction it is remembered how EXEC will answer them. */
const MAX_QUEUED = 65_536;

const RESP2_PUSH = /^(?:[ps]?message|[ps]?(?:un)?subscribe)$/;
/** Commands whose carrying out may send a message to the very connection that asked, before their own reply. */
const PUBLISHING = /^(?:S?PUBLISH|EVAL(?:SHA)?|FCALL)$/;
const MONITOR_LINE = /^\d+\.\d+ \[/;
const OK = Buffer.from('OK');
const QUEUED = Buffer.from('QUEUED');

/** A command that waits, and how many confirmations it has had. */
interface Waiting {
  readonly push: undefined;
  readonly command: RespCommand;
  readonly phase: Phase;
  readonly sizeBytes: number;
  readonly special: boolean;
  /** Whether it is answered at all: that may depend on the transaction in front of it. */
  readonly answered: Answered;
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

const NONE: readonly number[] = [];
const ALONE: Paired = { push: undefined, command: undefined, phase: undefined };

/**
 * Follows what decides about replies: order, subscriptions (one confirmation per channel; messages as plain arrays in
 * RESP2), MONITOR, and what EXEC's reply holds beside one reply per command.
 */
export class Pairing {
  readonly #waiting = new Deque<Waiting>();
  #bytes = 0;
  /** Commands after the waiting ones that were forgotten. */
  #forgotten = 0;
  readonly #subscriptions = new Subscriptions();
  #monitor = false;
  /** Whether this connection speaks RESP3, where a push has a type of its own. */
  #typedPushes = false;
  #inTransaction = false;
  /** How many commands the open transaction has queued, and those of them whose replies are not one value. */
  #queued = 0;
  #peculiar = new Map<number, Waiting>();
  /** Which of them EXEC will not answer, and whether it answers what is queued next: CLIENT REPLY said so. */
  #unanswered: number[] = [];
  #isOff = false;
  /** What a transaction has published to its own connection may come behind its reply, where it is subscribed no more. */
  #mayTrail = false;

  /** A command has been sent that will be answered. */
  sent(command: RespCommand, phase: Phase, sizeBytes: number, special: boolean, answered: Answered): void {
    if (this.#forgotten > 0 || this.#waiting.length >= MAX_WAITING || this.#bytes > MAX_WAITING_BYTES) {
      this.#forgotten++;
      return;
    }
    this.#bytes += sizeBytes;
    this.#waiting.push({ push: undefined, command, phase, sizeBytes, special, answered, confirmed: 0, expected: -1 });
  }

  /** A value has come. */
  received(value: RespValue): Paired {
    const inner = bare(value);
    if (inner.type === 'push') {
      this.#typedPushes = true;
      return this.#pushed(kindOf(inner.items[0]), inner.items, this.#first);
    }
    if (
      inner.type === 'array' &&
      !this.#typedPushes &&
      // Where nothing waits for a reply, it can be none: CLIENT REPLY OFF holds back no push.
      (this.#subscriptions.some || this.#mayTrail || this.#first === undefined || this.#first.special) &&
      inner.items.length > 0 &&
      !this.answersExec
    ) {
      const kind = kindOf(inner.items[0]);
      if (RESP2_PUSH.test(kind)) return this.#pushed(kind, inner.items, this.#first);
    }
    if (this.#monitor && inner.type === 'simple' && MONITOR_LINE.test(inner.bytes.toString('latin1', 0, 32))) {
      return { push: 'monitor', command: undefined, phase: undefined };
    }
    // Who monitors already gets no reply to MONITOR, but that it is queued.
    while (this.#monitor && !this.#inTransaction && this.#first?.command.name === 'MONITOR') this.#shift();
    const head = this.#shift();
    this.#mayTrail = head?.command.name === 'EXEC' && this.#peculiar.size > 0;
    if (head === undefined) return ALONE;
    if (head.special) this.#answered(head, inner);
    return head;
  }

  /** Whether the next reply is that of an EXEC which holds more than one value per command. */
  get answersExec(): boolean {
    const first = this.#first;
    if (first === undefined || !first.special || first.command.name !== 'EXEC') return false;
    return this.#peculiar.size > 0 || (this.#typedPushes && this.#queued > 0);
  }

  /**
   * A value has come inside EXEC's reply, where so many replies went before. Answers what it is, where it is no reply:
   * pushes stand among the replies, and of several confirmations only the last counts as the reply.
   */
  inside(value: RespValue, index: number): (Paired & { readonly isReply: boolean }) | undefined {
    const inner = bare(value);
    if (!('items' in inner)) return undefined;
    const waiting = this.#peculiar.get(this.#queuedAt(index));
    const kind = kindOf(inner.items[0]);
    if (inner.type !== 'push') {
      if (this.#typedPushes || inner.type !== 'array' || waiting === undefined || !RESP2_PUSH.test(kind))
        return undefined;
      if (/message$/.test(kind) && !this.#subscriptions.some) return undefined;
    }
    const before = waiting?.confirmed ?? 0;
    const paired = this.#pushed(kind, inner.items, waiting);
    const confirms = waiting !== undefined && waiting.confirmed > before;
    return { ...paired, isReply: confirms && waiting.confirmed >= waiting.expected };
  }

  /** How many of the commands that EXEC carries out, where its reply comes next, it doesn't answer; they are counted in it. */
  get unanswered(): readonly number[] {
    const first = this.#first;
    return this.#unanswered.length > 0 && first?.command.name === 'EXEC' ? this.#unanswered : NONE;
  }

  /** The how-manieth command of the transaction is answered when so many answers went before. */
  #queuedAt(index: number): number {
    let at = index;
    for (const unanswered of this.#unanswered) if (unanswered <= at) at++;
    return at;
  }

  get #first(): Waiting | undefined {
    return this.#waiting.first();
  }

  #pushed(kind: string, items: readonly RespValue[], waiting: Waiting | undefined): Paired {
    const confirmed = kind.toUpperCase();
    if (!SUBSCRIPTION.test(confirmed)) return { push: kind, command: undefined, phase: undefined };
    let command: RespCommand | undefined;
    if (waiting?.special && waiting.command.name === confirmed) {
      command = waiting.command;
      if (waiting.expected < 0) waiting.expected = this.#subscriptions.confirmations(command);
      if (++waiting.confirmed >= waiting.expected && waiting === this.#first) this.#shift();
    }
    this.#subscriptions.confirmed(kind, items[2]);
    return { push: kind, command, phase: undefined };
  }

  #answered(waiting: Waiting, reply: RespValue): void {
    const { name } = waiting.command;
    if (name === 'EXEC' || name === 'DISCARD' || name === 'RESET') {
      this.#inTransaction = false;
      this.#queued = 0;
      this.#unanswered = [];
      this.#isOff = false;
      if (this.#peculiar.size > 0) this.#peculiar = new Map();
    }
    if (isError(reply)) return;
    if (name === 'MULTI') this.#inTransaction = true;
    else if (name === 'MONITOR' && isText(reply, OK)) this.#monitor = true;
    else if (name === 'HELLO' && !isText(reply, QUEUED)) this.#typedPushes = reply.type === 'map';
    else if (name === 'RESET') {
      this.#monitor = this.#typedPushes = false;
      this.#subscriptions.reset();
    }
  }

  /** The command that was answered last was queued by MULTI: EXEC will answer it again. */
  #enqueued(waiting: Waiting): void {
    const index = this.#queued++;
    const { name, args, argCount } = waiting.command;
    const mode = name === 'CLIENT REPLY' ? modeOf(args[0], argCount) : undefined;
    if (mode && mode !== 'skip') this.#isOff = mode === 'off';
    // Confirmations of subscriptions come all the same.
    const isAnswered = SUBSCRIPTION.test(name) || !(this.#isOff || mode === 'skip');
    if (!isAnswered && this.#unanswered.length < MAX_QUEUED) this.#unanswered.push(index);
    if (!SUBSCRIPTION.test(name) && !PUBLISHING.test(name)) return;
    if (this.#peculiar.size < MAX_QUEUED) this.#peculiar.set(index, waiting);
  }

  /** Takes note of what a reply says of the transaction that is open. */
  noteQueued(paired: Paired, reply: RespValue): void {
    if (paired.command !== undefined && isText(reply, QUEUED)) this.#enqueued(paired as Waiting);
  }

  /** It turns out that these are not answered. */
  drop(answered: Answered): void {
    const left: Waiting[] = [];
    let dropped = 0;
    for (const one of this.#waiting) {
      if (one.answered !== answered) left.push(one);
      else dropped += one.sizeBytes;
    }
    if (left.length === this.#waiting.length) return;
    this.#bytes -= dropped;
    this.#waiting.assign(left);
  }

  #shift(): Waiting | undefined {
    const head = this.#waiting.shift();
    if (head) this.#bytes -= head.sizeBytes;
    else if (this.#forgotten > 0) this.#forgotten--;
    return head;
  }
}

function isText(value: RespValue, text: Buffer): boolean {
  return value.type === 'simple' && value.bytes.length === text.length && value.bytes.equals(text);
}

function kindOf(value: RespValue | undefined): string {
  if (value === undefined) return 'push';
  const inner = bare(value);
  return inner.type === 'bulk' || inner.type === 'simple' ? inner.bytes.toString('latin1', 0, 64) : 'push';
}
