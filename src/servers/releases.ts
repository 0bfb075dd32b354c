/** Releases of a real server that an embedded one can follow, and what differs between them. */
import { BackendError } from '../core/errors.ts';
import { isRelease } from '../core/releases.ts';

/** A release of the real server. */
export interface Release {
  /** What users name it by, after the `@`: `4.0`, `valkey-8.1`. */
  readonly name: string;
  /** The very version whose answers it is compared with: `4.0.5`. */
  readonly version: string;
}

/** Something in which releases differ. */
export interface Difference {
  /** What those do that have it. */
  readonly what: string;
  /** The names of the releases that have it. */
  readonly in: readonly string[];
}

/** What a release has, of the differences that a server names. */
export type Traits<Table> = { readonly [name in keyof Table]: boolean };

export function traitsOf<Table extends Readonly<Record<string, Difference>>>(
  table: Table,
  { name }: Release,
): Traits<Table> {
  const entries = Object.entries(table).map(([trait, difference]) => [trait, difference.in.includes(name)]);
  return Object.fromEntries(entries) as Traits<Table>;
}

/** The release that is asked for, or the first one. Throws a BackendError where there is none like it. */
export function releaseOf<R extends Release>(title: string, releases: readonly R[], asked: string | undefined): R {
  const found = asked === undefined ? releases[0] : releases.find(({ version }) => isRelease(version, asked));
  if (found) return found;
  throw new BackendError(`there is no embedded ${title} ${asked}`, {
    hint: `there are ${releases.map(({ name }) => name).join(', ')}`,
  });
}
