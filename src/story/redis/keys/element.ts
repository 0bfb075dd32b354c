/** What a list holds, and which messages that may be. */
import { itemAt } from '../../../core/collections/present.ts';
import type { Statement, StatementCode } from '../../../core/statements/index.ts';
import type { Fate, Ledger, Place, SeenMessage } from '../../ledger/index.ts';
import { ANY } from './answer.ts';

/** One position of a list. */
export interface Item {
  /** See `contentOf`; ANY where it is no longer known. */
  readonly content: string | typeof ANY;
  /** What it may be, each equal in content; one where that is known. */
  readonly candidates: readonly Element[];
}

/** A list without order, in which elements may be. */
export interface Holder {
  /** It is in there no more. */
  drop(element: Element): void;
}

/** What somebody put into a list. Its message is there as long as it may be in some list. */
export class Element implements Item, Place {
  content: string | typeof ANY;
  /** Undefined where it is no longer followed, or was never seen put there. */
  message: SeenMessage | undefined;
  /** Those with which it was confused: which of them is where can't be told, how many of them are somewhere can. */
  crowd: Crowd | undefined;
  /** Somebody may have been given it, though it may still be in a list. */
  maybeReached = false;
  /** The command that put it there was answered. */
  isEntered = false;
  /** It is in no list any more, and accounted for. */
  isSettled = false;
  /** It was put there by the server, out of what is not a list. */
  isForeign = false;
  readonly candidates: readonly [Element] = [this];
  /** The lists without order in which it may be. */
  readonly bags = new Set<Holder>();

  constructor(content: string | typeof ANY) {
    this.content = content;
  }

  forget(): void {
    this.leaveBags();
    this.message = undefined;
    this.content = ANY;
  }

  leaveBags(): void {
    if (this.bags.size > 0) for (const bag of [...this.bags]) bag.drop(this);
  }
}

/** Elements of equal content that were confused with each other. As many leave as there are, each with some fate. */
class Crowd {
  readonly members = new Set<Element>();
  readonly fates: Fate[] = [];
}

/** One position that holds one of several elements, which nothing on the wire tells apart. */
export function blend(items: readonly Item[]): Item {
  const candidates = [...new Set(items.flatMap((item) => item.candidates))];
  const [first] = candidates as [Element];
  if (candidates.length === 1) return first;
  const crowd = new Crowd();
  for (const element of candidates) {
    const known = element.crowd;
    if (known === undefined || known === crowd) crowd.members.add(element);
    else {
      crowd.fates.push(...known.fates);
      for (const member of known.members) {
        crowd.members.add(member);
        member.crowd = crowd;
      }
    }
    element.crowd = crowd;
  }
  return { content: itemAt(items, 0).content, candidates };
}

/** An item is in no list any more. */
export function settle(ledger: Ledger, item: Item, fate: Fate): void {
  const element = itemAt(item.candidates, 0);
  const { crowd } = element;
  if (crowd === undefined) {
    leave(ledger, element, fate);
    return;
  }
  crowd.fates.push(fate);
  if (crowd.fates.length < crowd.members.size) return;
  // Where some were given to somebody before, or are nobody's message, it matters which of them it was.
  const isMixed = [...crowd.members].some(
    ({ message }) => !message || message.fate !== undefined || message.places.length > 1,
  );
  for (const member of crowd.members) leave(ledger, member, isMixed ? UNSETTLED : crowd.fates.shift());
}

export const UNREAD = { kind: 'unknown', reason: { code: 'UNREAD', values: {} } } as const;
export const UNSETTLED: Fate = { kind: 'unknown', reason: { code: 'ORDER_UNSETTLED', values: {} } };

/** Its connection was lost, and the server never read the command that was to put it somewhere. */
export const NEVER_READ: Fate = { kind: 'ended', stage: 'discarded', reason: UNREAD.reason };

/** By these it is gone from where it was: what they have in common is known, also where it can't be told which it was. */
const REMOVALS: ReadonlySet<StatementCode> = new Set([
  'KEY_REMOVED',
  'KEY_REPLACED',
  'KEY_EXPIRED',
  'DATABASE_FLUSHED',
  'LIST_TRIMMED',
  'LIST_REMOVED',
  'LIST_SET',
  'REMOVED_BY_EITHER',
  'REMOVED_OR_EXPIRED',
]);

/**
 * It ended in one of these ways, and no answer tells in which: whether the command was read at all comes first; one that
 * is not known itself says why.
 */
export function either(one: Fate, other: Fate): Fate {
  if (one === other || JSON.stringify(one) === JSON.stringify(other)) return one;
  const fates = [one, other];
  if (fates.includes(NEVER_READ)) return UNREAD;
  const unknown = fates.find((fate) => fate.kind === 'unknown' && fate !== UNSETTLED);
  if (unknown) return unknown;
  const reasons = fates.flatMap((fate) => (fate.kind === 'ended' && REMOVALS.has(fate.reason.code) ? fate.reason : []));
  return reasons.length === 2 ? { kind: 'ended', stage: 'dropped', reason: removedBy(reasons) } : UNSETTLED;
}

function removedBy(reasons: readonly Statement[]): Statement {
  for (const { code, values } of reasons) {
    if (code === 'KEY_EXPIRED' || code === 'REMOVED_OR_EXPIRED') return { code: 'REMOVED_OR_EXPIRED', values };
  }
  return { code: 'REMOVED_BY_EITHER', values: {} };
}

function leave(ledger: Ledger, element: Element, fate: Fate | undefined): void {
  if (element.message && !element.isSettled) ledger.leave(element.message, element, fate);
  element.isSettled = true;
  element.leaveBags();
}
