/** FUNCTION and FCALL. */
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { badArguments, notHere, ReplyError } from '../../errors.ts';
import type { Library } from '../../scripting/functions.ts';
import { keysAndArgs, scriptingOf, showCall } from '../../scripting/scripting.ts';
import { FLAGS } from '../../scripting/shebang.ts';
import { lastOf, Options } from '../options.ts';

const BAD_COUNT = new ReplyError('ERR Bad number of keys provided');

function call(server: Server, s: Session, a: Args<-3>, readOnly: boolean): void {
  showCall(server, s, a);
  const { functions } = scriptingOf(server);
  const f = functions.get(a[1]);
  if (f === undefined) throw new ReplyError('ERR Function not found');
  const { keys, args } = keysAndArgs(a, BAD_COUNT);
  functions.call(s, a, f, keys, args, readOnly);
}

/** Whether a function promises not to write. */
export function functionOnlyReads(server: Server, [, name = '']: readonly string[]): boolean {
  return scriptingOf(server).functions.get(name)?.flags.has('no-writes') ?? false;
}

export function fcall(s: Session, a: Args<-3>, server: Server): void {
  call(server, s, a, false);
}

export function fcallRo(s: Session, a: Args<-3>, server: Server): void {
  call(server, s, a, true);
}

export function functionLoad(s: Session, a: Args<-3>, server: Server): void {
  const options = a.slice(2, -1);
  for (const option of options) {
    if (option.toLowerCase() !== 'replace') throw new ReplyError(`ERR Unknown option given: ${option}`);
  }
  s.bulk(scriptingOf(server).functions.load(lastOf(a), options.length > 0));
}

export function functionDelete(s: Session, a: Args<3>, server: Server): void {
  if (!scriptingOf(server).functions.delete(a[2])) throw new ReplyError('ERR Library not found');
  s.ok();
}

export function functionFlush(s: Session, a: Args<-2>, server: Server): void {
  if (a.length > 3) throw badArguments('FUNCTION', a[1]);
  if (a[2] !== undefined && !['SYNC', 'ASYNC'].includes(a[2].toUpperCase())) {
    throw new ReplyError('ERR FUNCTION FLUSH only supports SYNC|ASYNC option');
  }
  scriptingOf(server).functions.flush();
  s.ok();
}

export function functionKill(s: Session, _a: Args<2>, server: Server): void {
  scriptingOf(server).kill('functions');
  s.ok();
}

export function functionList(s: Session, a: Args<-2>, server: Server): void {
  let pattern: string | undefined;
  let withCode = false;
  const options = new Options(a, 2);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    if (!withCode && word === 'WITHCODE') withCode = true;
    else if (pattern === undefined && word === 'LIBRARYNAME') {
      if (options.left === 0) throw new ReplyError('ERR library name argument was not given');
      pattern = options.argument().toLowerCase();
    } else throw new ReplyError(`ERR Unknown argument ${options.sent}`);
  }
  const libraries = [...scriptingOf(server).functions.libraries.values()];
  const listed = libraries.filter(({ name }) => pattern === undefined || globMatch(pattern, name.toLowerCase()));
  s.out.array(listed.length);
  for (const library of listed) writeLibrary(s, library, withCode);
}

function writeLibrary(s: Session, { name, code, functions }: Library, withCode: boolean): void {
  s.out.map(withCode ? 4 : 3);
  s.bulk('library_name');
  s.bulk(name);
  s.bulk('engine');
  s.bulk('LUA');
  s.bulk('functions');
  s.out.array(functions.size);
  for (const f of functions.values()) {
    s.out.map(3);
    s.bulk('name');
    s.bulk(f.name);
    s.bulk('description');
    s.bulk(f.description);
    s.bulk('flags');
    s.out.set(f.flags.size);
    for (const flag of FLAGS) if (f.flags.has(flag)) s.simple(flag);
  }
  if (!withCode) return;
  s.bulk('library_code');
  s.bulk(code);
}

export function functionStats(s: Session, _a: Args<2>, server: Server): void {
  const scripting = scriptingOf(server);
  const { running, functions } = scripting;
  if (server.busy !== undefined && functions.machine.running === undefined) throw server.busy;
  s.out.map(2);
  s.bulk('running_script');
  if (running === undefined) s.out.null();
  else {
    s.out.map(3);
    s.bulk('name');
    s.bulk(running.program.name);
    s.bulk('command');
    s.bulks(running.command);
    s.bulk('duration_ms');
    s.out.integer(Math.floor(server.clock.now() - running.startedAt));
  }
  s.bulk('engines');
  s.out.map(1);
  s.bulk('LUA');
  s.out.map(2);
  s.bulk('libraries_count');
  s.out.integer(functions.libraries.size);
  s.bulk('functions_count');
  s.out.integer(functions.size);
}

export function functionHelp(s: Session): void {
  s.bulks([
    'FUNCTION DELETE <library> | FLUSH [ASYNC|SYNC] | KILL | LIST [LIBRARYNAME pattern] [WITHCODE] | LOAD [REPLACE] <code> | STATS',
  ]);
}

export function noDump(_: Session, a: Args<2> | Args<-3>): void {
  throw notHere(`FUNCTION ${a[1].toUpperCase()}`);
}
