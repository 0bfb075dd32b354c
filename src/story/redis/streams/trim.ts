/** Which entries XADD, XTRIM and XDEL take out of a stream. */
import type { StreamCall } from './calls.ts';
import type { Trim } from './commands.ts';
import { compareIds, type EntryId, type Stream, type StreamEntry } from './stream.ts';

export interface Cut {
  /** Gone for certain. */
  readonly gone: readonly StreamEntry[];
  /** Gone or not: it depends on what is not known. */
  readonly maybe: readonly StreamEntry[];
}

const NONE: Cut = { gone: [], maybe: [] };

/** What a trim cut off that was carried out when the entry `added` had just been added. */
export function cutBy(stream: Stream, trim: Trim, added: EntryId | undefined): Cut {
  const there = [...stream.inOrder()].filter(([id]) => added === undefined || compareIds(id, added) <= 0);
  const gone: StreamEntry[] = [];
  const maybe: StreamEntry[] = [];
  let surelyNewer = 0;
  let maybeNewer = stream.nameless.size;
  for (const [id, entry] of there.reverse()) {
    const isOver = (newer: number): boolean =>
      trim.kind === 'MAXLEN' ? newer >= trim.maxLength : compareIds(id, trim.minId) < 0;
    if (isOver(surelyNewer) && trim.isExact && !entry.isUnsure) gone.unshift(entry);
    else if (isOver(maybeNewer)) maybe.push(entry);
    if (!entry.isUnsure) surelyNewer++;
    maybeNewer++;
  }
  // Of those whose ids nobody saw any may be old enough.
  return { gone, maybe: [...maybe, ...(gone.length + maybe.length > 0 ? stream.nameless : [])] };
}

/** What a trim cut off that answered how many it were: the oldest, if it is known which those are. */
export function cutByCount(stream: Stream, count: number, isKnown: boolean): Cut {
  if (count === 0) return NONE;
  const oldest = [...stream.inOrder()].slice(0, count).map(([, entry]) => entry);
  const isSure =
    isKnown && stream.nameless.size === 0 && [...stream.entries.values()].every(({ isUnsure }) => !isUnsure);
  return isSure ? { gone: oldest, maybe: [] } : { gone: [], maybe: [...stream.entries.values(), ...stream.nameless] };
}

/** What was deleted by name. Which it was can be told where all were there, or as many as are known to have been. */
export function cutByName(
  stream: Stream,
  ids: readonly EntryId[],
  count: number | undefined,
  { isDisturbed, isMoved }: StreamCall,
): Cut {
  const there = ids.flatMap((id) => stream.entries.get(id) ?? []);
  const areKnown = !isDisturbed && count === there.length && there.every(({ isUnsure }) => !isUnsure);
  const isSure = !isMoved && (count === ids.length || areKnown);
  return isSure ? { gone: there, maybe: [] } : { gone: [], maybe: there };
}
