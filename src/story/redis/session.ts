/** One connection's state, as far as it decides what its commands do. */
import { Deque } from '../../core/collections/deque.ts';
import type { RespCommand } from '../../protocols/resp/index.ts';
import type { SeenFrame } from '../teller.ts';
import type { Quiet } from './lists/lists.ts';
import type { Operation } from './order/operation.ts';
import type { Publication } from './pubsub/publication.ts';
import type { Script } from './pubsub/pubsub.ts';
import type { StreamCall } from './streams/calls.ts';

/** One command that is carried out: by itself, or as part of a transaction. */
export interface Work {
  readonly command: RespCommand;
  readonly db: number;
  readonly publication: Publication | undefined;
  readonly stream: StreamCall | undefined;
  readonly script: Script | undefined;
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
  /** In which round of requests and answers it was sent. */
  readonly round: number;
}

export class SeenSession {
  /** The command that was seen last. */
  seen: SeenFrame | undefined;
  db = 0;
  /** The database before each command that chose another one, until it is answered. */
  readonly chosen = new Map<RespCommand, number>();
  /** Commands since MULTI; undefined outside of a transaction. */
  queue: RespCommand[] | undefined;
  /** What was sent and not answered, the first one first. */
  readonly #sent = new Deque<Sent>();

  push(sent: Sent): void {
    this.#sent.push(sent);
  }

  get waiting(): number {
    return this.#sent.length;
  }

  /** What was sent and not answered does to lists. */
  operations(): Operation[] {
    return [...this.#sent].flatMap(({ operation }) => operation ?? []);
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
