/** What one connection is to be given by one of its subscriptions, in the server's order. */
import { itemAt } from '../../../core/collections/present.ts';
import type { Publication } from './publication.ts';

export type Kind = 'channel' | 'pattern' | 'shard';

/** The most publications that are expected at a time; of more, the oldest are no longer. */
const MOST_EXPECTED = 10_000;

interface Expected {
  readonly publication: Publication;
  /** Whether the subscription stood for certain when it was published. */
  isCertain: boolean;
  /** Those with which it was confused. */
  crowd: Crowd | undefined;
}

/** Something that the subscription was given. */
export interface Given {
  readonly seq: number;
  readonly channel: string;
  readonly content: string;
  /** It may also be something that nobody was seen publishing. */
  readonly maybeForeign: boolean;
}

/** Whether it is to be given before what is published behind it. */
function isDue({ isCertain, publication }: Expected): boolean {
  return isCertain && !publication.mayFail;
}

/** Equal publications of which some were given, and it can't be told which. */
interface Crowd {
  readonly members: Set<Expected>;
  given: number;
}

export class Subscription {
  readonly kind: Kind;
  /** A channel, or a pattern; its bytes as latin1. */
  readonly name: string;
  /** How many commands have asked for it that are not confirmed yet. */
  asked = 0;
  /** How many commands have asked to end it that are not confirmed yet. */
  #ending = 0;
  /** The frame that confirmed it; undefined where it may not stand yet. */
  confirmedSeq: number | undefined;
  /** What was answered before this frame has been given, where it was to be. */
  passedSeq: number;
  /** In the order in which they were sent. */
  readonly #expected = new Set<Expected>();

  /** @param sinceSeq the frame that asked for it */
  constructor(kind: Kind, name: string, sinceSeq: number) {
    this.kind = kind;
    this.name = name;
    this.passedSeq = sinceSeq;
  }

  /** Somebody has asked to end it: what is under way may come behind that. */
  end(): void {
    this.#ending++;
    for (const one of this.#expected) if (one.publication.answeredSeq === undefined) one.isCertain = false;
  }

  /** It has ended, and was asked for anew: what is under way may come before that. */
  begin(): void {
    this.#ending = Math.max(0, this.#ending - 1);
    this.confirmedSeq = undefined;
    for (const one of this.#expected) one.isCertain = false;
  }

  /** Something was published that it may be given. */
  expect(publication: Publication): void {
    const isCertain = this.#ending === 0 && this.confirmedSeq !== undefined && this.confirmedSeq < publication.sentSeq;
    this.#expected.add({ publication, isCertain, crowd: undefined });
    publication.expected++;
    if (this.#expected.size > MOST_EXPECTED) for (const oldest of this.#expected) return this.#remove(oldest);
  }

  expects(publication: Publication): boolean {
    for (const one of this.#expected) if (one.publication === publication) return true;
    return false;
  }

  /** Whether it may be given something yet that this connection has published. */
  expectsFrom(connection: number): boolean {
    for (const { publication } of this.#expected) if (publication.connection === connection) return true;
    return false;
  }

  isCertainOf(publication: Publication): boolean {
    for (const one of this.#expected) if (one.publication === publication) return one.isCertain;
    return false;
  }

  /** Its connection has ended: what it was to be given may never have come there. Answers what that is. */
  lose(peer: string): Publication[] {
    const all = [...this.#expected].map(({ publication }) => publication);
    for (const publication of all) {
      publication.lost++;
      publication.lostPeer = peer;
    }
    return all;
  }

  /** It will not be given. */
  drop(publication: Publication): void {
    for (const one of this.#expected) if (one.publication === publication) return this.#remove(one);
  }

  /** Something was given: answers what it may be, none where nobody was seen publishing it. */
  take(given: Given): Publication[] {
    const found = this.#candidates(given);
    if (given.maybeForeign) {
      // It may have been given, so that what was published behind it may come next.
      for (const one of found) one.isCertain = false;
    } else if (found.length === 1) this.#given(itemAt(found, 0));
    else if (found.length > 1) this.#confuse(found);
    return found.map(({ publication }) => publication);
  }

  /** Whether one of those that it may be can still turn out not to have been published; `open` are not answered. */
  isOpen(given: Given, open: ReadonlySet<Publication>): boolean {
    const found = this.#candidates(given);
    if (found.length < 2 && !given.maybeForeign) return false;
    return found.some(({ publication }) => publication.mayFail && open.has(publication));
  }

  /** What it may be that was given. */
  #candidates({ seq, channel, content }: Given): Expected[] {
    const found: Expected[] = [];
    const before: Expected[] = [];
    for (const one of this.#expected) {
      const { publication } = one;
      // It was sent when that had been given.
      if (publication.sentSeq > seq) break;
      // All that comes from here on was sent after this was answered: that is given first.
      if (before.some((earlier) => (earlier.publication.answeredSeq ?? Number.POSITIVE_INFINITY) < publication.sentSeq))
        break;
      const isBlocked = before.some((earlier) => earlier.publication.precedes(publication));
      if (!isBlocked && publication.channel === channel && publication.content === content) found.push(one);
      if (isDue(one) && !one.crowd) before.push(one);
    }
    return found;
  }

  #given(one: Expected): void {
    this.#remove(one);
    this.passedSeq = Math.max(this.passedSeq, one.publication.sentSeq);
    // What was to come before it and did not was published before the subscription stood, or not at all.
    for (const other of this.#expected) {
      if (!isDue(other) && !other.crowd && other.publication.precedes(one.publication)) this.#expected.delete(other);
    }
  }

  #confuse(found: readonly Expected[]): void {
    const crowd: Crowd = { members: new Set(), given: 1 };
    for (const one of found) {
      if (one.crowd && one.crowd !== crowd) {
        crowd.given += one.crowd.given;
        for (const member of one.crowd.members) {
          crowd.members.add(member);
          member.crowd = crowd;
        }
      }
      crowd.members.add(one);
      one.crowd = crowd;
    }
    if (crowd.given >= crowd.members.size) for (const member of crowd.members) this.#expected.delete(member);
  }

  #remove(one: Expected): void {
    this.#expected.delete(one);
    const { crowd } = one;
    if (!crowd) return;
    crowd.members.delete(one);
    if (crowd.given >= crowd.members.size) for (const member of crowd.members) this.#expected.delete(member);
  }
}
