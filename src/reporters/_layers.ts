/** Which events belong to which layer. */
import type { EventOf, Stage, TraceEvent } from '../core/events.ts';
import type { Look } from './reporter.ts';

/** Stages that a story leaves out when there is nothing to explain: the broker's bookkeeping. */
const BOOKKEEPING: ReadonlySet<Stage> = new Set(['routed', 'queued', 'confirmed']);

export function shows(look: Look, event: TraceEvent): boolean {
  const layer = look.layer ?? 'story';
  switch (event.type) {
    case 'peer':
    case 'connection':
      return false;
    case 'note':
      return showsNote(look, event);
    case 'message':
      return (
        layer === 'message' || (layer === 'story' && (!BOOKKEEPING.has(event.stage) || event.reason !== undefined))
      );
    case 'frame':
      return (layer === 'frame' || layer === 'bytes') && (look.handshakes || event.phase === 'open');
    default:
      return true;
  }
}

/** What connections tell belongs to the story; what the scenario says belongs everywhere. */
function showsNote(look: Look, { peer, phase, frames, debug }: EventOf<'note'>): boolean {
  if (debug) return look.layer === 'frame' || look.layer === 'bytes';
  if (peer !== undefined && frames !== undefined && look.layer !== undefined && look.layer !== 'story') return false;
  return look.handshakes || phase === undefined || phase === 'open';
}
