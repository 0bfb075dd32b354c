/** Why entries of streams are gone, or may be. */
import type { Statement } from '../../../core/statements/index.ts';
import type { RespCommand } from '../../../protocols/resp/index.ts';
import type { Fate, Ledger, Sighting } from '../../ledger/index.ts';
import { ANY, type Answer } from '../keys/answer.ts';
import { type Key, shownKey } from '../keys/world.ts';
import type { StreamAcks } from './acks.ts';
import type { StreamCalls } from './calls.ts';
import type { Stream, StreamEntry } from './stream.ts';

/** What is told of a time to live that ran out: nobody did it. */
const EXPIRES = 'expire';

export const RESTARTED: Statement = { code: 'REDIS_RESTARTED', values: {} };

export function noStream(key: Key): Statement {
  return { code: 'NO_STREAM_TO_ADD_TO', values: { key: shownKey(key) } };
}

export function trimmed({ name }: RespCommand, key: Key): Statement {
  return { code: 'STREAM_TRIMMED', values: { command: name, key: shownKey(key) } };
}

export function deleted(key: Key): Statement {
  return { code: 'ENTRY_DELETED', values: { command: 'XDEL', key: shownKey(key) } };
}

/** These leave nothing at a key; others put something else there. */
const REMOVES = /^(?:DEL|UNLINK|MIGRATE|P?EXPIRE(?:AT)?)$/;

/** Their whole stream went, with this command: where that answered that it stored nothing, nothing is there instead. */
export function removedBy({ name }: RespCommand, key: Key, answer: Answer = ANY): Statement {
  if (/^FLUSH/.test(name)) return { code: 'DATABASE_FLUSHED', values: { command: name } };
  const code = REMOVES.test(name) || answer === 0 ? 'KEY_REMOVED' : 'KEY_REPLACED';
  return { code, values: { command: name, key: shownKey(key) } };
}

/** What a trim cuts off that answers no number, and keeps whatever it likes beyond the oldest. */
export function trimsAbout({ name }: RespCommand, key: Key): Statement {
  return { code: 'TRIMS_ABOUT', values: { command: name, key: shownKey(key) } };
}

export function expired(key: Key): Statement {
  return { code: 'KEY_EXPIRED', values: { key: shownKey(key) } };
}

export function maybeEvicted(key: Key): Statement {
  return { code: 'MAY_BE_EVICTED', values: { key: shownKey(key) } };
}

export function maybeExpired(key: Key): Statement {
  return { code: 'MAY_HAVE_EXPIRED', values: { key: shownKey(key) } };
}

export function othersMayUse(key: Key): Statement {
  return { code: 'OTHERS_MAY_USE_KEY', values: { key: shownKey(key) } };
}

export class StreamEnds {
  readonly #ledger: Ledger;
  readonly #acks: StreamAcks;
  readonly #calls: StreamCalls;
  /** See `Server.own`. */
  readonly #own: boolean;

  constructor(ledger: Ledger, acks: StreamAcks, calls: StreamCalls, own: boolean) {
    this.#ledger = ledger;
    this.#acks = acks;
    this.#calls = calls;
    this.#own = own;
  }

  leave(entry: StreamEntry, fate: Fate): void {
    if (entry.message) this.#ledger.leave(entry.message, entry, fate);
  }

  gone(at: Sighting, stream: Stream, entry: StreamEntry, verb: string, key: Key, reason: Statement): void {
    if (entry.id !== undefined) this.#acks.remove(stream, entry.id);
    stream.nameless.delete(entry);
    this.#dropped(at, entry, verb, shownKey(key), reason);
  }

  /** An entry is gone that was doubted for this reason: by itself, where its time was over, or by a command. */
  turnsOutGone(at: Sighting, stream: Stream, entry: StreamEntry, key: Key, reason: Statement): void {
    this.gone(at, stream, entry, 'command' in reason.values ? reason.values.command : EXPIRES, key, reason);
  }

  /** A whole stream is gone. */
  all(at: Sighting, stream: Stream, verb: string, key: Key, reason: Statement): void {
    this.#acks.abandon(stream);
    for (const entry of stream.all()) {
      const isUnsure = entry.isUnsure && entry.ended?.code !== reason.code;
      if (isUnsure || !this.#own) {
        this.#calls.remove(entry);
        this.leave(entry, this.#own ? entry.unsettled : { kind: 'unknown', reason: othersMayUse(key) });
        continue;
      }
      this.#dropped(at, entry, verb, shownKey(key), reason);
    }
  }

  /** The same, of one whose time to live ran out. */
  allExpired(at: Sighting, stream: Stream, key: Key): void {
    this.all(at, stream, EXPIRES, key, expired(key));
  }

  #dropped(at: Sighting, entry: StreamEntry, verb: string, route: string, reason: Statement): void {
    const from = verb === EXPIRES ? 'server' : 'client';
    this.#calls.remove(entry);
    if (entry.message) this.#ledger.conclude(at, entry.message, { stage: 'dropped', verb, from, route, reason });
    this.leave(entry, { kind: 'ended', stage: 'dropped', reason });
  }
}
