/** Scripts and functions. Commands from https://redis.io/docs/latest/commands/?group=scripting */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { notHere, ReplyError } from '../../errors.ts';
import { keysAndArgs, scriptingOf, showCall } from '../../scripting/scripting.ts';
import { readScript } from '../../scripting/shebang.ts';
import { wordingOf } from '../../scripting/wording.ts';

function runBody(server: Server, s: Session, a: Args<-3>, readOnly: boolean): void {
  showCall(server, s, a);
  const { keys, args } = keysAndArgs(a);
  const { scripts } = scriptingOf(server);
  scripts.run(s, a, scripts.compile(a[1]), keys, args, readOnly);
}

function runSha(server: Server, s: Session, a: Args<-3>, readOnly: boolean): void {
  showCall(server, s, a);
  const { keys, args } = keysAndArgs(a);
  const { scripts } = scriptingOf(server);
  const script = scripts.get(a[1]);
  if (script === undefined) {
    throw new ReplyError(wordingOf(server.traits)('NOSCRIPT No matching script. Please use EVAL.'));
  }
  scripts.run(s, a, script, keys, args, readOnly);
}

/** Whether what EVAL is given promises not to write. */
export function bodyOnlyReads(server: Server, [, body = '']: readonly string[]): boolean {
  try {
    return readScript(body, server.traits).flags?.has('no-writes') ?? false;
  } catch (error) {
    if (error instanceof ReplyError) return false;
    throw error;
  }
}

/** Whether what EVALSHA is given promises not to write. */
export function scriptOnlyReads(server: Server, [, sha = '']: readonly string[]): boolean {
  return scriptingOf(server).scripts.get(sha)?.flags?.has('no-writes') ?? false;
}

export function evalBody(s: Session, a: Args<-3>, server: Server): void {
  runBody(server, s, a, false);
}

export function evalBodyRo(s: Session, a: Args<-3>, server: Server): void {
  runBody(server, s, a, true);
}

export function evalsha(s: Session, a: Args<-3>, server: Server): void {
  runSha(server, s, a, false);
}

export function evalshaRo(s: Session, a: Args<-3>, server: Server): void {
  runSha(server, s, a, true);
}

export function scriptLoad(s: Session, a: Args<3>, server: Server): void {
  s.bulk(scriptingOf(server).scripts.compile(a[2]).name);
}

export function scriptExists(s: Session, a: Args<-3>, server: Server): void {
  const { scripts } = scriptingOf(server);
  s.out.array(a.length - 2);
  for (const sha of a.slice(2)) s.out.integer(scripts.has(sha) ? 1 : 0);
}

export function scriptFlush(s: Session, a: Args<-2>, server: Server): void {
  if (a.length > 3 || (a[2] !== undefined && !['SYNC', 'ASYNC'].includes(a[2].toUpperCase()))) {
    throw new ReplyError('ERR SCRIPT FLUSH only support SYNC|ASYNC option');
  }
  scriptingOf(server).scripts.flush();
  s.ok();
}

export function scriptKill(s: Session, _a: Args<2>, server: Server): void {
  scriptingOf(server).kill('scripts');
  s.ok();
}

export function scriptDebug(s: Session, a: Args<3>): void {
  const mode = a[2].toLowerCase();
  if (mode === 'no') s.ok();
  else if (mode === 'yes' || mode === 'sync') throw notHere('The script debugger');
  else throw new ReplyError('ERR Use SCRIPT DEBUG YES/SYNC/NO');
}

export function scriptHelp(s: Session): void {
  s.bulks(['SCRIPT DEBUG NO | EXISTS <sha1>... | FLUSH [ASYNC|SYNC] | KILL | LOAD <script>']);
}
