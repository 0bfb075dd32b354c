/** What arrives at a client. */
import type { Content } from '../../../ledger/index.ts';
import type { Publication } from '../../messages/publication.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Span } from '../../span.ts';
import type { SeenConsumer } from '../channel.ts';

export interface Arrival {
  /** As it arrived. */
  readonly publication: Publication;
  readonly content: Content;
  readonly tag: number;
  readonly redelivered: boolean;
  readonly noAck: boolean;
  /** Undefined where who consumes from what was not seen. */
  readonly queue: SeenQueue | undefined;
  readonly consumer: SeenConsumer | undefined;
  /** When it was asked for: it was not handed out before. */
  readonly asked: Span | undefined;
  /** It died before, and it is not told where. */
  readonly hasDied?: boolean;
}
