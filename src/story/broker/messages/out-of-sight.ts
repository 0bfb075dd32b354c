/**
 * Messages of which others may decide what becomes of them: on a broker that the run did not start there may be
 * bindings that take a copy, consumers that give back what they were handed, and policies that send on what dies in a
 * queue. They may turn up again.
 */
import type { Statement } from '../../../core/statements/index.ts';
import type { Place, SeenMessage } from '../../ledger/index.ts';
import type { Publication } from './publication.ts';

/** One copy of a message, where it was seen last. */
export interface Missing extends Place {
  readonly message: SeenMessage;
  readonly publication: Publication;
  /** The queue that it left, or was rejected in; undefined where it was published to an exchange. */
  readonly left: string | undefined;
  /** What is told of it where it does not turn up; undefined where other copies of it are known of. */
  reason: Statement | undefined;
  /** The queues that a copy has come from already. */
  readonly seenIn: Set<string>;
}

/** The most that are expected to turn up; the oldest are given up first. */
const EXPECTED = 10_000;

export class OutOfSight {
  readonly #all = new Set<Missing>();
  readonly #byIdentity = new Map<string, Missing[]>();

  expect(message: SeenMessage, publication: Publication, left: string | undefined, reason?: Statement): Missing {
    const one: Missing = { message, publication, left, reason, seenIn: new Set(), forget: () => this.#remove(one) };
    this.#all.add(one);
    const same = this.#byIdentity.get(publication.identity);
    if (same) same.push(one);
    else this.#byIdentity.set(publication.identity, [one]);
    return one;
  }

  /** Those that are too many, which are expected no longer. */
  *excess(): Iterable<Missing> {
    for (const oldest of this.#all) {
      if (this.#all.size <= EXPECTED) return;
      this.#remove(oldest);
      yield oldest;
    }
  }

  wasIn(queue: string, identity: string): boolean {
    return this.#byIdentity.get(identity)?.some(({ left }) => left === queue) ?? false;
  }

  /** The first of this body and these properties that died in that queue; it is no longer expected. */
  diedIn(queue: string, identity: string): Missing | undefined {
    return this.#take(identity, ({ left }) => left === queue);
  }

  /** The first that left that queue and looked like this; it is no longer expected. */
  cameBackTo(queue: string, { identity, key }: Publication): Missing | undefined {
    return this.#take(identity, ({ left, publication }) => left === queue && publication.key === key);
  }

  /** The first that was published so and has not come from that queue yet. */
  copy(queue: string, { identity, key }: Publication): Missing | undefined {
    const found = this.#byIdentity
      .get(identity)
      ?.find((one) => one.left === undefined && one.publication.key === key && !one.seenIn.has(queue));
    found?.seenIn.add(queue);
    return found;
  }

  /** Hands over all that have not turned up. */
  drain(): Missing[] {
    const all = [...this.#all];
    this.#all.clear();
    this.#byIdentity.clear();
    return all;
  }

  #take(identity: string, which: (one: Missing) => boolean): Missing | undefined {
    const found = this.#byIdentity.get(identity)?.find(which);
    if (found) this.#remove(found);
    return found;
  }

  #remove(one: Missing): void {
    if (!this.#all.delete(one)) return;
    const { identity } = one.publication;
    const others = this.#byIdentity.get(identity)?.filter((other) => other !== one) ?? [];
    if (others.length > 0) this.#byIdentity.set(identity, others);
    else this.#byIdentity.delete(identity);
  }
}
