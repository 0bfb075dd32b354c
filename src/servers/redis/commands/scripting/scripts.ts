/** Scripts and functions. Commands from https://redis.io/docs/latest/commands/?group=scripting */

import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { keysAndArgs, scriptingOf } from '../../scripting/scripting.ts';
import {
  fcall,
  fcallRo,
  functionDelete,
  functionFlush,
  functionHelp,
  functionKill,
  functionList,
  functionLoad,
  functionStats,
  noDump,
} from './functions.ts';

const group: Group = {
  name: 'scripting',
  rows: [
    ['eval', -3, 'noscript stale skip_monitor no_mandatory_keys @scripting', 'RW access update@2#0,1,1', evalBody],
    [
      'eval_ro',
      -3,
      'readonly noscript stale skip_monitor no_mandatory_keys @scripting',
      'RO access@2#0,1,1',
      evalBodyRo,
    ],
    ['evalsha', -3, 'noscript stale skip_monitor no_mandatory_keys @scripting', 'RW access update@2#0,1,1', evalsha],
    [
      'evalsha_ro',
      -3,
      'readonly noscript stale skip_monitor no_mandatory_keys @scripting',
      'RO access@2#0,1,1',
      evalshaRo,
    ],
    ['fcall', -3, 'noscript stale skip_monitor no_mandatory_keys @scripting', 'RW access update@2#0,1,1', fcall],
    ['fcall_ro', -3, 'readonly noscript stale skip_monitor no_mandatory_keys @scripting', 'RO access@2#0,1,1', fcallRo],
    ['function', -2, '', '', undefined],
    [
      'function|delete',
      3,
      'write noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      functionDelete,
    ],
    ['function|dump', 2, 'noscript @scripting', '', noDump],
    [
      'function|flush',
      -2,
      'write noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      functionFlush,
    ],
    ['function|help', 2, 'loading stale @scripting', '', functionHelp],
    [
      'function|kill',
      2,
      'noscript allow_busy @scripting ~request_policy:all_shards ~response_policy:one_succeeded',
      '',
      functionKill,
    ],
    ['function|list', -2, 'noscript @scripting ~nondeterministic_output_order', '', functionList],
    [
      'function|load',
      -3,
      'write denyoom noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      functionLoad,
    ],
    [
      'function|restore',
      -3,
      'write denyoom noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      noDump,
    ],
    [
      'function|stats',
      2,
      'noscript allow_busy @scripting ~nondeterministic_output ~request_policy:all_shards ~response_policy:special',
      '',
      functionStats,
    ],
    ['script', -2, '', '', undefined],
    ['script|debug', 3, 'noscript @scripting', '', scriptDebug],
    [
      'script|exists',
      -3,
      'noscript @scripting ~request_policy:all_shards ~response_policy:agg_logical_and',
      '',
      scriptExists,
    ],
    [
      'script|flush',
      -2,
      'noscript @scripting ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      scriptFlush,
    ],
    ['script|help', 2, 'loading stale @scripting', '', scriptHelp],
    [
      'script|kill',
      2,
      'noscript allow_busy @scripting ~request_policy:all_shards ~response_policy:one_succeeded',
      '',
      scriptKill,
    ],
    [
      'script|load',
      3,
      'noscript stale @scripting ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      scriptLoad,
    ],
  ],
};
export default group;

function runBody(s: Session, a: string[], readOnly: boolean): void {
  const { keys, args } = keysAndArgs(a);
  const { scripts } = scriptingOf(s.engine);
  scripts.run(s, a, scripts.compile(a[1]!), keys, args, readOnly);
}

function runSha(s: Session, a: string[], readOnly: boolean): void {
  const { keys, args } = keysAndArgs(a);
  const { scripts } = scriptingOf(s.engine);
  const script = scripts.get(a[1]!);
  if (script === undefined) throw new ReplyError('NOSCRIPT No matching script. Please use EVAL.');
  scripts.run(s, a, script, keys, args, readOnly);
}

function evalBody(s: Session, a: string[]): void {
  runBody(s, a, false);
}

function evalBodyRo(s: Session, a: string[]): void {
  runBody(s, a, true);
}

function evalsha(s: Session, a: string[]): void {
  runSha(s, a, false);
}

function evalshaRo(s: Session, a: string[]): void {
  runSha(s, a, true);
}

function scriptLoad(s: Session, a: string[]): void {
  s.bulk(scriptingOf(s.engine).scripts.compile(a[2]!).name);
}

function scriptExists(s: Session, a: string[]): void {
  const { scripts } = scriptingOf(s.engine);
  s.out.array(a.length - 2);
  for (const sha of a.slice(2)) s.out.integer(scripts.has(sha) ? 1 : 0);
}

function scriptFlush(s: Session, a: string[]): void {
  if (a.length > 3 || (a.length === 3 && !['SYNC', 'ASYNC'].includes(a[2]!.toUpperCase()))) {
    throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  }
  scriptingOf(s.engine).scripts.flush();
  s.ok();
}

function scriptKill(s: Session): void {
  scriptingOf(s.engine).kill('scripts');
  s.ok();
}

function scriptDebug(s: Session, a: string[]): void {
  const mode = a[2]!.toLowerCase();
  if (mode === 'no') s.ok();
  else if (mode === 'yes' || mode === 'sync') throw notHere('The script debugger');
  else throw SYNTAX;
}

function scriptHelp(s: Session): void {
  s.bulks(['SCRIPT DEBUG NO | EXISTS <sha1>... | FLUSH [ASYNC|SYNC] | KILL | LOAD <script>']);
}
