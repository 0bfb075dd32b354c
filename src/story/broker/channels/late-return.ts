/** What a lost connection held goes back once the server has heard of that: only then it is told. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import type { SeenEntry } from '../queues/entry.ts';

export const REQUEUED = { stage: 'requeued', verb: 'requeue', from: 'server' } as const;

export class LateReturn {
  readonly #broker: SeenBroker;
  readonly #lost: Sighting;
  readonly #why: Statement;
  readonly #entries = new Set<SeenEntry>();
  /** It may have come back before the connection was lost. */
  readonly mayBeEarlier: boolean;

  constructor(broker: SeenBroker, lost: Sighting, why: Statement, mayBeEarlier: boolean) {
    this.mayBeEarlier = mayBeEarlier;
    this.#broker = broker;
    this.#lost = lost;
    this.#why = why;
    broker.whenHeard(lost, (at) => this.tell(at));
  }

  add(entry: SeenEntry): void {
    this.#entries.add(entry);
    entry.lateReturn = this;
  }

  /** One of them is back, or all are by now: those whose queue has not gone before. */
  tell({ seq, at }: Sighting): void {
    for (const entry of this.#entries) {
      const { message, queue, twins: among, lateReturn } = entry;
      if (lateReturn !== this) continue;
      entry.lateReturn = undefined;
      if (queue.gone || !entry.isReady) continue;
      const step = { ...REQUEUED, route: queue.name, reason: this.#why, among };
      this.#broker.ledger.conclude({ ...this.#lost, seq, at }, message, step);
    }
    this.#entries.clear();
  }
}
