/** Every group of commands. */
import type { Group } from '../dispatch/table.ts';
import bits from './bitmap/index.ts';
import cluster from './cluster/index.ts';
import connection from './connection/index.ts';
import generic from './generic/index.ts';
import geo from './geo/index.ts';
import hashes from './hash/index.ts';
import hyperloglogs from './hyperloglog/index.ts';
import lists from './list/index.ts';
import pubsub from './pubsub/index.ts';
import scripts from './scripting/index.ts';
import server from './server/index.ts';
import sets from './set/index.ts';
import sortedSets from './sorted-set/index.ts';
import streams from './stream/index.ts';
import strings from './string/index.ts';
import transactions from './transactions/index.ts';

export const GROUPS: readonly Group[] = [
  connection,
  generic,
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
  hyperloglogs,
  geo,
  cluster,
  bits,
];
