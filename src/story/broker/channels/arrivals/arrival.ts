/** What arrives at a client. */
import type { Content } from '../../../ledger/index.ts';
import type { Publication } from '../../messages/publication.ts';
import type { Taking } from '../taking.ts';

export interface Arrival {
  /** As it arrived. */
  readonly publication: Publication;
  readonly content: Content;
  readonly tag: number;
  readonly redelivered: boolean;
  /**
   * What asked for it, as far as that was seen: it was not handed out before. Of several of one name each takes what comes
   * once the one before has ended.
   */
  readonly takings: readonly Taking[];
  /** It died before, and it is not told where. */
  readonly hasDied?: boolean;
}
