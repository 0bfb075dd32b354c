/** Scripts and functions. Commands from https://redis.io/docs/latest/commands/?group=scripting */
import type { Session } from '../../clients/session.ts';
import { notHere, ReplyError, SYNTAX } from '../../errors.ts';
import { keysAndArgs, scriptingOf } from '../../scripting/scripting.ts';

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

export function evalBody(s: Session, a: string[]): void {
  runBody(s, a, false);
}

export function evalBodyRo(s: Session, a: string[]): void {
  runBody(s, a, true);
}

export function evalsha(s: Session, a: string[]): void {
  runSha(s, a, false);
}

export function evalshaRo(s: Session, a: string[]): void {
  runSha(s, a, true);
}

export function scriptLoad(s: Session, a: string[]): void {
  s.bulk(scriptingOf(s.engine).scripts.compile(a[2]!).name);
}

export function scriptExists(s: Session, a: string[]): void {
  const { scripts } = scriptingOf(s.engine);
  s.out.array(a.length - 2);
  for (const sha of a.slice(2)) s.out.integer(scripts.has(sha) ? 1 : 0);
}

export function scriptFlush(s: Session, a: string[]): void {
  if (a.length > 3 || (a.length === 3 && !['SYNC', 'ASYNC'].includes(a[2]!.toUpperCase()))) {
    throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  }
  scriptingOf(s.engine).scripts.flush();
  s.ok();
}

export function scriptKill(s: Session): void {
  scriptingOf(s.engine).kill('scripts');
  s.ok();
}

export function scriptDebug(s: Session, a: string[]): void {
  const mode = a[2]!.toLowerCase();
  if (mode === 'no') s.ok();
  else if (mode === 'yes' || mode === 'sync') throw notHere('The script debugger');
  else throw SYNTAX;
}

export function scriptHelp(s: Session): void {
  s.bulks(['SCRIPT DEBUG NO | EXISTS <sha1>... | FLUSH [ASYNC|SYNC] | KILL | LOAD <script>']);
}
