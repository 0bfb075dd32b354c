/** In which databases the commands of a transaction are carried out, where some of them choose one. */
import type { Part, Place } from './operation.ts';

/** So many databases a server has that is started as it comes; others may have been told otherwise. */
const DATABASES = 16;

/** The most ways that are kept apart: beyond it every choice is taken to be one that is not refused. */
const MOST_PATHS = 32;

/** One way in which commands behind each other may choose databases: `at` is the one that the next of them goes to. */
export interface Path extends Place {
  readonly at: number;
  readonly parts: Part[];
  readonly refused: ReadonlySet<number>;
}

export function pathsFrom(dbs: readonly number[]): readonly Path[] {
  return dbs.map((db) => ({ db, at: db, parts: [], refused: new Set() }));
}

/** The databases to one of which the next command goes. */
export function nextDbs(paths: readonly Path[]): readonly number[] {
  const dbs = paths.map(({ at }) => at);
  return dbs.length === 1 ? dbs : [...new Set(dbs)];
}

/** The next command asks for `db`: it is refused that or not, or either where nobody knows how many a server has. */
export function choosing(paths: readonly Path[], db: number, own: boolean): readonly Path[] {
  const isUsual = db >= 0 && db < DATABASES;
  const isElsewhere = db >= DATABASES && !own;
  const mayFork = paths.length < MOST_PATHS;
  return paths.flatMap((path) => {
    const { parts, refused } = path;
    const chosen = { ...path, at: db };
    const denied = { ...path, parts: [...parts], refused: new Set([...refused, parts.length]) };
    if (isUsual || (isElsewhere && !mayFork)) return [chosen];
    return isElsewhere ? [chosen, denied] : [denied];
  });
}
