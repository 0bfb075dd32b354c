/** Which database a connection has chosen: a choice may be refused, so that it is known only once it is answered. */
import { bare, isError, type RespCommand, type RespValue } from '../../protocols/resp/index.ts';
import { itemsOf } from './body.ts';
import { integerAt } from './keys/plan.ts';

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
