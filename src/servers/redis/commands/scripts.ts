/** Scripts. Commands from https://redis.io/docs/latest/commands/?group=scripting */
import type { Group } from '../command.ts';
import { notHere, ReplyError, SYNTAX } from '../errors.ts';
import { integer } from '../numbers.ts';
import { ScriptMachine } from '../scripting/machine.ts';
import type { Session } from '../session.ts';

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
    ['fcall', -3, 'noscript stale skip_monitor no_mandatory_keys @scripting', 'RW access update@2#0,1,1', noFunctions],
    [
      'fcall_ro',
      -3,
      'readonly noscript stale skip_monitor no_mandatory_keys @scripting',
      'RO access@2#0,1,1',
      noFunctions,
    ],
    ['function', -2, '', '', undefined],
    [
      'function|delete',
      3,
      'write noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      noFunctions,
    ],
    ['function|dump', 2, 'noscript @scripting', '', noFunctions],
    [
      'function|flush',
      -2,
      'write noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      noFunctionsToFlush,
    ],
    [
      'function|kill',
      2,
      'noscript allow_busy @scripting ~request_policy:all_shards ~response_policy:one_succeeded',
      '',
      noScriptToKill,
    ],
    ['function|list', -2, 'noscript @scripting ~nondeterministic_output_order', '', noFunctionsToList],
    [
      'function|load',
      -3,
      'write denyoom noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      noFunctions,
    ],
    [
      'function|restore',
      -3,
      'write denyoom noscript @scripting ~request_policy:all_shards ~response_policy:all_succeeded',
      '',
      noFunctions,
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

function machineOf(s: Session): ScriptMachine {
  let machine = s.engine.extensions.get('scripts') as ScriptMachine | undefined;
  if (machine === undefined) {
    machine = new ScriptMachine(s.engine);
    s.engine.extensions.set('scripts', machine);
  }
  return machine;
}

/** The keys and the arguments after `numkeys`. */
function split(a: readonly string[]): { keys: string[]; args: string[] } {
  const count = integer(a[2]!);
  if (count > a.length - 3) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return { keys: a.slice(3, 3 + count), args: a.slice(3 + count) };
}

function runBody(s: Session, a: string[], readOnly: boolean): void {
  const { keys, args } = split(a);
  const machine = machineOf(s);
  machine.run(s, machine.compile(a[1]!), keys, args, readOnly);
}

function runSha(s: Session, a: string[], readOnly: boolean): void {
  const { keys, args } = split(a);
  const machine = machineOf(s);
  const script = machine.get(a[1]!);
  if (script === undefined) throw new ReplyError('NOSCRIPT No matching script. Please use EVAL.');
  machine.run(s, script, keys, args, readOnly);
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
  s.bulk(machineOf(s).compile(a[2]!).sha);
}

function scriptExists(s: Session, a: string[]): void {
  const machine = machineOf(s);
  s.out.array(a.length - 2);
  for (const sha of a.slice(2)) s.out.integer(machine.has(sha) ? 1 : 0);
}

function scriptFlush(s: Session, a: string[]): void {
  if (a.length > 3 || (a.length === 3 && !['SYNC', 'ASYNC'].includes(a[2]!.toUpperCase()))) {
    throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  }
  machineOf(s).flush();
  s.ok();
}

function scriptKill(s: Session): void {
  const { running } = machineOf(s);
  if (running === undefined) throw new ReplyError('NOTBUSY No scripts in execution right now.');
  if (running.wrote) {
    throw new ReplyError(
      'UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.',
    );
  }
  running.killed = true;
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

function noFunctions(): void {
  throw notHere('FUNCTION (scripts are: EVAL, EVALSHA)');
}

function noFunctionsToList(s: Session): void {
  s.out.array(0);
}

function noFunctionsToFlush(s: Session): void {
  s.ok();
}

function noScriptToKill(): void {
  throw new ReplyError('NOTBUSY No scripts in execution right now.');
}
