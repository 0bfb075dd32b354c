/** What a client that keeps values is told to forget: https://redis.io/docs/latest/develop/reference/client-side-caching/ */
import { bare, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import { itemsOf } from '../body.ts';

/** Where a client of RESP2 is told, which has to subscribe to it. */
const CHANNEL = '__redis__:invalidate';

/** The keys that it is to forget, none for all; undefined where that is not what it is told. */
export function forgottenBy(type: string, items: readonly RespValue[]): string[] | undefined {
  const isOnChannel = type === 'message' && textOf(items[1]) === CHANNEL;
  const told = type === 'invalidate' ? items[1] : isOnChannel ? items[2] : undefined;
  if (told === undefined) return undefined;
  // What somebody published there is a message.
  return bare(told).type === 'bulk' ? undefined : itemsOf(told).map((key) => textOf(key) ?? '');
}
