/** Every group of commands. */
import type { Group } from '../command.ts';
import connection from './connection.ts';
import expire from './expire.ts';
import hashes from './hashes.ts';
import keys from './keys.ts';
import lists from './lists.ts';
import pubsub from './pubsub.ts';
import server from './server.ts';
import sets from './sets.ts';
import streams from './streams.ts';
import strings from './strings.ts';
import transactions from './transactions.ts';

export const GROUPS: readonly Group[] = [
  connection,
  keys,
  expire,
  strings,
  lists,
  hashes,
  sets,
  streams,
  pubsub,
  transactions,
  server,
];
