/** Every group of commands. */
import type { Group } from '../dispatch/command.ts';
import bits from './bitmap/bits.ts';
import cluster from './cluster/index.ts';
import connection from './connection/connection.ts';
import expire from './generic/expire.ts';
import keys from './generic/keys.ts';
import sort from './generic/sort.ts';
import geo from './geo/geo.ts';
import hashes from './hash/hashes.ts';
import hyperloglogs from './hyperloglog/hyperloglogs.ts';
import lists from './list/lists.ts';
import pubsub from './pubsub/pubsub.ts';
import scripts from './scripting/scripts.ts';
import server from './server/server.ts';
import sets from './set/sets.ts';
import sortedSets from './sorted-set/sorted-sets.ts';
import streams from './stream/streams.ts';
import strings from './string/strings.ts';
import transactions from './transactions/transactions.ts';

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
