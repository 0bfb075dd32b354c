/** A queue: keeps messages in order and hands them to its consumers. */
import type { Clock } from '../../../core/time/clock.ts';
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import type { DeathReason } from '../messages/dead-letter.ts';
import type { Message } from '../messages/message.ts';
import type { Witness } from '../messages/witness.ts';
import { Alarm } from './alarm.ts';
import { Backlog } from './backlog.ts';
import type { ConsumedQueue, Consumer, Return, Returned } from './consumer.ts';
import { Entry } from './entry.ts';
import type { QueueKind } from './kinds/kind.ts';
import type { QueueOptions } from './options.ts';
import { Rotation } from './rotation.ts';

/** Whoever declared exclusive queues. */
export interface QueueOwner {
  /** Those queues, which end with their owner. */
  readonly owned: Set<Queue>;
}

/** What a queue is declared as. */
export interface QueueSpec {
  readonly name: string;
  /** How texts call it: `queue 'jobs' in vhost '/'`. */
  readonly title: string;
  readonly kind: QueueKind;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** Who alone may use it, and with whom it goes. */
  readonly owner: QueueOwner | undefined;
  readonly arguments: FieldTable;
  readonly options: QueueOptions;
}

/** What a queue needs of the world around it. */
export interface QueueHost {
  readonly clock: Clock;
  readonly witness?: Witness | undefined;
  /** The message died here; whether it goes on anywhere is the host's to know. */
  died(queue: Queue, message: Message, reason: DeathReason): void;
  /** The queue's time is over: it lost its last consumer, or nobody used it for long enough. */
  removeQueue(queue: Queue): void;
  /** So many more bytes are held, or fewer. */
  account(bytes: number): void;
}

export class Queue implements ConsumedQueue {
  readonly resource = 'queue';
  readonly spec: QueueSpec;
  /** The list that holds only this queue, made once. */
  readonly alone: readonly Queue[] = [this];
  readonly #host: QueueHost;
  readonly #backlog: Backlog;
  readonly #rotation: Rotation;
  readonly #alarm: Alarm;
  #position = 0;
  #hadConsumers = false;
  #heldBytes = 0;
  /** Whether any message ever had a time to live here: one may come to a head that had to wait behind others. */
  #mayExpire = false;
  #isRefusing = false;
  #stopUnused: (() => void) | undefined;
  isDeleted = false;
  unacked = 0;

  constructor(spec: QueueSpec, host: QueueHost) {
    this.spec = spec;
    this.#host = host;
    this.#backlog = new Backlog(spec.kind.lanes(spec.options));
    this.#rotation = new Rotation(spec.options.isSingleActive);
    this.#alarm = new Alarm(host.clock, () => this.#expire());
    this.touch();
  }

  get name(): string {
    return this.spec.name;
  }

  /** How texts call it. */
  get title(): string {
    return this.spec.title;
  }

  get length(): number {
    return this.#backlog.length;
  }

  get consumerCount(): number {
    return this.#rotation.size;
  }

  get hasExclusiveConsumer(): boolean {
    return this.#rotation.hasExclusive;
  }

  /** Takes a message in, which may have died elsewhere. Returns false when the queue is full and declared to refuse. */
  publish(message: Message, isDead = false): boolean {
    const { kind, options } = this.spec;
    const mayRefuse = options.overflow !== 'drop-head';
    if (mayRefuse && (!isDead || kind.refusesDead) && this.#refuses(message.body.length)) {
      this.#host.witness?.({ what: 'refused', message, queue: this });
      if (options.overflow === 'reject-publish-dlx') this.#host.died(this, message, 'maxlen');
      return false;
    }
    const entry = new Entry(message, this.#position++, this.#expiry(message));
    entry.wasDelivered = message.wasRejected && kind.hearsRejected;
    this.#add(entry);
    if (mayRefuse) this.#refuses(0);
    return true;
  }

  #add(entry: Entry): void {
    this.#host.witness?.({ what: 'entered', message: entry.message, queue: this, position: entry.position });
    this.#account(entry, 1);
    if (this.#backlog.length === 0) {
      const consumer = this.#rotation.next();
      if (consumer) {
        this.#hand(consumer, entry);
        return;
      }
    }
    this.#backlog.push(entry);
    const dropped = this.#dropHead();
    // A classic queue takes its head for the one that it was, and overlooks what comes in front by its priority.
    if (dropped || this.#backlog.length === 1 || this.spec.kind.looksFirst) this.#expire();
  }

  #expiry(message: Message): number | undefined {
    const { ttlMs } = this.spec.options;
    if (ttlMs === undefined && message.ttlMs === undefined) return undefined;
    this.#mayExpire = true;
    const ttl = Math.min(ttlMs ?? Number.POSITIVE_INFINITY, message.ttlMs ?? Number.POSITIVE_INFINITY);
    return this.#host.clock.now() + ttl;
  }

  /** Whether a body of so many bytes is refused. */
  #refuses(bodyBytes: number): boolean {
    const { kind, options } = this.spec;
    this.#isRefusing = kind.refuses(options, this.#backlog, bodyBytes, this.#isRefusing);
    return this.#isRefusing;
  }

  #dropHead(): boolean {
    const { maxLength, maxLengthBytes, overflow } = this.spec.options;
    if (overflow !== 'drop-head') return false;
    let dropped = false;
    while (
      (maxLength !== undefined && this.#backlog.length > maxLength) ||
      (maxLengthBytes !== undefined && this.#backlog.sizeBytes > maxLengthBytes)
    ) {
      const head = this.#backlog.shift();
      if (!head) break;
      this.#die(head, 'maxlen');
      dropped = true;
    }
    return dropped;
  }

  #die(entry: Entry, reason: DeathReason): void {
    this.#account(entry, -1);
    this.#host.witness?.({ what: 'died', message: entry.message, queue: this, reason });
    this.#host.died(this, entry.message, reason);
  }

  #account({ message }: Entry, sign: 1 | -1): void {
    const bytes = sign * message.sizeBytes;
    this.#heldBytes += bytes;
    this.#host.account(bytes);
  }

  /** Lets die what has expired at the heads, and sets the alarm for what will. */
  #expire(): void {
    if (!this.#mayExpire) return;
    const now = this.#host.clock.now();
    for (let dead = this.#backlog.shiftExpired(now); dead; dead = this.#backlog.shiftExpired(now)) {
      this.#die(dead, 'expired');
    }
    const next = this.#backlog.nextExpiry();
    if (next !== undefined) this.#alarm.set(next);
  }

  /** Hands out as much as the consumers can take. */
  run(): void {
    while (this.#backlog.length > 0) {
      const consumer = this.#rotation.next();
      if (!consumer) return;
      const entry = this.#takeHead();
      if (!entry) return;
      this.#hand(consumer, entry);
      this.#expire();
    }
  }

  /** What is handed out next; whoever takes it looks afterwards for what has expired behind it. */
  #takeHead(): Entry | undefined {
    if (this.spec.kind.looksFirst) this.#expire();
    return this.#backlog.shift();
  }

  #hand(consumer: Consumer, entry: Entry): void {
    if (consumer.noAck) this.#account(entry, -1);
    else {
      this.unacked += 1;
      consumer.unacked += 1;
    }
    consumer.owner.deliver(consumer, entry);
    entry.wasDelivered = true;
  }

  /** Takes the next message out for somebody who asked for one. */
  get(noAck: boolean): { entry: Entry; redelivered: boolean } | undefined {
    this.touch();
    const entry = this.#takeHead();
    if (!entry) return undefined;
    if (noAck) this.#account(entry, -1);
    else this.unacked += 1;
    const redelivered = entry.wasDelivered;
    entry.wasDelivered = true;
    this.#expire();
    return { entry, redelivered };
  }

  countToTell(entry: Entry): number | undefined {
    return this.spec.kind.countToTell(entry, 'consume');
  }

  settle(entry: Entry, consumer: Consumer | undefined): void {
    this.#host.witness?.({ what: 'acked', message: entry.message, queue: this });
    if (this.isDeleted) return;
    this.#release(consumer);
    this.#account(entry, -1);
    if (consumer?.isBlocked) this.wake(consumer);
  }

  reject(entry: Entry, consumer: Consumer | undefined): void {
    if (this.isDeleted) {
      this.#host.witness?.({ what: 'homeless', message: entry.message, queue: this });
      return;
    }
    this.#release(consumer);
    this.#die(entry, 'rejected');
    if (consumer?.isBlocked) this.wake(consumer);
  }

  checkReturn(by: 'nack' | 'recover'): void {
    this.spec.kind.checkReturn(this.title, by);
  }

  requeue(returned: readonly Returned[]): void {
    this.#takeBack(returned, 'given back');
  }

  /** Takes back what consumers give back, each message to where this kind of queue puts it, before it hands out more. */
  #takeBack(returned: readonly Returned[], how: Return): void {
    const { witness } = this.#host;
    if (this.isDeleted) {
      for (const { entry } of returned) witness?.({ what: 'homeless', message: entry.message, queue: this });
      return;
    }
    const { kind, options } = this.spec;
    for (const { entry, consumer } of returned) {
      this.#release(consumer);
      witness?.({ what: 'requeued', message: entry.message, queue: this });
      const death = kind.takeBack(entry, this.#backlog, options, how);
      if (death) this.#die(entry, death);
    }
    if (!kind.handsOutFirst) this.#dropHead();
    this.#expire();
    for (const { consumer } of returned) if (consumer?.isBlocked) this.#rotation.unblock(consumer);
    this.run();
    if (kind.handsOutFirst && this.#dropHead()) this.#expire();
  }

  #release(consumer: Consumer | undefined): void {
    this.unacked -= 1;
    if (consumer) consumer.unacked -= 1;
  }

  consume(consumer: Consumer): void {
    this.#hadConsumers = true;
    this.#stopUnused?.();
    this.#stopUnused = undefined;
    this.#rotation.add(consumer);
    this.run();
  }

  cancel(consumer: Consumer): void {
    this.#forget([consumer]);
    // Another consumer may have become the active one.
    if (this.spec.kind.handsOutAfterCancel) this.#takeBack([], 'given back');
  }

  leave(consumers: readonly Consumer[], held: readonly Returned[]): void {
    this.#forget(consumers);
    this.#takeBack(held, 'left behind');
  }

  #forget(consumers: readonly Consumer[]): void {
    for (const consumer of consumers) this.#rotation.remove(consumer);
    if (this.isDeleted || this.#rotation.size > 0) return;
    if (this.spec.isAutoDelete && this.#hadConsumers) this.#host.removeQueue(this);
    else this.touch();
  }

  wake(consumer: Consumer): void {
    if (!this.isDeleted && this.#rotation.unblock(consumer)) this.run();
  }

  /** The queue is in use: an x-expires begins anew. */
  touch(): void {
    const { expiresMs } = this.spec.options;
    if (expiresMs === undefined || this.#rotation.size > 0) return;
    this.#stopUnused?.();
    this.#stopUnused = this.#host.clock.after(expiresMs, () => this.#host.removeQueue(this));
  }

  /** Drops what waits, without dead-lettering it, and tells how much that was. */
  purge(): number {
    this.#testify('purged', this.#backlog);
    const count = this.#backlog.length;
    this.#empty();
    return count;
  }

  #empty(): void {
    for (const entry of this.#backlog) this.#account(entry, -1);
    this.#backlog.clear();
  }

  #testify(what: 'purged' | 'deleted' | 'forgotten', entries: Iterable<Entry>): void {
    const { witness } = this.#host;
    if (!witness) return;
    for (const { message } of entries) witness({ what, message, queue: this });
  }

  /** Ends the queue: its consumers are told, its messages are gone. */
  delete(): number {
    this.isDeleted = true;
    this.#alarm.stop();
    this.#stopUnused?.();
    this.#testify('deleted', this.#backlog);
    const count = this.#backlog.length;
    this.#host.account(-this.#heldBytes);
    this.#backlog.clear();
    for (const consumer of this.#rotation.all) consumer.owner.cancelled(consumer);
    return count;
  }

  /** Drops what does not survive a restart. */
  dropTransient(): void {
    const all = [...this.#backlog];
    const survives = ({ message }: Entry): boolean => this.spec.kind.survivesRestart(message);
    const kept = all.filter(survives);
    if (kept.length < all.length) {
      this.#testify(
        'forgotten',
        all.filter((entry) => !survives(entry)),
      );
      this.#empty();
      for (const entry of kept) {
        this.#account(entry, 1);
        this.#backlog.restore(entry);
      }
    }
    // A queue that begins anew looks, whatever it did not see before.
    this.#expire();
  }
}
