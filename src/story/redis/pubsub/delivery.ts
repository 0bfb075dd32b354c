/** What a connection was given by one of its subscriptions, as the push says. */
import { type RespBulk, type RespValue, textOf } from '../../../protocols/resp/index.ts';
import type { Content } from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { bulkOf, contentOf } from '../body.ts';
import type { Kind } from './subscription.ts';

/** By how the push is named. */
const PUSHED: Record<string, Kind> = { message: 'channel', smessage: 'shard', pmessage: 'pattern' };

export interface Delivery {
  readonly seen: SeenFrame;
  readonly kind: Kind;
  /** Of the subscription; its bytes as latin1. */
  readonly name: string | undefined;
  readonly channel: string;
  readonly route: string;
  readonly bulk: RespBulk;
  readonly content: Content;
}

export function deliveryOf(seen: SeenFrame, type: string, items: readonly RespValue[]): Delivery | undefined {
  const kind = PUSHED[type];
  const [, name, ...rest] = items;
  const [channel, payload] = kind === 'pattern' ? rest : [name, ...rest];
  const bulk = bulkOf(payload);
  if (kind === undefined || !bulk) return undefined;
  const route = kind === 'pattern' ? `${textOf(channel)} (${textOf(name) ?? ''})` : (textOf(name) ?? '');
  return { seen, kind, name: latin1(name), channel: latin1(channel) ?? '', route, bulk, content: contentOf(bulk) };
}

export function latin1(value: RespValue | undefined): string | undefined {
  return bulkOf(value)?.bytes.toString('latin1');
}
