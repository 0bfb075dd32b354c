/**
 * Publishes that are not proven. Where exchanges, queues or bindings change, their messages may go elsewhere than was
 * thought when they were sent; that is looked at when a message like theirs arrives.
 */
import { obtain } from '../../../core/collections/maps.ts';
import type { Sighting } from '../../ledger/index.ts';
import type { Publication } from './publication.ts';

/** A publish, as far as its way is concerned. */
export interface Unproven {
  readonly publication: Publication;
  /** Looks which queues it may be in by what is known now. */
  lookAgain(at: Sighting): void;
}

interface Alike {
  readonly publishes: Set<Unproven>;
  /** The generation of the topology at which they were looked at last. */
  lookedAt: number;
}

export class UnprovenPublishes {
  /** Those sent since the topology changed last: they go where they were seen to go. */
  readonly #recent = new Set<Unproven>();
  #generation = 0;
  /** The generation at which all were looked at last. */
  #allLookedAt = -1;
  /** Those sent before, by what their message is known by. */
  readonly #older = new Map<string, Alike>();

  add(one: Unproven, generation: number): void {
    this.#age(generation);
    this.#recent.add(one);
  }

  delete(one: Unproven): void {
    if (this.#recent.delete(one)) return;
    const { key } = one.publication;
    const alike = this.#older.get(key);
    alike?.publishes.delete(one);
    if (alike?.publishes.size === 0) this.#older.delete(key);
  }

  /** Looks again at those of this key, if anything changed since that was done last. */
  lookAgain(at: Sighting, key: string, generation: number): void {
    this.#age(generation);
    const alike = this.#older.get(key);
    if (!alike || alike.lookedAt === generation) return;
    alike.lookedAt = generation;
    for (const one of alike.publishes) one.lookAgain(at);
  }

  /** Looks again at all, if anything changed since that was done last. */
  lookAgainAtAll(at: Sighting, generation: number): void {
    if (this.#allLookedAt === generation) return;
    this.#allLookedAt = generation;
    this.#age(generation);
    for (const key of [...this.#older.keys()]) this.lookAgain(at, key, generation);
  }

  #age(generation: number): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    for (const one of this.#recent) {
      const alike = obtain(this.#older, one.publication.key, newAlike);
      alike.publishes.add(one);
      alike.lookedAt = -1;
    }
    this.#recent.clear();
  }
}

const newAlike = (): Alike => ({ publishes: new Set(), lookedAt: -1 });
