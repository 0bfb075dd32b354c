/** Which events belong to which layer. */
import type { EventOf, Stage, TraceEvent } from '../../core/events.ts';
import type { Look } from '../reporter.ts';

/** Stages that a story leaves out when there is nothing to explain: the broker's bookkeeping. */
const BOOKKEEPING: ReadonlySet<Stage> = new Set(['routed', 'queued', 'confirmed']);

/** What of a look says so. */
type Near = Pick<Look, 'layer' | 'handshakes'>;

export function shows(look: Near, event: TraceEvent): boolean {
  const layer = look.layer ?? 'story';
  const isNear = layer === 'frame' || layer === 'bytes';
  switch (event.type) {
    case 'peer':
    case 'connection':
      return false;
    case 'note':
      return showsNote(look, event, isNear);
    case 'message':
      return layer === 'message' || (!isNear && isOfStory(event));
    case 'frame':
      return isNear && (look.handshakes || event.phase === 'open');
    default:
      return true;
  }
}

function isOfStory({ stage, basis, reason }: EventOf<'message'>): boolean {
  // What the broker says to a publisher is traffic.
  const isSaid = stage === 'confirmed' && basis === 'seen';
  return isSaid || !BOOKKEEPING.has(stage) || reason !== undefined;
}

/** What frames show is not told beside them; what the scenario says, and what no frame shows, is. */
function showsNote(look: Near, { peer, phase, frames, debug }: EventOf<'note'>, isNear: boolean): boolean {
  if (debug) return isNear;
  if (isNear && peer !== undefined && frames !== undefined) return false;
  return look.handshakes || phase === undefined || phase === 'open';
}
