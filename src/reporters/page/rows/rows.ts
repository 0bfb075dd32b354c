/** What a row of a page may be. */
import type { EventOf, TraceEvent } from '../../../core/events.ts';

export type Row =
  | { readonly kind: 'event'; readonly event: TraceEvent }
  /** What belongs together, one line of one peer: a goodbye in however many frames, or what EXEC carried out. */
  | {
      readonly kind: 'joined';
      readonly notes: readonly EventOf<'note'>[];
      /** Those that are not as they were the last time, where there was one. */
      readonly changed?: readonly EventOf<'note'>[];
    }
  /** A peer is gone, and nobody has said so: it left, or its server ended the connection. */
  | { readonly kind: 'leaves'; readonly event: EventOf<'connection'> }
  /** Others did the same as the one before. */
  | { readonly kind: 'same'; readonly last: FoldedEvent; readonly who: readonly Who[] }
  /** The same one did the same again. */
  | { readonly kind: 'repeated'; readonly last: FoldedEvent; readonly peer: string; readonly ids: readonly Ids[] };

/** What a repetition is made of has a peer. */
export type FoldedEvent = EventOf<'message' | 'note' | 'connection'>;
/** What the messages that were in one repetition are called. */
export type Ids = readonly string[];

export interface Who {
  readonly peer: string;
  readonly ids: Ids;
}

/** Somebody comes or goes. */
export function isPresence(row: Row): boolean {
  return row.kind === 'event' && (row.event.type === 'connection' || row.event.type === 'peer');
}

/** What rows tell of. */
export function eventsOf(rows: readonly Row[]): TraceEvent[] {
  return rows.flatMap((row): TraceEvent[] => {
    if (row.kind === 'joined') return [...row.notes];
    return row.kind === 'event' ? [row.event] : [];
  });
}
