/** What runs have left on a server: what the server itself lists, and what the runs of this machine have written down. */
import type { Service } from '../../core/services.ts';
import { loadService, type ServiceDefinition } from '../service.ts';
import { forgetRun, placeOf, readJournals } from './journal.ts';
import type { Item } from './leftovers.ts';
import { runOf } from './run-names.ts';

/** What one run has left on one server. */
export interface LeftRun {
  /** What all its names begin with. */
  readonly prefix: string;
  /** When it began, in ms since the Unix epoch. */
  readonly startedAt: number;
  /** Whether it still runs, on this machine. */
  readonly alive: boolean;
  readonly items: readonly Item[];
}

/** The oldest first. Rejects with what the client library of the service does. */
export async function findLeft(service: Service, url: string): Promise<LeftRun[]> {
  const { leftovers } = await loadService(service);
  const journals = readJournals();
  const runs = new Map<string, Item[]>();
  const add = (item: Item): void => {
    const run = runOf(item.name);
    if (!run) return;
    const items = runs.get(run.prefix) ?? [];
    items.push(item);
    runs.set(run.prefix, items);
  };
  for (const item of (await leftovers?.find?.(url, (name) => runOf(name) !== undefined)) ?? []) add(item);
  const here = placeOf(service, url);
  for (const { items } of journals) for (const { at, ...item } of items) if (at === here) add(item);
  const alive = new Set(journals.filter((one) => one.alive).map(({ prefix }) => prefix));
  const found = [...runs].map(([prefix, items]): LeftRun => {
    return { prefix, startedAt: runOf(prefix)?.startedAt ?? 0, alive: alive.has(prefix), items };
  });
  return found.sort((one, other) => one.startedAt - other.startedAt);
}

/** Removes what a run has left. Rejects with why the rest stays, where some does. */
export async function removeLeft(service: Service, url: string, { prefix, items }: LeftRun): Promise<void> {
  const { leftovers } = (await loadService(service)) as ServiceDefinition;
  await leftovers?.remove(new Map([[service, url]]), items, { removed: () => {} });
  forgetRun(prefix, placeOf(service, url));
}
