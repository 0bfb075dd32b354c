/** Why it may not be sure that a message is in a queue, and what is told of it where nothing settles the matter. */
import type { Statement } from '../../../core/statements/index.ts';
import type { Fate } from '../../ledger/index.ts';
import type { DeathReason } from '../messages/publication.ts';
import type { Span } from '../span.ts';
import type { Doubt, Home } from './entry.ts';
import { REPLY_TO } from './reply-to.ts';
import { limitText } from './traits.ts';

/** Whether the queue was bound when the message was routed: nothing tells which came first. */
export function routeDoubt({ name: queue }: Home): Doubt {
  return {
    unknown: { code: 'MAY_BE_IN_QUEUE', values: { queue } },
    absent: { kind: 'ended', stage: 'unroutable', reason: { code: 'NOT_BOUND_THEN', values: { queue } } },
  };
}

/** Whether what a doubt leaves open is when it ended in its queue, and not whether it came there. */
export function endsHere({ absent }: Doubt): boolean {
  return absent.kind === 'ended' && absent.stage === 'dropped';
}

/** The queue was full, and no order tells which of several messages went. */
export function droppedPerhaps(home: Home): Doubt {
  const values = { queue: home.name, limit: limitText(home.traits) };
  return {
    unknown: { code: 'MAY_BE_DROPPED', values },
    absent: { kind: 'ended', stage: 'dropped', reason: headDropped(home) },
  };
}

/**
 * The queue was full, and its head went. With priorities that may be its newest message, and so may it be in a quorum
 * queue, where also what came back stands first.
 */
export function headDropped({ name: queue, traits }: Home): Statement {
  const head = traits.isQuorum
    ? ({ head: 'first' } as const)
    : traits.maxPriority > 0 && ({ head: 'priority' } as const);
  return { code: 'DROPPED_MAX_LENGTH', values: { queue, limit: limitText(traits), ...head } };
}

/** A stream with a limit drops what is old, now and then. */
export function droppedWhenOld({ name: queue }: Home, limit: string): Doubt {
  const unknown: Statement = { code: 'MAY_BE_TRIMMED', values: { queue, limit } };
  return { unknown, absent: { kind: 'unknown', reason: unknown } };
}

/** A queue that refuses what it has no room for: the broker's confirm tells whether it did. */
export class RefusalDoubt implements Doubt {
  /** No confirm comes that tells. */
  isUntold = false;
  further: Doubt | undefined;
  readonly unknown: Statement;
  readonly absent: Fate;

  constructor(queue: Home) {
    this.unknown = { code: 'MAY_BE_IN_QUEUE', values: { queue: queue.name } };
    this.absent = { kind: 'ended', stage: 'dropped', reason: queueFull(queue) };
  }
}

export function queueFull({ name: queue, traits }: Home): Statement {
  return { code: 'QUEUE_FULL_REJECTS', values: { queue, limit: limitText(traits) } };
}

/** Why a message is dead-lettered: one that a full queue refuses never was in it. https://www.rabbitmq.com/docs/maxlength */
export function deadLetter({ name: queue, traits }: Home, death: DeathReason): Statement {
  const isRefused = death === 'maxlen' && traits.refuses === 'and dead-letters';
  return { code: 'DEAD_LETTER', values: { queue, cause: isRefused ? 'refused' : death } };
}

/**
 * Where a message goes that dies in a queue of a broker that others use, too: as its arguments say, which count before
 * any policy. https://www.rabbitmq.com/docs/policies
 */
export function sentOn({ name: queue, traits }: Home, routingKey: string): Statement {
  const { deadLetterExchange: exchange, deadLetterRoutingKey: key = routingKey } = traits;
  if (exchange === undefined) return { code: 'OUT_OF_SIGHT_DEAD_LETTER', values: { queue } };
  if (exchange !== '') return { code: 'OUT_OF_SIGHT_DEAD_LETTER_EXCHANGE', values: { queue, exchange } };
  return { code: 'OUT_OF_SIGHT_DEAD_LETTER_QUEUE', values: { queue, to: key } };
}

/** It is where others may take it, or was a reply that nobody was seen to be given. */
export function outOfSight({ name: queue }: Home): Statement {
  return { code: queue === REPLY_TO ? 'REPLY_UNSEEN' : 'OUT_OF_SIGHT_QUEUE', values: { queue } };
}

/** A consumer without acks is gone, and with it what was on its way to it. */
export function handedOut({ name: queue }: Home, peer: string): Doubt {
  const unknown: Statement = { code: 'MAY_BE_HANDED_OUT', values: { queue, peer } };
  return { unknown, absent: { kind: 'unknown', reason: unknown } };
}

/** A subscription that its client had ended was given one of those that were there by then. */
export function givenInVain({ name: queue }: Home, peer: string): Doubt {
  const unknown: Statement = { code: 'MAY_BE_GIVEN_IN_VAIN', values: { queue, peer } };
  return { unknown, absent: { kind: 'unknown', reason: unknown } };
}

/** The ack of a consumer whose connection is lost may or may not have been read. */
export function ackedPerhaps({ name: queue }: Home): Doubt {
  return { unknown: { code: 'ACK_MAY_BE_UNREAD', values: { queue } }, absent: { kind: 'reached' } };
}

/**
 * Whoever held it is gone: it may be back, or gone with a queue that was unused for too long or that went. Of two
 * subscriptions to which it may have come one may need no ack.
 */
export function backPerhaps(queue: Home, isUnused: boolean, mayNeedNoAck = false): Doubt {
  if (isUnused) return unusedPerhaps(queue);
  if (!mayNeedNoAck) return goneWithQueue(queue);
  return { unknown: { code: 'ACK_MAY_BE_NEEDED', values: { queue: queue.name } }, absent: { kind: 'reached' } };
}

/** Its queue was emptied `by` then, and nothing tells whether it was there. */
export function purgedPerhaps({ name: queue }: Home, by: Span): Doubt & { readonly by: Span } {
  const reason: Statement = { code: 'QUEUE_PURGED', values: { queue } };
  return { by, unknown: { code: 'MAY_BE_PURGED', values: {} }, absent: { kind: 'ended', stage: 'dropped', reason } };
}

/** Its queue may have gone: with its last consumer, or as `reason` says. */
export function goneWithQueue({ name: queue }: Home, why?: Statement): Doubt {
  const reason: Statement = why ?? { code: 'QUEUE_AUTO_DELETE', values: { queue } };
  return {
    unknown: { code: 'MAY_BE_IN_QUEUE', values: { queue } },
    absent: { kind: 'ended', stage: 'dropped', reason },
  };
}

/** Its queue was used just when it was to go because nobody did. */
export function unusedPerhaps({ name: queue, traits: { expiresMs } }: Home): Doubt {
  return {
    unknown: { code: 'MAY_BE_IN_QUEUE', values: { queue } },
    absent: {
      kind: 'ended',
      stage: 'dropped',
      reason: { code: 'QUEUE_EXPIRED', values: { queue, expiresMs: expiresMs ?? 0 } },
    },
  };
}

/** The same doubt of another message, which no answer to a publish settles. */
export function unanswered({ unknown, by }: Doubt): Doubt {
  return { by, unknown, absent: { kind: 'unknown', reason: unknown } };
}
