/** Who got what, side by side: a row for each server, a column for each that got something. */
import type { TableEvent } from '../../../core/events.ts';
import type { Words } from '../../words/words.ts';
import { inShort } from '../rows/naming.ts';
import type { Servers } from '../servers.ts';
import type { Tallies, Tally } from './tally.ts';

const MOST_RECEIVERS = 8;
const CELL_COLUMNS = 30;

/**
 * Undefined where it tells nothing: everybody got the same things in the same way, it can't be told who got which, or the
 * run has a table itself.
 */
export function whoGotWhat(tallies: Tallies, servers: Servers, words: Words): TableEvent | undefined {
  const tallied = [...tallies.of].filter(([, tally]) => tally.receivers.length > 0);
  const receivers = [...new Set(tallied.flatMap(([, tally]) => tally.receivers))];
  const tells = tallied.some(([, tally]) => tally.isRouted) && !tallied.some(([, tally]) => tally.isUnsure);
  if (tallies.hasTable || !tells || receivers.length < 2 || receivers.length > MOST_RECEIVERS) return undefined;
  const isLost = tallied.some(([, tally]) => lost(tally).length > 0);
  const columns = ['', ...receivers, ...(isLost ? [words.got.nobody] : [])].map((title) => ({ title }));
  const titles = servers.titlesOf(tallied.map(([server]) => server));
  const rows = tallied.map(([server, tally], index) => {
    const got = receivers.map((peer) => namesOf(tally, ({ by }) => by.has(peer)));
    const cells = isLost ? [...got, lost(tally)] : got;
    return [titles[index] ?? server, ...cells.map((names) => cellOf(names, words))];
  });
  return { type: 'table', title: words.got.title, columns, rows };
}

function namesOf(tally: Tally, where: (taken: { by: Set<string>; isLost: boolean }) => boolean): string[] {
  return [...new Set([...tally.messages.values()].filter(where).map(({ name }) => name))];
}

function lost(tally: Tally): string[] {
  return namesOf(tally, ({ by, isLost }) => isLost && by.size === 0);
}

/** `request 1, 2 · reply 1`; counted where they would make the table too wide. */
function cellOf(names: readonly string[], words: Words): string {
  if (names.length === 0) return '–';
  const told = inShort(names, ' · ');
  return told.length > CELL_COLUMNS ? words.got.count(names.length) : told;
}
