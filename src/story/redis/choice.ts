/** Which database a connection has chosen: a choice may be refused, so that it is known only once it is answered. */
import { bare, isError, type RespCommand, type RespValue } from '../../protocols/resp/index.ts';
import { itemsOf } from './body.ts';
import { integerAt } from './keys/plan.ts';

/** A database that a command chooses. */
export interface Choice {
  readonly db: number;
  /** Nothing can keep it from being chosen. */
  readonly isSure: boolean;
}

/** What a command chooses by itself. */
export function choiceOf({ name, args }: RespCommand): Choice | undefined {
  if (name === 'RESET') return { db: 0, isSure: true };
  const db = name === 'SELECT' ? integerAt(args, 0) : undefined;
  return db === undefined ? undefined : { db, isSure: false };
}

/** Where commands behind a choice go: what it chooses first, and what was chosen before where it may be refused. */
export function behind(dbs: readonly number[], { db, isSure }: Choice): readonly number[] {
  return isSure ? [db] : [db, ...dbs.filter((other) => other !== db)];
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
  if (reply === undefined) return command.name === 'EXEC' ? undefined : choiceOf(command)?.db;
  const replies = command.name === 'EXEC' ? itemsOf(reply) : [bare(reply)];
  const chosen = works.flatMap((one, index) => {
    const value = replies[index];
    return value === undefined || isError(value) ? [] : (choiceOf(one.command)?.db ?? []);
  });
  return chosen.at(-1) ?? false;
}
