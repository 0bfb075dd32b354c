/** Transactions: what stands between MULTI and EXEC happens at EXEC, or not at all. https://redis.io/docs/latest/develop/interact/transactions/ */
import type { RespCommand } from '../../protocols/resp/index.ts';

/** The most commands of one transaction that are followed. */
const KEPT = 1_000;
/** Commands that are obeyed at once, also inside a transaction. */
const AT_ONCE = new Set(['EXEC', 'DISCARD', 'MULTI', 'WATCH', 'UNWATCH', 'QUIT', 'RESET']);

export class Transactions {
  /** The commands that each connection has queued so far. */
  readonly #open = new Map<number, RespCommand[]>();
  readonly #queued = new WeakSet<RespCommand>();
  readonly #executed = new WeakMap<RespCommand, readonly RespCommand[]>();

  /** Takes note of a command; gives those that happen now, where it is an EXEC. True: it only waits for its EXEC. */
  command(connection: number, command: RespCommand): boolean | readonly RespCommand[] {
    const queued = this.#open.get(connection);
    if (command.name === 'MULTI' && !queued) this.#open.set(connection, []);
    if (!queued) return false;
    if (!AT_ONCE.has(command.name)) {
      this.#queued.add(command);
      if (queued.length < KEPT) queued.push(command);
      return true;
    }
    if (command.name === 'MULTI' || command.name === 'WATCH') return false;
    this.#open.delete(connection);
    if (command.name !== 'EXEC') return false;
    this.#executed.set(command, queued);
    return queued;
  }

  /** Whether a reply to this command says no more than that it was queued. */
  waits(command: RespCommand): boolean {
    return this.#queued.has(command);
  }

  /** The server did not take a command into the transaction, so EXEC does not answer it. */
  refused(connection: number, command: RespCommand): void {
    const queued = this.#open.get(connection);
    if (queued?.includes(command)) queued.splice(queued.indexOf(command), 1);
  }

  /** What an EXEC carried out, in the order of its replies. */
  executedBy(command: RespCommand): readonly RespCommand[] | undefined {
    return this.#executed.get(command);
  }

  closed(connection: number): void {
    this.#open.delete(connection);
  }
}
