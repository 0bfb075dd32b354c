/** What arrives at a client. */
import type { Content } from '../../../ledger/index.ts';
import type { Publication } from '../../messages/publication.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Taking } from '../taking.ts';

export interface Arrival {
  /** As it arrived. */
  readonly publication: Publication;
  readonly content: Content;
  readonly tag: number;
  readonly redelivered: boolean;
  readonly noAck: boolean;
  /** Undefined where who consumes from what was not seen. */
  readonly queue: SeenQueue | undefined;
  /** What asked for it, as far as that was seen: it was not handed out before. */
  readonly taking: Taking | undefined;
  /** It died before, and it is not told where. */
  readonly hasDied?: boolean;
}
