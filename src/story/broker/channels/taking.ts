/** Whoever takes from a queue that may go while that is asked for, and from the one that comes in its place. */
import type { SeenQueue } from '../queues/queue.ts';
import type { Taker } from '../queues/taker.ts';
import { isBefore, type Span } from '../span.ts';
import type { Request } from './request.ts';

export abstract class Taking<Queue extends SeenQueue | undefined = SeenQueue | undefined> implements Taker {
  /** What asked for it. */
  readonly request: Request;
  queue: Queue;
  /** The queues that may have come in place of its own, one after the other, before the server read this. */
  next: SeenQueue[] = [];
  abstract readonly channel: object;
  abstract readonly noAck: boolean;
  abstract readonly room: number;

  constructor(queue: Queue, request: Request) {
    this.queue = queue;
    this.request = request;
    queue?.takers.add(this);
  }

  abstract hasSeen(came: Span): boolean;
  abstract usesUntil(nowMs: number): number;

  /** Those that it may take from. */
  get queues(): SeenQueue[] {
    return this.queue ? [this.queue, ...this.next] : [];
  }

  /** Another queue may have come in place of its own: who was not read before that takes from the new one. */
  mayMove(next: SeenQueue, gone: Span): void {
    if (isBefore(this.request.span, gone) === 'yes' || this.next.includes(next)) return;
    this.next.push(next);
    next.takers.add(this);
  }

  /** It may have been read while those before its queue were still there. */
  mayBeginAt(former: readonly (SeenQueue & Queue)[]): void {
    const [first, ...others] = former;
    if (!first) return;
    this.next = [...others, ...this.queues];
    this.queue = first;
    for (const one of former) one.takers.add(this);
  }

  /** It is given something that is there. */
  movesTo(queue: SeenQueue & Queue): void {
    this.queue = queue;
    this.next = [];
  }

  /** Returns whether it was there. */
  leave(): boolean {
    for (const one of this.next) one.takers.delete(this);
    return this.queue?.takers.delete(this) ?? false;
  }
}
