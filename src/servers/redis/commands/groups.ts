/** Every group of commands. */
import type { Group } from '../command.ts';
import bits from './bits.ts';
import cluster from './cluster.ts';
import connection from './connection.ts';
import expire from './expire.ts';
import geo from './geo.ts';
import hashes from './hashes.ts';
import hyperloglogs from './hyperloglogs.ts';
import keys from './keys.ts';
import lists from './lists.ts';
import pubsub from './pubsub.ts';
import scripts from './scripts.ts';
import server from './server.ts';
import sets from './sets.ts';
import sort from './sort.ts';
import sortedSets from './sorted-sets.ts';
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
  sortedSets,
  streams,
  pubsub,
  transactions,
  scripts,
  server,
  sort,
  hyperloglogs,
  geo,
  cluster,
  bits,
];
