/** One connection's state, as far as it decides what its commands do. */
import type { RespCommand } from '../../protocols/resp/index.ts';
import type { SeenFrame } from '../teller.ts';
import type { Quiet } from './lists.ts';
import type { Operation } from './operation.ts';
import type { Publication, Script } from './pubsub.ts';
import type { StreamCall } from './stream-calls.ts';

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

export class Session {
  db = 0;
  /** The database before each command that chose another one, until it is answered. */
  readonly chosen = new Map<RespCommand, number>();
  /** Commands since MULTI; undefined outside of a transaction. */
  queue: RespCommand[] | undefined;
  /** What was sent and not answered, the first one first, from `#head` on. */
  #sent: (Sent | undefined)[] = [];
  #head = 0;

  push(sent: Sent): void {
    this.#sent.push(sent);
  }

  get waiting(): number {
    return this.#sent.length - this.#head;
  }

  /** The first one; it is no longer waited for. */
  shift(): Sent | undefined {
    const first = this.#sent[this.#head];
    if (first === undefined) return undefined;
    this.#sent[this.#head++] = undefined;
    if (this.#head === this.#sent.length) {
      this.#sent.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#sent.length) {
      this.#sent = this.#sent.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  /** Whether the answer to this command is waited for. */
  awaits(command: RespCommand): boolean {
    if (this.#sent[this.#head]?.command === command) return true;
    for (let at = this.#head; at < this.#sent.length; at++) if (this.#sent[at]!.command === command) return true;
    return false;
  }
}
