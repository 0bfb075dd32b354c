/** The server itself. Commands from https://redis.io/docs/latest/commands/?group=server */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { databaseOf } from '../database.ts';
import {
  command,
  commandCount,
  commandDocs,
  commandGetkeys,
  commandGetkeysandflags,
  commandHelp,
  commandInfo,
  commandList,
} from './command.ts';
import { configGet, configHelp, configResetstat, configRewrite, configSet } from './config.ts';
import { info } from './info.ts';
import { memoryDoctor, memoryHelp, memoryMallocStats, memoryPurge, memoryStats, memoryUsage } from './memory.ts';
import {
  latencyDoctor,
  latencyGraph,
  latencyHelp,
  latencyHistogram,
  latencyHistory,
  latencyLatest,
  latencyReset,
  slowlogGet,
  slowlogHelp,
  slowlogLen,
  slowlogReset,
} from './observe.ts';
import { eventLoopSleep } from './sleep.ts';

const group: Group = {
  name: 'server',
  rows: [
    ['acl', -2, '', '', undefined],
    ['acl|cat', -2, 'noscript loading stale', '', aclCat],
    ['acl|genpass', -2, 'noscript loading stale', '', aclGenpass],
    ['acl|help', 2, 'loading stale', '', aclHelp],
    ['acl|list', 2, 'admin noscript loading stale', '', aclList],
    ['acl|users', 2, 'admin noscript loading stale', '', aclUsers],
    ['acl|whoami', 2, 'noscript loading stale', '', aclWhoami],
    ['acl|getuser', 3, 'admin noscript loading stale', '', aclGetuser],
    ['acl|setuser', -3, 'admin noscript loading stale', '', noAcl],
    ['acl|deluser', -3, 'admin noscript loading stale', '', noAcl],
    ['acl|dryrun', -4, 'admin noscript loading stale', '', noAcl],
    ['acl|load', 2, 'admin noscript loading stale', '', noAcl],
    ['acl|save', 2, 'admin noscript loading stale', '', noAcl],
    ['acl|log', -2, 'admin noscript loading stale', '', aclLog],
    ['bgrewriteaof', 1, 'admin noscript no_async_loading', '', noPersistence],
    ['bgsave', -1, 'admin noscript no_async_loading', '', noPersistence],
    ['save', 1, 'admin noscript no_async_loading no_multi', '', noPersistence],
    ['lastsave', 1, 'loading stale fast @admin @dangerous ~nondeterministic_output', '', lastsave],
    ['command', -1, 'loading stale @connection ~nondeterministic_output_order', '', command],
    ['command|count', 2, 'loading stale @connection', '', commandCount],
    ['command|docs', -2, 'loading stale @connection ~nondeterministic_output_order', '', commandDocs],
    ['command|getkeys', -4, 'loading stale @connection', '', commandGetkeys],
    ['command|getkeysandflags', -4, 'loading stale @connection', '', commandGetkeysandflags],
    ['command|help', 2, 'loading stale @connection', '', commandHelp],
    ['command|info', -2, 'loading stale @connection ~nondeterministic_output_order', '', commandInfo],
    ['command|list', -2, 'loading stale @connection ~nondeterministic_output_order', '', commandList],
    ['config', -2, '', '', undefined],
    ['config|get', -3, 'admin noscript loading stale', '', configGet],
    ['config|help', 2, 'loading stale', '', configHelp],
    ['config|resetstat', 2, 'admin noscript loading stale', '', configResetstat],
    ['config|rewrite', 2, 'admin noscript loading stale', '', configRewrite],
    [
      'config|set',
      -4,
      'admin noscript loading stale ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      configSet,
    ],
    ['dbsize', 1, 'readonly fast @keyspace ~request_policy:all_shards ~response_policy:agg_sum', '', dbsize],
    ['debug', -2, 'admin noscript loading stale', '', debug],
    ['failover', -1, 'admin noscript stale', '', noReplication],
    [
      'flushall',
      -1,
      'write @keyspace @dangerous ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      flushall,
    ],
    [
      'flushdb',
      -1,
      'write @keyspace @dangerous ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      flushdb,
    ],
    [
      'info',
      -1,
      'loading stale @dangerous ~nondeterministic_output ~request_policy:all_shards ~response_policy:special',
      '',
      info,
    ],
    ['latency', -2, '', '', undefined],
    [
      'latency|doctor',
      2,
      'admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special',
      '',
      latencyDoctor,
    ],
    [
      'latency|graph',
      3,
      'admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special',
      '',
      latencyGraph,
    ],
    ['latency|help', 2, 'loading stale', '', latencyHelp],
    [
      'latency|histogram',
      -2,
      'admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special',
      '',
      latencyHistogram,
    ],
    [
      'latency|history',
      3,
      'admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special',
      '',
      latencyHistory,
    ],
    [
      'latency|latest',
      2,
      'admin noscript loading stale ~nondeterministic_output ~request_policy:all_nodes ~response_policy:special',
      '',
      latencyLatest,
    ],
    [
      'latency|reset',
      -2,
      'admin noscript loading stale ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      latencyReset,
    ],
    ['lolwut', -1, 'readonly fast', '', lolwut],
    ['memory', -2, '', '', undefined],
    [
      'memory|doctor',
      2,
      '~nondeterministic_output ~request_policy:all_shards ~response_policy:special',
      '',
      memoryDoctor,
    ],
    ['memory|help', 2, 'loading stale', '', memoryHelp],
    [
      'memory|malloc-stats',
      2,
      '~nondeterministic_output ~request_policy:all_shards ~response_policy:special',
      '',
      memoryMallocStats,
    ],
    ['memory|purge', 2, '~request_policy:all_shards ~response_policy:all_succeeded', '', memoryPurge],
    [
      'memory|stats',
      2,
      '~nondeterministic_output ~request_policy:all_shards ~response_policy:special',
      '',
      memoryStats,
    ],
    ['memory|usage', -3, 'readonly', 'RO@2', memoryUsage],
    ['module', -2, '', '', undefined],
    ['module|help', 2, 'loading stale', '', moduleHelp],
    ['module|list', 2, 'admin noscript ~nondeterministic_output_order', '', moduleList],
    ['module|load', -3, 'admin noscript no_async_loading', '', noModules],
    ['module|loadex', -3, 'admin noscript no_async_loading', '', noModules],
    ['module|unload', 3, 'admin noscript no_async_loading', '', noModules],
    ['monitor', 1, 'admin noscript loading stale', '', monitor],
    ['psync', -3, 'admin noscript no_async_loading no_multi', '', noReplication],
    ['replconf', -1, 'admin noscript loading stale allow_busy', '', noReplication],
    ['replicaof', 3, 'admin noscript stale no_async_loading', '', noReplication],
    ['slaveof', 3, 'admin noscript stale no_async_loading', '', noReplication],
    ['sync', 1, 'admin noscript no_async_loading no_multi', '', noReplication],
    ['role', 1, 'noscript loading stale fast @admin @dangerous', '', role],
    ['shutdown', -1, 'admin noscript loading stale no_multi allow_busy', '', shutdown],
    ['slowlog', -2, '', '', undefined],
    ['slowlog|get', -2, 'admin loading stale ~request_policy:all_nodes ~nondeterministic_output', '', slowlogGet],
    ['slowlog|help', 2, 'loading stale', '', slowlogHelp],
    [
      'slowlog|len',
      2,
      'admin loading stale ~request_policy:all_nodes ~response_policy:agg_sum ~nondeterministic_output',
      '',
      slowlogLen,
    ],
    [
      'slowlog|reset',
      2,
      'admin loading stale ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      slowlogReset,
    ],
    ['swapdb', 3, 'write fast @keyspace @dangerous', '', swapdb],
    ['time', 1, 'loading stale fast ~nondeterministic_output', '', time],
  ],
};
export default group;

function time(s: Session): void {
  s.bulks([String(Math.floor(s.engine.now / 1000)), String(Math.floor((s.engine.now % 1000) * 1000))]);
}

function dbsize(s: Session): void {
  s.out.integer(s.db.size);
}

function checkFlush(a: string[]): void {
  if (a.length > 2 || (a.length === 2 && !['SYNC', 'ASYNC'].includes(a[1]!.toUpperCase()))) throw SYNTAX;
}

function flushdb(s: Session, a: string[]): void {
  checkFlush(a);
  s.db.clear();
  s.ok();
}

function flushall(s: Session, a: string[]): void {
  checkFlush(a);
  for (const db of s.engine.databases) db.clear();
  s.ok();
}

function swapdb(s: Session, a: string[]): void {
  const first = databaseOf(s, a[1]!, 'ERR invalid first DB index');
  const second = databaseOf(s, a[2]!, 'ERR invalid second DB index');
  if (first !== second) first.swap(second);
  s.ok();
}

function monitor(s: Session): void {
  if (s.mayNotBlock) throw new ReplyError("ERR MONITOR isn't allowed for DENY BLOCKING client");
  s.monitoring = true;
  s.engine.monitors.add(s);
  s.ok();
}

function role(s: Session): void {
  s.out.array(3);
  s.bulk('master');
  s.out.integer(0);
  s.out.array(0);
}

function lastsave(s: Session): void {
  s.out.integer(Math.floor(s.engine.startedAt / 1000));
}

function lolwut(s: Session): void {
  s.out.verbatim('txt', 'Redis ver. 7.0.15\n');
}

function shutdown(): void {
  throw notHere('SHUTDOWN: whoever started this server stops it');
}

function noPersistence(): void {
  throw notHere('Persistence');
}

function noReplication(): void {
  throw notHere('Replication');
}

function noModules(): void {
  throw notHere('MODULE LOAD');
}

function noAcl(): void {
  throw notHere('Managing users');
}

function moduleList(s: Session): void {
  s.out.array(0);
}

function moduleHelp(s: Session): void {
  s.bulks(['MODULE LIST']);
}

function debug(s: Session, a: string[]): void {
  const word = a[1]!.toUpperCase();
  if (word === 'SLEEP' && a.length === 3) {
    eventLoopSleep(Math.max(0, Number(a[2])) * 1000);
    s.ok();
  } else if (word === 'JMAP' || word === 'SET-ACTIVE-EXPIRE' || word === 'QUICKLIST-PACKED-THRESHOLD') {
    s.ok();
  } else if (word === 'HELP') s.bulks(['DEBUG SLEEP <seconds>']);
  else throw notHere(`DEBUG ${a[1]}`);
}

const USER_RULES = 'user default on nopass sanitize-payload ~* &* +@all';

function aclWhoami(s: Session): void {
  s.bulk('default');
}

function aclUsers(s: Session): void {
  s.bulks(['default']);
}

function aclList(s: Session): void {
  s.bulks([USER_RULES]);
}

function aclGetuser(s: Session, a: string[]): void {
  if (a[2] !== 'default') {
    s.out.null();
    return;
  }
  s.out.map(6);
  s.bulk('flags');
  s.out.set(s.engine.settings.requirepass === '' ? 3 : 2);
  s.bulk('on');
  if (s.engine.settings.requirepass === '') s.bulk('nopass');
  s.bulk('sanitize-payload');
  s.bulk('passwords');
  s.out.array(0);
  for (const [name, value] of [
    ['commands', '+@all'],
    ['keys', '~*'],
    ['channels', '&*'],
  ] as const) {
    s.bulk(name);
    s.bulk(value);
  }
  s.bulk('selectors');
  s.out.array(0);
}

function aclGenpass(s: Session, a: string[]): void {
  const bits = a.length > 2 ? integer(a[2]!) : 256;
  if (bits <= 0 || bits > 4096)
    throw new ReplyError(
      'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
    );
  let text = '';
  for (let i = 0; i < Math.ceil(bits / 4); i++) text += Math.floor(s.engine.random() * 16).toString(16);
  s.bulk(text);
}

function aclCat(s: Session, a: string[]): void {
  const names = new Set<string>();
  const commands: string[] = [];
  for (const outer of s.engine.commands.values()) {
    for (const one of [outer, ...(outer.subcommands?.values() ?? [])]) {
      for (const category of one.categories) names.add(category.slice(1));
      if (one.categories.has(`@${a[2]?.toLowerCase()}`)) commands.push(one.name);
    }
  }
  if (a.length === 2) s.bulks([...names]);
  else if (!names.has(a[2]!.toLowerCase())) throw new ReplyError(`ERR Unknown category '${a[2]}'`);
  else s.bulks(commands);
}

function aclLog(s: Session, a: string[]): void {
  if (a[2]?.toUpperCase() === 'RESET') s.ok();
  else s.out.array(0);
}

function aclHelp(s: Session): void {
  s.bulks(['ACL CAT [<category>] | GENPASS [<bits>] | GETUSER <user> | LIST | LOG | USERS | WHOAMI']);
}
