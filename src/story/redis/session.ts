/** One connection's state, as far as it decides what its commands do. */
import { Deque } from '../../core/collections/deque.ts';
import type { RespCommand } from '../../protocols/resp/index.ts';
import type { SeenFrame } from '../teller.ts';
import { behind, type Choice } from './choice.ts';
import type { Quiet } from './lists/lists.ts';
import type { Operation } from './order/operation.ts';
import type { Publication } from './pubsub/publication.ts';
import type { Script } from './pubsub/pubsub.ts';
import type { StreamCall } from './streams/calls.ts';
import { isQueued } from './transaction.ts';

/** One command that is carried out: by itself, or as part of a transaction. */
export interface Work {
  readonly command: RespCommand;
  readonly publication: Publication | undefined;
  readonly stream: StreamCall | undefined;
  readonly script: Script | undefined;
  /** What is told of messages tells of it. */
  readonly isTold: boolean;
  /** Where it is carried out, where its transaction has chosen that before. */
  readonly db: number | undefined;
}

/** A command that was sent and not answered. */
export interface Sent {
  readonly seen: SeenFrame;
  readonly command: RespCommand;
  /** What is carried out: several commands at EXEC, none where the command was only queued. */
  readonly works: readonly Work[];
  /** What it does to lists. */
  readonly operation: Operation | undefined;
  /** What it does to a key at which nothing was. */
  readonly quiet: Quiet | undefined;
  /** What it chooses, where it is carried out; undefined where it chooses none. */
  readonly choice: Choice | undefined;
  /** In one of these databases it is carried out, or begins. */
  dbs: readonly number[];
  /** In which round of requests and answers it was sent. */
  readonly round: number;
}

/** The database of a command, where it is known. */
export function dbOf({ dbs }: Sent): number | undefined {
  return dbs.length === 1 ? dbs[0] : undefined;
}

export class SeenSession {
  /** The command that was seen last. */
  seen: SeenFrame | undefined;
  /** Where the next command goes; several as long as it is not known whether a choice was refused. */
  dbs: readonly number[] = [0];
  /** Where the first of those goes that are not answered. */
  #answeredDbs: readonly number[] = [0];
  /** Commands since MULTI; undefined outside of a transaction. */
  queue: RespCommand[] | undefined;
  /** The last MULTI that was told before it was answered. */
  begun: RespCommand | undefined;
  /** It may have watched keys since its last transaction: the next one does nothing where they have changed. */
  watches = false;
  /** The transaction that was asked for last may do nothing at all, as far as its commands tell. */
  mayFail = false;
  /** The client has said goodbye. */
  hasQuit = false;
  /** How many of them the server has said that it queued; undefined where not every answer was seen. */
  #queued: number | undefined = 0;
  /** What was sent and not answered, the first one first. */
  readonly #sent = new Deque<Sent>();

  push(sent: Sent): void {
    this.#sent.push(sent);
    if (sent.choice) this.dbs = behind(this.dbs, sent.choice);
  }

  /**
   * A choice was answered: it was carried out, with this database chosen; it was not; or nobody saw that. Answers where
   * each of the commands goes that are not answered.
   */
  chosen(choice: Choice, db: number | false | undefined): (readonly [Sent, readonly number[]])[] {
    if (db === undefined) this.#answeredDbs = behind(this.#answeredDbs, choice);
    else if (db !== false) this.#answeredDbs = [db];
    this.dbs = this.#answeredDbs;
    return [...this.#sent].map((sent) => {
      const { dbs } = this;
      sent.dbs = dbs;
      if (sent.choice) this.dbs = behind(dbs, sent.choice);
      return [sent, dbs] as const;
    });
  }

  /**
   * A transaction begins. Answers whether that can be told as it is said, since what is sent behind it is within it:
   * where answers are still to come, it is told in its turn.
   */
  begin(command: RespCommand): boolean {
    const isNext = !this.queue && (this.waiting === 0 || command.silent);
    if (isNext) this.begun = command;
    this.queue ??= [];
    return isNext;
  }

  /** A transaction is to be carried out: answers what is in it. */
  exec(): readonly RespCommand[] {
    const { queue = [] } = this;
    // Of what was queued before nothing is counted once all has been answered.
    const hasAll = this.waiting === 0 && this.#queued === queue.length;
    this.mayFail = this.watches || !(hasAll || queue.every(isQueued));
    this.leave();
    return queue;
  }

  /** The transaction ends. */
  leave(): void {
    if (this.queue) this.watches = false;
    this.queue = undefined;
  }

  /** The server has queued a command. */
  queued(isSeen: boolean): void {
    this.#queued = isSeen && this.#queued !== undefined ? this.#queued + 1 : undefined;
  }

  /** Nothing is queued any more: answers how much was, 0 where that is not known. */
  unqueue(): number {
    const count = this.#queued ?? 0;
    this.#queued = 0;
    return count;
  }

  get waiting(): number {
    return this.#sent.length;
  }

  /** The first one. */
  get next(): Sent | undefined {
    return this.#sent.first();
  }

  /** The first one; it is no longer waited for. */
  shift(): Sent | undefined {
    return this.#sent.shift();
  }

  /** The first of what was sent and not answered. */
  *first(count: number): Iterable<Sent> {
    for (const sent of this.#sent) {
      if (count-- === 0) return;
      yield sent;
    }
  }

  /** Whether the answer to this command is waited for. */
  awaits(command: RespCommand): boolean {
    if (this.#sent.first()?.command === command) return true;
    for (const sent of this.#sent) if (sent.command === command) return true;
    return false;
  }
}
