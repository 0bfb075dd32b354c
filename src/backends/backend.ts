/** The contract of a backend: a way to obtain endpoints. The default export of `backends/<name>.ts`. */

import type { Language } from '../core/language.ts';
import type { Service } from '../core/services.ts';
import type { Clock } from '../core/time/clock.ts';

/** Versions that are asked for, as people write them after an `@`. */
export type Versions = Readonly<Partial<Record<Service, string>>>;

/** A running server that a run may use. */
export interface Endpoint {
  readonly service: Service;
  /** With user and password where the service needs them. Never printed as it is; see redactUrl. */
  readonly url: string;
  readonly backend: string;
  /** The server's own version: `3.10.8`. */
  readonly version: string;
  /** Whether others may use it too: then a run gives everything a name of its own and removes it at the end. */
  readonly shared: boolean;
  /** Resolves, with why, when the server's process has ended without having been told to; absent where nobody can know. */
  readonly exited?: Promise<string>;
  /** Stops and starts the server on the same URL, where the backend can. */
  restart?(): Promise<void>;
}

/** What a backend hands over; several endpoints may belong to one server, so they are closed together. */
export interface Endpoints {
  readonly endpoints: readonly Endpoint[];
  close(): Promise<void>;
}

export interface StartOptions {
  readonly services: readonly Service[];
  /** The URL of each service, for the backend that needs them. */
  readonly urls: Partial<Record<Service, string>>;
  readonly ports: Partial<Record<Service, number>>;
  /** The version of each service that has to be that one: `4.0`, `valkey`. */
  readonly versions?: Versions | undefined;
  /** Addresses to listen on, for a backend that lets one choose; loopback where none is named. */
  readonly hosts?: readonly string[] | undefined;
  /** What clients have to know, where a backend lets one choose. */
  readonly password?: string | undefined;
  /** Origins of pages that embedded servers let in beside those of this machine. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Time for a backend whose servers are inside this process. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Whether the process may end while such servers listen. Default: they keep it alive. */
  readonly background?: boolean | undefined;
  /** Whether each such server gets a thread of its own, where it has no clock of this one's. */
  readonly threads?: boolean | undefined;
  /** Says what is being waited for; a start that takes a while is told on stderr. */
  readonly progress: (text: string) => void;
  /** Aborted when the user gives up; the backend then leaves nothing behind and rejects. */
  readonly signal: AbortSignal;
}

/** Whether a backend could serve something here, and if not, why and what to do about it. */
export type Availability =
  | { readonly available: true; readonly version?: string; readonly detail?: string }
  | { readonly available: false; readonly why: string; readonly hint: string };

export interface Backend {
  readonly name: string;
  readonly title: Readonly<Record<Language, string>>;
  /** The services it can ever offer. */
  readonly services: readonly Service[];
  /** Cheap and without side effects: looks for binaries, knocks at the named URL, starts nothing. */
  probe(service: Service, urls: Partial<Record<Service, string>>, versions?: Versions): Promise<Availability>;
  /** Throws a BackendError, with the next command to run, when a service can't be had. */
  start(options: StartOptions): Promise<Endpoints>;
}
