/** The bodies in commands and replies. */
import { bare, type RespBulk, type RespCommand, type RespValue, textOf } from '../../protocols/resp/index.ts';
import type { Content } from '../ledger/index.ts';

const NOTHING = Buffer.alloc(0);

/** An argument as it was on the wire, whatever part of it was kept. */
export function argument({ args, cutArgs }: RespCommand, index: number): Content {
  const body = args[index] ?? NOTHING;
  const cut = cutArgs?.get(index);
  return cut === undefined ? { body, sizeBytes: body.length } : { body, sizeBytes: cut.length, digest: cut.digest };
}

export function contentOf({ bytes, length, digest }: RespBulk): Content {
  return { body: bytes, sizeBytes: length, digest };
}

export function itemsOf(value: RespValue | undefined): readonly RespValue[] {
  const inner = value && bare(value);
  return inner && 'items' in inner ? inner.items : [];
}

export function bulkOf(value: RespValue | undefined): RespBulk | undefined {
  const inner = value && bare(value);
  return inner?.type === 'bulk' ? inner : undefined;
}

/** What a command that takes from lists was given. */
export function poppedBy(name: string, reply: RespValue): RespBulk[] {
  const bulks = (values: readonly RespValue[]): RespBulk[] => values.flatMap((value) => bulkOf(value) ?? []);
  const single = bulkOf(reply);
  if (single) return [single];
  const items = itemsOf(reply);
  // BLPOP answers key and element, LMPOP key and elements, LPOP with a count just elements.
  if (name === 'BLPOP' || name === 'BRPOP') return bulks(items.slice(1));
  return name.endsWith('MPOP') ? bulks(itemsOf(items[1])) : bulks(items);
}

/** The number that a reply is; undefined where it is none. */
export function integerOf(value: RespValue | undefined): number | undefined {
  return value && bare(value).type === 'integer' ? Number(textOf(value)) : undefined;
}
