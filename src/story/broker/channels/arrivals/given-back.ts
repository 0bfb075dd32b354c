/** A message comes again that somebody held, as far as was seen: who gave it back, and what else that shows. */
import type { Statement } from '../../../../core/statements/index.ts';
import type { Sighting } from '../../../ledger/index.ts';
import type { SeenBroker } from '../../broker.ts';
import type { Publication } from '../../messages/publication.ts';
import { unite } from '../../messages/twins.ts';
import { routeDoubt, unanswered } from '../../queues/doubts.ts';
import type { Match, SeenEntry } from '../../queues/entry.ts';
import type { SeenQueue } from '../../queues/queue.ts';
import type { Taker } from '../../queues/taker.ts';
import type { Held, SeenChannel } from '../channel.ts';
import { isEnding } from '../ending.ts';
import { release } from '../held.ts';
import { isRecovering, RECOVERED, recoveredBy } from '../recovery.ts';
import { Settle } from '../settle.ts';
import { Taking } from '../taking.ts';

/** The most messages that look alike of which it is looked at who gave them back. */
const LOOKED_AT = 64;

/** It may not be there any more, and this be one that somebody held who is about to end: then that one is gone instead. */
export function orBack(
  broker: SeenBroker,
  channel: SeenChannel,
  found: SeenEntry,
  holds: (held: Held) => boolean,
): void {
  // Nor need it be back by now.
  const isComing = found.returned?.to === Number.POSITIVE_INFINITY;
  const doubt = found.doubt ?? (isComing ? routeDoubt(found.queue) : undefined);
  const ending = doubt ? holdersBut(broker, channel, holds).filter((other) => isEnding(broker, other)) : [];
  const back = ending.flatMap(({ held }) => held.filter(holds).map(({ entry }) => entry));
  if (!doubt || back.length === 0) return;
  unite([found, ...back]);
  for (const entry of back) entry.doubt ??= unanswered(doubt);
}

/**
 * It comes again to somebody who may have ended since, while others hold it and none of them can have given it back: so
 * they were given it later.
 */
export function handedOutBefore(
  broker: SeenBroker,
  channel: SeenChannel,
  holds: (held: Held) => boolean,
): Match | undefined {
  if (!broker.own || !isEnding(broker, channel)) return undefined;
  const holders = holdersBut(broker, channel, holds);
  if (holders.some((other) => isEnding(broker, other))) return undefined;
  const [entry, ...among] = holders.flatMap(({ held }) => held.filter(holds).map((one) => one.entry));
  return entry && { entry, among, isHeldElsewhere: true };
}

function holdersBut(
  { channels }: SeenBroker,
  channel: SeenChannel | undefined,
  holds: (held: Held) => boolean,
): SeenChannel[] {
  return [...channels].filter((other) => (other !== channel || isRecovering(other)) && other.held.some(holds));
}

/** Whether somebody else who may have ended holds what is looked for. */
export function isHeldByEnding(broker: SeenBroker, channel: SeenChannel, holds: (held: Held) => boolean): boolean {
  return [...broker.channels].some((other) => {
    const isOther = other !== channel || isRecovering(other);
    const holdsAny = other.unacked.size > 0 || other.transaction !== undefined;
    return isOther && holdsAny && isEnding(broker, other) && other.held.some(holds);
  });
}

/** Whether somebody else holds what is looked for. */
export function isHeld(broker: SeenBroker, channel: SeenChannel, holds: (held: Held) => boolean): boolean {
  return holdersBut(broker, channel, holds).length > 0;
}

/**
 * It comes again, or came back too often, although somebody held it as far as was seen: so whoever held it is gone, or
 * gave all of it back. That can't be who gets it again.
 */
export function releaseHeld(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel | undefined,
  holds: (held: Held) => boolean,
  isOnlyEnding = false,
): boolean {
  const holders = holdersBut(broker, channel, holds);
  const ending = holders.filter((other) => isEnding(broker, other));
  const gone = ending.length > 0 || isOnlyEnding ? ending : holders;
  const [first] = gone;
  if (!first) return false;
  for (const other of gone) {
    other.giveUpTransaction();
    unreadSettles(at, other);
  }
  if (gone.length > 1) {
    // Any of them may be gone: what each of them held may be back.
    const perhaps = gone.flatMap((other) => other.held.filter(holds).map((held) => [other, held] as const));
    unite(perhaps.map(([, { entry }]) => entry));
    for (const [other, held] of perhaps) backPerhaps(broker, at, other, held);
    return true;
  }
  // The server may have ended its channel over an error, or have lost its connection, and nothing has told yet.
  const ended: Statement = { code: 'ENDED_BEFORE_ACK', values: { peer: first.peer } };
  const why = isRecovering(first) ? RECOVERED : (first.goodbye ?? ended);
  const span = first.recovering?.span ?? { by: first, from: first.seenAt, to: at.seq };
  const again = isRecovering(first) ? first.held.filter((one) => first.perhapsRecovered.has(one)) : [];
  const held = first.held.filter((one) => !again.includes(one));
  release(broker, { ...at, peer: first.peer }, first, held, span, why);
  // It is given nothing more.
  if (first.goodbye) for (const consumer of first.consumers.values()) consumer.leave();
  // What it was handed again meanwhile may have been handed out before, and be back, too, or because of it.
  if (again.some(holds)) {
    unite([...held, ...again].filter(holds).map(({ entry }) => entry));
    for (const one of again.filter(holds)) backPerhaps(broker, at, first, one);
  }
  return held.some(holds) || again.some(holds);
}

/** Whether somebody takes from a queue whose messages may be given back, and may have been given what was not seen yet. */
export function mayComeUnseen(broker: SeenBroker, queue: SeenQueue, channel: SeenChannel): boolean {
  return [...broker.channels].some((other) => {
    if (other === channel && !isRecovering(other)) return false;
    // Who was told to go may have been given something before.
    const takings = [...queue.takers, ...other.consumers.values()];
    const takes = (one: Taker): boolean =>
      one instanceof Taking && one.channel === other && one.queues.includes(queue) && mayTake(other, one);
    return takings.some(takes) && isEnding(broker, other);
  });
}

/** Whether the server does not surely refuse somebody who takes on a channel. */
function mayTake({ pending }: SeenChannel, { request }: Taking): boolean {
  if (request.span.to !== Number.POSITIVE_INFINITY) return true;
  return request.refused() !== 'yes' && !pending.isBehindError(request);
}

/** It comes again, and who asked for all once more was handed it again meanwhile: that may have gone back, too. */
export function recoveredPerhaps(broker: SeenBroker, at: Sighting, holds: (held: Held) => boolean): boolean {
  let isAny = false;
  for (const channel of broker.channels) {
    const back = handedAgain(channel, holds);
    if (back.length === 0) continue;
    isAny = true;
    if (back.length > 1) unite(back.map(({ entry }) => entry));
    for (const held of back) backPerhaps(broker, at, channel, held);
    channel.perhapsRecovered.clear();
  }
  return isAny;
}

/** What those who are about to end hold may be back, or one that is not seen yet: nothing tells which. */
export function backPerhapsOf(
  broker: SeenBroker,
  at: Sighting,
  channel: SeenChannel,
  holds: (held: Held) => boolean,
): SeenEntry[] {
  const ending = holdersBut(broker, channel, holds).filter((other) => isEnding(broker, other));
  const perhaps = ending.flatMap((other) => other.held.filter(holds).map((held) => [other, held] as const));
  for (const [other, held] of perhaps) backPerhaps(broker, at, other, held);
  return perhaps.map(([, { entry }]) => entry);
}

function backPerhaps(broker: SeenBroker, at: Sighting, channel: SeenChannel, { tag, consumer, entry }: Held): void {
  channel.unacked.delete(tag);
  if (consumer) consumer.unacked--;
  broker.perhapsBack(entry, { by: channel, from: channel.seenAt, to: at.seq }, routeDoubt(entry.queue));
}

function handedAgain({ perhapsRecovered, unacked }: SeenChannel, holds: (held: Held) => boolean): Held[] {
  return [...perhapsRecovered].filter((held) => unacked.get(held.tag) === held && holds(held));
}

/** It came back too often, so whoever gave it back was heard. Returns whether somebody is known to have done so. */
export function givenBack(
  { channels, lateReturns }: SeenBroker,
  at: Sighting,
  queue: string,
  identity: string,
): boolean {
  for (const late of lateReturns) {
    if (!late.returns(queue, identity)) continue;
    late.tell(at);
    return true;
  }
  for (const { pending } of channels) {
    const settle = pending.all.find((one): one is Settle => one instanceof Settle && one.returns(queue, identity));
    if (!settle) continue;
    settle.proven(at);
    return true;
  }
  return false;
}

/** Where all that a message may be was given back on one channel, the first to be given back has come back. */
export function givenBackFirst(
  { channels }: SeenBroker,
  at: Sighting,
  { ready }: SeenQueue,
  { key, deaths }: Publication,
): void {
  const same = ready.of(key);
  const by = same.length > 0 && deaths.length === 0 ? same.at(0).returned?.by : undefined;
  const channel = [...channels].find((one) => one === by);
  if (!channel || same.length > LOOKED_AT) return;
  const waiting = channel.pending.all.filter((one): one is Settle => one instanceof Settle);
  const givers = [...same].map((entry) => waiting.find(({ held }) => held.some((one) => one.entry === entry)));
  const first = waiting.find((one) => givers.includes(one));
  // What stands behind an error came back with all that its channel held.
  if (!first || givers.includes(undefined) || channel.pending.isBehindError(first)) return;
  first.proven(at);
  recoveredBy(at, channel, first);
}

/** What comes again was not settled, though its client said so: not where that stands behind an error. */
export function unreadAcks(
  { channels }: { readonly channels: Iterable<SeenChannel> },
  holds: (held: Held) => boolean,
  isUnread: (pending: SeenChannel['pending'], one: Settle) => boolean,
): boolean {
  let isAny = false;
  for (const { pending } of channels) {
    for (const one of pending.all) {
      if (!(one instanceof Settle) || !isUnread(pending, one) || !one.held.some(holds)) continue;
      pending.forget(one);
      one.undone();
      isAny = true;
    }
  }
  return isAny;
}

/** The same, of what stands behind an error. */
export function unreadBehindErrors({ channels }: SeenBroker, holds: (held: Held) => boolean): boolean {
  const blocked = [...channels].filter(({ pending }) => pending.isBlocked);
  return unreadAcks({ channels: blocked }, holds, (pending, one) => pending.isBehindError(one));
}

/** What was given back behind an error that may be none: it may have come back after all. Returns whether any has. */
export function lookAgain({ channels }: SeenBroker, at: Sighting, holds: (held: Held) => boolean): boolean {
  let isAny = false;
  for (const { pending } of channels) {
    for (const one of pending.all) {
      if (one instanceof Settle && one.held.some(holds) && one.mayTakeEffect(at)) isAny = true;
    }
  }
  return isAny;
}

/**
 * Whoever is gone may have said what becomes of others, too, and not have been read any more: not where they ended by
 * something that they asked for only after that.
 */
function unreadSettles(at: Sighting, channel: SeenChannel): void {
  const { pending, goodbye } = channel;
  const endsByItself = goodbye !== undefined || isRecovering(channel) || pending.mayFailAt !== undefined;
  for (const one of pending.all) {
    if (!(one instanceof Settle) || (endsByItself && !pending.mayBeBehindError(one))) continue;
    pending.forget(one);
    if (pending.isBehindError(one)) one.undone();
    else one.lost(at, { code: 'UNREAD', values: {} });
  }
}
