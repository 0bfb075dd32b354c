/** The releases of Redis, and of Valkey, which comes from it, that this server can follow; the default one first. */
import { type Release, releaseOf } from '../releases.ts';

export interface RedisRelease extends Release {
  readonly product: 'redis' | 'valkey';
  /** The product's version. */
  readonly number: string;
  /** The version of Redis that it says to be, for clients that know no other product. */
  readonly redisNumber: string;
}

const redis = (name: string, number: string): RedisRelease => ({
  name,
  version: number,
  product: 'redis',
  number,
  redisNumber: number,
});
const valkey = (name: string, number: string): RedisRelease => ({
  name: `valkey-${name}`,
  version: `valkey-${number}`,
  product: 'valkey',
  number,
  redisNumber: '7.2.4',
});

export const RELEASES: readonly RedisRelease[] = [
  redis('8.0', '8.0.2'),
  redis('7.0', '7.0.15'),
  valkey('8.1', '8.1.1'),
];

/** The release that is asked for, or the default one. Throws a BackendError where there is none like it. */
export function releaseFor(asked: string | undefined): RedisRelease {
  return releaseOf('Redis', RELEASES, asked);
}
