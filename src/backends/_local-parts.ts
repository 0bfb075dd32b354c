import type { Keeper } from './_keeper.ts';
import type { Endpoint, StartOptions } from './backend.ts';

/** What a local server offers, before the backend puts its name on it. */
export type LocalPart = Pick<Endpoint, 'service' | 'url' | 'version'> & {
  readonly exited: Promise<string>;
  restart(): Promise<void>;
};

/** Starts one kind of server under the keeper, which ends it. */
export type StartLocal = (keeper: Keeper, options: StartOptions) => Promise<LocalPart[]>;
