/** Which database a connection has chosen: a choice may be refused, so that it is known only once it is answered. */
import { bare, isError, type RespCommand, type RespValue } from '../../protocols/resp/index.ts';
import { itemsOf } from './body.ts';
import { integerAt } from './keys/plan.ts';
import type { Part, Place } from './order/operation.ts';

/** So many databases a server has that is started as it comes; others may have been told otherwise. */
const DATABASES = 16;

/** The database that a command or a transaction chooses: one of several where some of its choices may be refused. */
export interface Choice {
  readonly dbs: readonly number[];
  /** Nothing can keep it from being chosen. */
  readonly isSure: boolean;
}

/** The database that a command asks for. */
export function askedFor({ name, args }: RespCommand): number | undefined {
  if (name === 'RESET') return 0;
  return name === 'SELECT' ? integerAt(args, 0) : undefined;
}

/** Where commands behind a choice go: what it chooses first, and what was chosen before where it may be refused. */
export function behind(before: readonly number[], { dbs, isSure }: Choice): readonly number[] {
  return isSure ? dbs : [...new Set([...dbs, ...before])];
}

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
  return paths.flatMap((path) => {
    const { parts, refused } = path;
    const chosen = { ...path, at: db };
    const denied = { ...path, parts: [...parts], refused: new Set([...refused, parts.length]) };
    return isUsual ? [chosen] : isElsewhere ? [chosen, denied] : [denied];
  });
}

/**
 * The database that a command chose, or what it carried out, as its answer tells: false where none was, undefined
 * where it does not tell.
 */
export function chosenBy(
  command: RespCommand,
  works: readonly { readonly command: RespCommand }[],
  reply: RespValue | undefined,
): number | false | undefined {
  // Without an answer only a transaction is likely to have been refused.
  if (reply === undefined) return command.name === 'EXEC' ? undefined : askedFor(command);
  const replies = command.name === 'EXEC' ? itemsOf(reply) : [bare(reply)];
  const chosen = works.flatMap((one, index) => {
    const value = replies[index];
    return value === undefined || isError(value) ? [] : (askedFor(one.command) ?? []);
  });
  return chosen.at(-1) ?? false;
}
