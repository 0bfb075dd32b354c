import type { Session } from '../clients/session.ts';
import { ReplyError } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import { integer } from '../numbers.ts';

/** A database by its number. */
export function databaseOf(s: Session, text: string, error = 'ERR value is not an integer or out of range'): Database {
  const database = s.keyspace.databases[integer(text, new ReplyError(error))];
  if (database === undefined) throw new ReplyError('ERR DB index is out of range');
  return database;
}
