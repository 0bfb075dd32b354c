/** Scripts and functions, of which one at a time runs. */
import { wallMicros } from '../../../core/time/clock.ts';
import type { Session } from '../clients/session.ts';
import type { Args } from '../dispatch/args.ts';
import type { Server } from '../dispatch/command.ts';
import { ReplyError } from '../errors.ts';
import { integer } from '../numbers.ts';
import { Functions } from './functions.ts';
import { RandomNumbers } from './lua/random.ts';
import type { Running } from './machine.ts';
import { Scripts } from './scripts.ts';

const NOT_BUSY = new ReplyError('NOTBUSY No scripts in execution right now.');
const UNKILLABLE = new ReplyError(
  'UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.',
);

export class Scripting {
  readonly scripts: Scripts;
  readonly functions: Functions;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    const random = new RandomNumbers();
    this.scripts = new Scripts(server, random);
    this.functions = new Functions(server, random);
  }

  get running(): Running | undefined {
    return this.scripts.machine.running ?? this.functions.machine.running;
  }

  /** Stops the script, or the function, that is overdue. Throws what SCRIPT KILL or FUNCTION KILL answers if it can't. */
  kill(what: 'scripts' | 'functions'): void {
    const { running } = this;
    if (running === undefined) throw NOT_BUSY;
    if (running.wrote) throw UNKILLABLE;
    if (this[what].machine.running !== running) throw this.#server.busy ?? NOT_BUSY;
    running.ending = 'Script killed by user with SCRIPT KILL...';
  }

  /** Stops whatever runs, as the end of the server does. */
  abort(): void {
    if (this.running !== undefined) this.running.ending = 'The server was shut down';
  }
}

/** Made when a server runs its first script: most never do. */
const BY_SERVER = new WeakMap<Server, Scripting>();

/** The scripts and functions of a server. */
export function scriptingOf(server: Server): Scripting {
  let scripting = BY_SERVER.get(server);
  if (scripting === undefined) {
    scripting = new Scripting(server);
    BY_SERVER.set(server, scripting);
  }
  return scripting;
}

/** Shows a call of a script or function to monitors, before the commands that it calls. */
export function showCall(server: Server, session: Session, args: readonly string[]): void {
  const { clients, clock } = server;
  if (clients.monitors.size > 0) clients.monitors.show(wallMicros(clock), session, args);
}

/** The keys and the arguments of EVAL and its kin, after `numkeys`. */
export function keysAndArgs(a: Args<-3>, badCount?: ReplyError): { keys: string[]; args: string[] } {
  const count = integer(a[2], badCount);
  if (count > a.length - 3) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return { keys: a.slice(3, 3 + count), args: a.slice(3 + count) };
}
