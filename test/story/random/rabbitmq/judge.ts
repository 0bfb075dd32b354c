/** Judges a story by what really happened: no told fact may contradict it. */
import type { MessageEvent, NoteEvent, Stage } from '../../../../src/core/events.ts';
import { worded } from '../../../../src/core/statements/index.ts';
import type { Fate } from '../../../../src/story/ledger/index.ts';
import type { Evidence } from './evidence.ts';
import { Truth } from './truth.ts';

export interface Violation {
  readonly rule:
    | 'identity'
    | 'untold'
    | 'repeated'
    | 'conclusion'
    | 'early'
    | 'fate'
    | 'account'
    | 'contradiction'
    | 'needless unknown'
    | 'witness';
  readonly text: string;
}

/** Told of frames that carry a message to a client. */
const ARRIVALS: readonly Stage[] = ['delivered', 'redelivered', 'returned'];
/** Why something follows from the end of a connection. */
const FOLLOWS_AN_END = ['GONE_BEFORE_ACK', 'QUEUE_EXCLUSIVE', 'QUEUE_AUTO_DELETE'];
/** Ends a list of candidates that is cut short: any message that looks the same. */
const AND_OTHERS = '…';

export function judge({ isAwaited }: { readonly isAwaited: boolean }, evidence: Evidence): Violation[] {
  const truth = new Truth(evidence);
  const messages = evidence.told.filter((event): event is MessageEvent => event.type === 'message');
  return [
    ...truth.faults().map((text): Violation => ({ rule: 'witness', text })),
    ...messages.flatMap((event) => judgeEvent(truth, event)),
    ...untold(truth, evidence, messages),
    ...repeated(truth, messages),
    ...evidence.told.flatMap(contradiction),
    ...judgeFates(truth, evidence, messages),
    ...judgeAccount(evidence, messages),
    ...needless(evidence, isAwaited),
  ];
}

function contradiction(event: MessageEvent | NoteEvent): Violation[] {
  if (event.type !== 'note' || !event.debug || !event.statement) return [];
  return [{ rule: 'contradiction', text: worded(event.statement) }];
}

/** As a person reads it: `#1|#2 delivered c1 [q1]: why (seq 12)`. */
function eventText({ id, among = [], stage, peer, route, reason, frames }: MessageEvent): string {
  const why = reason ? `: ${worded(reason)}` : '';
  return `${[id, ...among].join('|')} ${stage} ${peer} [${route}]${why} (frame ${frames[0]})`;
}

function judgeEvent(truth: Truth, event: MessageEvent): Violation[] {
  const seq = event.frames[0] ?? 0;
  if (event.stage === 'published') return [];
  const carried = truth.carriedBy(seq);
  if (ARRIVALS.includes(event.stage)) {
    if (carried === undefined) return [violation('identity', event, 'no such message is in that frame')];
    return names(truth, event, [carried]) ? [] : [violation('identity', event, `it is ${truth.title(carried)}`)];
  }
  const settled = event.from === 'client' ? truth.settledBy(seq) : undefined;
  if (settled && event.basis === 'seen') {
    if (names(truth, event, settled)) return [];
    return [violation('identity', event, `the client means ${settled.map((one) => truth.title(one)).join(', ')}`)];
  }
  const candidates = candidatesOf(truth, event);
  const happened = (by: number): boolean => candidates.some((id) => truth.supports(id, event, by));
  // A tap sees a connection end before the server does, which then gives back what its client held, or lets it go.
  const follows = FOLLOWS_AN_END.includes(event.reason?.code ?? '');
  if (happened(follows ? Number.POSITIVE_INFINITY : seq)) return [];
  const said = candidates.length === 1 ? truth.storyOf(candidates[0] as string) : 'none of them did';
  if (happened(Number.POSITIVE_INFINITY)) return [violation('early', event, `not yet: ${said}`)];
  return [violation('conclusion', event, said)];
}

/** Each frame that carries a message is told, once. */
function untold(truth: Truth, { carried }: Evidence, messages: readonly MessageEvent[]): Violation[] {
  const told = messages.filter(({ stage }) => ARRIVALS.includes(stage)).map(({ frames }) => frames[0]);
  return [...carried.keys()].flatMap((seq): Violation[] => {
    const times = told.filter((one) => one === seq).length;
    if (times === 1) return [];
    return [
      { rule: 'untold', text: `frame ${seq} carries ${truth.title(truth.carriedBy(seq) ?? '')}, told ${times} times` },
    ];
  });
}

/** What is concluded of a message is concluded no more often than it happened. */
function repeated(truth: Truth, messages: readonly MessageEvent[]): Violation[] {
  const counts = new Map<string, number>();
  return messages.flatMap((event) => {
    const { id, stage, basis, among } = event;
    if (basis !== 'concluded' || among) return [];
    const key = `${id} ${stage}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    // What never happened is false in itself.
    const happened = truth.timesOf(id, stage);
    return happened > 0 && count > happened ? [violation('repeated', event, `that happened ${happened} times`)] : [];
  });
}

function candidatesOf(truth: Truth, { id, among = [] }: MessageEvent): string[] {
  const named = [id, ...among.filter((one) => one !== AND_OTHERS)];
  return among.includes(AND_OTHERS) ? truth.equalTo(id) : named;
}

/** Whether one of the messages that the event names is one of these. */
function names(truth: Truth, event: MessageEvent, roots: readonly string[]): boolean {
  return candidatesOf(truth, event).some((id) => roots.includes(truth.rootOf(id) ?? ''));
}

function violation(rule: Violation['rule'], event: MessageEvent, text: string): Violation {
  return { rule, text: `${eventText(event)} — ${text}` };
}

/**
 * What became of each message. Messages that the story could not tell apart may have changed places: then each of their
 * fates must be that of another one of them.
 */
function judgeFates(truth: Truth, { fates }: Evidence, messages: readonly MessageEvent[]): Violation[] {
  const violations: Violation[] = [];
  // Who has acknowledged a message has taken it, whether the server lived to read that or not.
  const taken = new Set(
    messages.flatMap(({ stage, frames: [seq = 0] }) => (stage === 'acked' ? (truth.settledBy(seq) ?? []) : [])),
  );
  const fits = (id: string, fate: Fate): boolean =>
    truth.fits(id, fate) || (fate.kind === 'reached' && taken.has(truth.rootOf(id) ?? ''));
  for (const group of groups(truth, messages)) {
    const told = group.flatMap((id) => {
      const fate = fates.get(id);
      return fate ? [{ id, fate }] : [];
    });
    const unmatched = match(told, group, ({ fate }, id) => fits(id, fate));
    for (const { id, fate } of unmatched) {
      violations.push({ rule: 'fate', text: `${id} ${fateText(fate)} — ${truth.storyOf(id)}` });
    }
  }
  return violations;
}

function fateText(fate: Fate): string {
  if (fate.kind === 'reached') return 'reached somebody';
  if (fate.kind === 'waiting') return `waits in ${fate.places.join(', ')}`;
  if (fate.kind === 'unknown') return `not known: ${worded(fate.reason)}`;
  return `ended, ${fate.stage}: ${worded(fate.reason)}`;
}

/** Messages that were told as one or the other belong together. */
function groups(truth: Truth, messages: readonly MessageEvent[]): string[][] {
  const groupOf = new Map<string, Set<string>>();
  for (const id of truth.ids) groupOf.set(id, new Set([id]));
  for (const event of messages) {
    if (!event.among) continue;
    const together = new Set(candidatesOf(truth, event).flatMap((id) => [...(groupOf.get(id) ?? [])]));
    for (const id of together) groupOf.set(id, together);
  }
  return [...new Set(groupOf.values())].map((group) => [...group]);
}

/** Pairs each item with a place of its own that fits it; returns the items that get none. */
function match<Item>(items: readonly Item[], places: readonly string[], fits: (item: Item, place: string) => boolean) {
  const takenBy = new Map<string, Item>();
  const seat = (item: Item, tried: Set<string>): boolean => {
    for (const place of places) {
      if (tried.has(place) || !fits(item, place)) continue;
      tried.add(place);
      const other = takenBy.get(place);
      if (other !== undefined && !seat(other, tried)) continue;
      takenBy.set(place, item);
      return true;
    }
    return false;
  };
  return items.filter((item) => !seat(item, new Set()));
}

function judgeAccount({ account, contents, fates }: Evidence, messages: readonly MessageEvent[]): Violation[] {
  const violations: Violation[] = [];
  const count = (list: readonly { readonly count: number }[]): number => list.reduce((sum, one) => sum + one.count, 0);
  const total = account.reached + count(account.waiting) + count(account.ended) + count(account.unknown);
  const fail = (text: string): number => violations.push({ rule: 'account', text });
  if (total !== account.published) fail(`${account.published} published, ${total} accounted for`);
  if (account.published !== contents.size) fail(`${account.published} told, ${contents.size} published`);
  if (fates.size !== contents.size) fail(`${fates.size} fates of ${contents.size} messages`);
  if (account.foreign > 0) fail(`${account.foreign} foreign messages`);
  const told = messages.filter(({ stage }) => stage === 'published').length;
  if (told !== contents.size) fail(`${told} told to be published, ${contents.size} were`);
  return violations;
}

/** What is not known has a reason; and where every step was awaited, nothing is left that can't be known. */
function needless({ fates }: Evidence, isAwaited: boolean): Violation[] {
  return [...fates].flatMap(([id, fate]): Violation[] => {
    const isNeedless = fate.kind === 'unknown' && (isAwaited || fate.reason.code === 'UNEXPLAINED');
    return isNeedless ? [{ rule: 'needless unknown', text: `${id} ${fateText(fate)}` }] : [];
  });
}
