/** Who took from a queue and is lost: until the server has heard of that, they may be given more. */
import { HEARD_MS } from '../late.ts';
import { handedOut } from './doubts.ts';
import { type Home, type LostTaker, mayBeOverLimit, type SeenEntry } from './entry.ts';

export class Losses {
  #unheard: readonly LostTaker[] = [];

  add(taker: LostTaker): void {
    this.#unheard = [...this.#unheard.filter(({ atMs }) => taker.atMs - atMs < HEARD_MS), taker];
  }

  /** Whether somebody may take from now on who has not done so before. */
  mayBegin(atMs: number): boolean {
    return this.#unheard.some((taker) => taker.mayBegin && atMs - taker.atMs < HEARD_MS);
  }

  /** How many messages may be on their way to them. Of `heard`, the server has heard. */
  room(atMs: number, heard?: object): number {
    let room = 0;
    for (const { channel, atMs: lostAtMs, room: its } of this.#unheard) {
      if (channel !== heard && atMs - lostAtMs < HEARD_MS) room += its;
    }
    return room;
  }

  /**
   * Somebody who asked at `since`, in ms of the run, was given what had waited before: who was lost by then and took
   * whatever came would have been given it, so the server has heard of them. Returns whether somebody is left.
   */
  heardBefore(since: number): boolean {
    this.#unheard = this.#unheard.filter(
      ({ atMs, mayBegin, room }) => mayBegin || room !== Number.POSITIVE_INFINITY || atMs >= since,
    );
    return this.#unheard.length > 0;
  }

  /** The server has heard of all. */
  heardAll(): void {
    this.#unheard = [];
  }

  /** An entry is there from now on; whoever gave it back is not given it again. */
  mayTake(queue: Home, entry: SeenEntry, atMs: number, giver: object | undefined): void {
    for (const { channel, peer, noAck, atMs: lostAtMs } of this.#unheard) {
      if (channel === giver || atMs - lostAtMs >= HEARD_MS) continue;
      if (noAck) queue.doubt(entry, handedOut(queue, peer));
      else mayHaveGone(queue, entry, peer);
    }
  }
}

/** Somebody who is gone may have been given it, and it came back. */
export function mayHaveGone(queue: Home, entry: SeenEntry, peer: string): void {
  if (entry.delivered === 'no') entry.delivered = 'maybe';
  entry.unseenReturns++;
  if (mayBeOverLimit(entry)) queue.doubt(entry, handedOut(queue, peer));
}
