/** CONFIG. */

import { itemAt } from '../../../../core/collections/present.ts';
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { ReplyError } from '../../errors.ts';
import { PARAMETERS, type Parameter } from './parameters.ts';

const ALIASES: ReadonlyMap<string, string> = new Map(
  [...PARAMETERS].flatMap(([name, { alias }]) => (alias === undefined ? [] : [[alias, name]])),
);

function parameter({ traits }: Server, name: string): Parameter | undefined {
  const found = PARAMETERS.get(name) ?? PARAMETERS.get(ALIASES.get(name) ?? '');
  return found?.needs === undefined || traits[found.needs] ? found : undefined;
}

export function configGet(s: Session, a: Args<-3>, server: Server): void {
  const found = new Map<string, Parameter>();
  for (const pattern of a.slice(2)) {
    for (const name of [...PARAMETERS.keys(), ...ALIASES.keys()]) {
      const known = parameter(server, name);
      if (known !== undefined && globMatch(Buffer.from(pattern, 'latin1'), name, true)) found.set(name, known);
    }
  }
  s.out.map(found.size);
  for (const [name, { read }] of found) {
    s.bulk(name);
    s.bulk(read(server.settings));
  }
}

interface Change {
  readonly name: string;
  readonly parameter: Parameter;
  readonly write: NonNullable<Parameter['write']>;
  readonly before: string;
  readonly value: string;
}

export function configSet(s: Session, a: Args<-4>, server: Server): void {
  if (a.length % 2 === 1) throw new ReplyError("ERR wrong number of arguments for 'config|set' command");
  const { settings } = server;
  const changes: Change[] = [];
  for (let i = 2; i < a.length; i += 2) {
    const [sent, value] = [itemAt(a, i), itemAt(a, i + 1)];
    const name = sent.toLowerCase();
    const known = parameter(server, name);
    if (known === undefined) {
      throw new ReplyError(`ERR Unknown option or number of arguments for CONFIG SET - '${sent}'`);
    }
    const { read, write } = known;
    if (write === undefined)
      throw new ReplyError(
        `ERR CONFIG SET failed (possibly related to argument '${name}') - can't set immutable config`,
      );
    if (changes.some((change) => change.parameter === known)) {
      throw new ReplyError(`ERR CONFIG SET failed (possibly related to argument '${name}') - duplicate parameter`);
    }
    changes.push({ name, parameter: known, write, before: read(settings), value });
  }
  for (const [i, change] of changes.entries()) {
    try {
      change.write(settings, change.value);
    } catch (error) {
      for (const done of changes.slice(0, i)) done.write(settings, done.before);
      const reason = error instanceof ReplyError ? error.message : String(error);
      throw new ReplyError(`ERR CONFIG SET failed (possibly related to argument '${change.name}') - ${reason}`);
    }
  }
  for (const { name, parameter, value } of changes) if (hasNoEffect(parameter, value)) tellOnce(server, name);
  s.keyspace.makeRoom();
  s.ok();
}

/** Whether a value is one that would change what a real server does, but not what this one does. */
function hasNoEffect({ idle }: Parameter, value: string): boolean {
  return idle !== undefined && value.toLowerCase() !== idle;
}

const TOLD = new WeakMap<Server, Set<string>>();

/** Whoever started the server learns, once, that a setting has no effect. */
function tellOnce(server: Server, name: string): void {
  const told = TOLD.get(server) ?? new Set();
  TOLD.set(server, told);
  if (told.has(name)) return;
  told.add(name);
  process.emitWarning(`CONFIG SET ${name} was accepted, but has no effect on the embedded Redis`, 'IdleSetting');
}

export function configResetstat(s: Session, _a: Args<2>, server: Server): void {
  server.stats.reset();
  server.keyspace.stats.reset();
  server.clients.stats.reset();
  s.ok();
}

export function configRewrite(): void {
  throw new ReplyError('ERR The server is running without a config file');
}

export function configHelp(s: Session): void {
  s.bulks(['CONFIG GET <pattern>... | SET <parameter> <value>... | RESETSTAT']);
}
