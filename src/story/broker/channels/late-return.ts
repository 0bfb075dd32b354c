/** What a lost connection held goes back once the server has heard of that: only then it is told. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { SeenBroker } from '../broker.ts';
import { hasOne, type SeenEntry } from '../queues/entry.ts';
import { byAnyone, type Span } from '../span.ts';

/** It is back in its queue, though no frame shows it. */
export function tellRequeued({ ledger }: SeenBroker, at: Sighting, entry: SeenEntry, reason: Statement): void {
  const { message, queue, twins: among } = entry;
  const step = { stage: 'requeued', verb: 'requeue', from: 'server', route: queue.name, reason, among } as const;
  ledger.conclude(at, message, step);
}

export class LateReturn {
  readonly #broker: SeenBroker;
  readonly #lost: Sighting;
  readonly #why: Statement;
  readonly #entries = new Set<SeenEntry>();
  /** Those that come back too often, and to where they go then. */
  readonly #limited = new Map<SeenEntry, Span>();
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

  /** It comes back too often: what becomes of it follows once it is back. */
  addLimited(entry: SeenEntry, span: Span): void {
    this.#limited.set(entry, span);
    this.#broker.lateReturns.add(this);
  }

  /** Whether a message of this body and these properties comes back to its queue too often. */
  returns(queue: string, identity: string): boolean {
    return hasOne(this.#limited.keys(), queue, identity);
  }

  /** One of them is back, or all are by now: those whose queue has not gone before. */
  tell({ seq, at }: Sighting): void {
    const now = { ...this.#lost, seq, at };
    for (const entry of this.#entries) {
      if (entry.lateReturn !== this) continue;
      entry.lateReturn = undefined;
      if (!entry.queue.gone && entry.isReady) tellRequeued(this.#broker, now, entry, this.#why);
    }
    this.#entries.clear();
    this.#broker.lateReturns.delete(this);
    for (const [entry, span] of this.#limited) {
      this.#limited.delete(entry);
      if (entry.queue.why) this.#broker.wentWithQueue(now, entry);
      // What its client asked for last need not have been read.
      else this.#broker.giveBack(now, entry, byAnyone(span), 'left behind');
    }
  }
}
