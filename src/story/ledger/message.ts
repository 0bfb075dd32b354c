/** One thing a peer published, followed from there to wherever it ends. */
import type { Service } from '../../core/services.ts';
import { type Fate, heavier } from './account.ts';
import type { Content } from './content.ts';
import { preview } from './content.ts';

/** Where a message may be: a queue, a list, a subscription, a publish that is under way. */
export interface Place {
  /** It is no step on the way, such as a publish that is not carried out yet. */
  readonly keeps?: boolean;
  /** The message is no longer followed: whatever the place knows of it may go. */
  forget(message: SeenMessage): void;
}

const NOWHERE: readonly Place[] = [];

export class SeenMessage {
  readonly id: string;
  /** What the run calls it, where something in it names it. */
  readonly name: string | undefined;
  readonly service: Service;
  /** Who published it, or where it was first seen. */
  readonly peer: string;
  readonly sizeBytes: number;
  /** Milliseconds since the run began; undefined where its publishing was not seen. */
  readonly publishedAt: number | undefined;
  /** How it begins, for people. */
  readonly body: string;
  /** Where it may be now, a place as often as it is there. */
  places: readonly Place[] = NOWHERE;
  /** It is accounted for. */
  isCounted = false;
  /** What became of the copies that are accounted for. */
  fate: Fate | undefined;

  constructor(
    id: string,
    { service, peer }: { readonly service: Service; readonly peer: string },
    content: Content,
    publishedAt: number | undefined,
    name: string | undefined,
  ) {
    this.id = id;
    this.name = name;
    this.service = service;
    this.peer = peer;
    this.sizeBytes = content.sizeBytes;
    this.publishedAt = publishedAt;
    this.body = preview(content);
  }

  enter(place: Place): void {
    // Many messages are in one or two places for long: a list that has no room for more takes least.
    this.places = this.places.length === 0 ? [place] : [...this.places, place];
  }

  /** Returns whether that was the last place. */
  leave(place: Place, fate?: Fate): boolean {
    const index = this.places.indexOf(place);
    if (index < 0) return false;
    this.places = this.places.length === 1 ? NOWHERE : this.places.toSpliced(index, 1);
    this.fate = heavier(this.fate, fate);
    return this.places.length === 0;
  }
}
