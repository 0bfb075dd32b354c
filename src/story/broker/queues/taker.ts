/** Those who take from queues, as far as a queue sees them. */
import type { Span } from '../span.ts';

/** Somebody who may take messages from a queue: a consumer, or a basic.get that is not answered yet. */
export interface Taker {
  /** The channel on which it would be given something. */
  readonly channel: object;
  /** How many messages it may be given that were not seen yet; infinite where nothing limits it. */
  readonly room: number;
  /** Whether all that it was given of what had come by then was seen: an answer on its channel came after it. */
  hasSeen(came: Span): boolean;
  /** Whether an auto-delete queue stays because of it, for certain; undefined of who does not consume. */
  readonly keepsQueue?: boolean;
  /** Whether something that is under way may have ended it, though nothing has shown it yet. */
  readonly mayHaveEnded?: boolean;
  /** Until when, in ms of the run, it surely kept its queue in use; 0 where that is not sure at all. */
  usesUntil(nowMs: number): number;
}
