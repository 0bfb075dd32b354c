/** What a command is, what it is called with, and what it may use of the server. */
import type { Clock } from '../../../core/time/clock.ts';
import type { Clients } from '../clients/clients.ts';
import type { Session } from '../clients/session.ts';
import type { RedisTraits } from '../differences.ts';
import type { ReplyError } from '../errors.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { RedisRelease } from '../releases.ts';
import type { Args } from './args.ts';
import type { Pause } from './pause.ts';
import type { Settings } from './settings.ts';
import type { CommandStats } from './stats.ts';

/**
 * Carries out a command: `args[0]` is its name. It writes the reply to `session.out`, or throws a ReplyError first.
 * Commands about keys need the session only, those about the server the server.
 */
export type Handler<Arity extends number> = (session: Session, args: Args<Arity>, server: Server) => void;

/** How a command's keys are found in its arguments. https://redis.io/docs/latest/develop/reference/key-specs/ */
export interface KeySpec {
  readonly flags: readonly string[];
  readonly begin: { index: number } | Keyword | undefined;
  readonly find:
    | { last: number; step: number; limit: number }
    | { countIndex: number; first: number; step: number }
    | undefined;
  /** The word before the last key, where clients are told that nobody can tell. */
  readonly hidden: Keyword | undefined;
}

export interface Keyword {
  readonly keyword: string;
  /** The index from which on it is looked for; a negative one counts from the end and looks backwards. */
  readonly from: number;
}

export interface Command {
  /** `client|id` for a subcommand. */
  readonly name: string;
  /** The chapter of Redis's documentation. */
  readonly group: string;
  /** How many arguments it takes, its name included; at least so many where it is negative. */
  readonly arity: number;
  readonly flags: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  readonly tips: readonly string[];
  readonly keys: readonly KeySpec[];
  /** The range of keys as COMMAND tells it: zeros where there is none. */
  readonly range: readonly [first: number, last: number, step: number];
  /** Undefined for a container that is nothing without a subcommand. */
  readonly run: Handler<number> | undefined;
  readonly subcommands: ReadonlyMap<string, Command> | undefined;
  readonly write: boolean;
  readonly denyOom: boolean;
  /** Carried out, not queued, inside a transaction. */
  readonly unqueued: boolean;
  /** A RESP2 client may send it while it is subscribed. */
  readonly whileSubscribed: boolean;
  /** Carries out what was queued: it does whatever those commands do, and a refusal ends the transaction. */
  readonly runsQueue: boolean;
  /** May change keys, or reach other servers, though it is none that writes. */
  readonly mayReplicate: boolean;
  /** Whether it can't change any with these arguments, where that depends on them. */
  readonly onlyReads: ((server: Server, args: readonly string[]) => boolean) | undefined;
  /** Reads keys, or may change them. */
  readonly aboutKeys: boolean;
  /** Carried out even while clients are paused. */
  readonly unpaused: boolean;
}

/** The server as its commands see it. */
export interface Server {
  readonly clock: Clock;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** The release that it follows. */
  readonly release: RedisRelease;
  readonly traits: RedisTraits;
  readonly settings: Settings;
  readonly keyspace: Keyspace;
  readonly clients: Clients;
  readonly pause: Pause;
  readonly stats: CommandStats;
  /** All commands by name in lower case. */
  readonly commands: ReadonlyMap<string, Command>;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** A random name for this life of the server, as Redis has. */
  readonly runId: string;
  readonly closed: boolean;
  /** Set while a script runs for too long: the error that others get. */
  busy: ReplyError | undefined;
  /** Finds a command, or the subcommand of a container. */
  lookup(args: readonly string[]): Command | undefined;
  /** Carries a command out, whoever asks: a client, EXEC, a script. A ReplyError becomes an error reply. */
  call(session: Session, command: Command, args: readonly string[]): void;
}
