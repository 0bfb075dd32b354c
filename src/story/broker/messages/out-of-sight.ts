/**
 * Messages of which others may decide what becomes of them: on a broker that the run did not start there may be
 * bindings that take a copy, and policies that send on what dies in a queue. They may turn up again.
 */
import type { Statement } from '../../../core/statements/index.ts';
import type { Place, SeenMessage } from '../../ledger/index.ts';
import type { Publication } from './publication.ts';

interface Missing {
  readonly message: SeenMessage;
  readonly publication: Publication;
  /** The queue it was rejected in; undefined where it was published to an exchange. */
  readonly diedIn: string | undefined;
  /** What is told of it where it does not turn up. */
  readonly reason: Statement;
  /** The queues that a copy has come from already. */
  readonly seenIn: Set<string>;
}

/** The most messages that are expected to turn up; the oldest are given up first. */
const EXPECTED = 10_000;

export class OutOfSight implements Place {
  readonly #byMessage = new Map<SeenMessage, Missing>();
  readonly #byIdentity = new Map<string, Missing[]>();

  /** Expects a message; gives one that is given up for it. */
  add(
    message: SeenMessage,
    publication: Publication,
    diedIn: string | undefined,
    reason: Statement,
  ): { readonly message: SeenMessage; readonly reason: Statement } | undefined {
    const missing = { message, publication, diedIn, reason, seenIn: new Set<string>() };
    this.#byMessage.set(message, missing);
    const same = this.#byIdentity.get(publication.identity);
    if (same) same.push(missing);
    else this.#byIdentity.set(publication.identity, [missing]);
    if (this.#byMessage.size <= EXPECTED) return undefined;
    const [oldest] = this.#byMessage.values();
    if (oldest) this.forget(oldest.message);
    return oldest;
  }

  /** The first of this body and these properties that died in that queue; it is no longer expected. */
  arrivedDeadLetter(identity: string, queue: string): Missing | undefined {
    const found = this.#byIdentity.get(identity)?.find(({ diedIn }) => diedIn === queue);
    if (found) this.forget(found.message);
    return found;
  }

  /** The first that was published so and has not come from that queue yet. */
  copy(key: string, identity: string, queue: string): Missing | undefined {
    const found = this.#byIdentity
      .get(identity)
      ?.find(
        ({ publication, diedIn, seenIn }) => diedIn === undefined && publication.key === key && !seenIn.has(queue),
      );
    found?.seenIn.add(queue);
    return found;
  }

  has(message: SeenMessage): boolean {
    return this.#byMessage.has(message);
  }

  forget(message: SeenMessage): void {
    const missing = this.#byMessage.get(message);
    if (!missing) return;
    this.#byMessage.delete(message);
    const { identity } = missing.publication;
    const others = this.#byIdentity.get(identity)?.filter((other) => other !== missing) ?? [];
    if (others.length > 0) this.#byIdentity.set(identity, others);
    else this.#byIdentity.delete(identity);
  }

  [Symbol.iterator](): Iterator<Missing> {
    return [...this.#byMessage.values()].values();
  }
}
