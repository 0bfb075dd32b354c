/** The releases of Redis, and of Valkey, which comes from it, that this server can follow; the default one first. */
import { type Release, releaseOf } from '../releases.ts';

export const RELEASES: readonly Release[] = [{ name: '7.0', version: '7.0.15' }];

/** The release that is asked for, or the default one. Throws a BackendError where there is none like it. */
export function releaseFor(asked: string | undefined): Release {
  return releaseOf('Redis', RELEASES, asked);
}
