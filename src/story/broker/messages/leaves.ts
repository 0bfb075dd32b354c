/** Accounts for messages as they leave their queues: of those that can't be told apart, once it matters no more which was which. */
import type { Fate, Ledger } from '../../ledger/index.ts';
import type { SeenEntry } from '../queues/entry.ts';
import type { Left, Twins } from './twins.ts';

/** The most groups of which it is awaited what becomes of the last one. */
const AWAITED = 100;

export class Leaves {
  readonly #ledger: Ledger;
  /** Messages that can't be told apart, some of which have left. */
  readonly #awaited = new Set<Twins>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  leave(entry: SeenEntry, fate: Fate | undefined): void {
    const { twins } = entry;
    if (!twins) return this.#ledger.leave(entry.message, entry.queue, fate);
    this.#tell(twins.leave(entry, fate));
    if (twins.isAwaiting) this.#awaited.add(twins);
    else for (const one of this.#awaited) if (!one.isAwaiting) this.#awaited.delete(one);
    const [oldest] = this.#awaited.size > AWAITED ? this.#awaited : [];
    if (!oldest) return;
    this.#awaited.delete(oldest);
    this.#tell(oldest.settle());
  }

  /** Nothing more is seen. */
  end(): void {
    for (const twins of this.#awaited) this.#tell(twins.settle());
    this.#awaited.clear();
  }

  #tell(left: readonly Left[]): void {
    for (const [{ message, queue }, fate] of left) this.#ledger.leave(message, queue, fate);
  }
}
