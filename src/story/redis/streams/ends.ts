/** Why entries of streams are gone, or may be. */
import type { Statement } from '../../../core/statements/index.ts';
import type { RespCommand } from '../../../protocols/resp/index.ts';
import { ANY, type Answer } from '../keys/answer.ts';
import { type Key, shownKey } from '../keys/world.ts';

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

export function maybeEvicted(key: Key): Statement {
  return { code: 'MAY_BE_EVICTED', values: { key: shownKey(key) } };
}

export function maybeExpired(key: Key): Statement {
  return { code: 'MAY_HAVE_EXPIRED', values: { key: shownKey(key) } };
}

export function othersMayUse(key: Key): Statement {
  return { code: 'OTHERS_MAY_USE_KEY', values: { key: shownKey(key) } };
}
