/** What the broker reads in a message's properties before it takes the message, and what it refuses there. */
import { isUtf8 } from 'node:buffer';
import { ProtocolError } from '../../../core/errors.ts';
import { type AmqpProperties, decodeProperties, encodeProperties } from '../../../protocols/amqp/properties.ts';
import { type FieldTable, fieldType } from '../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../differences.ts';
import { preconditionFailed, Refusal } from '../refusal.ts';
import { isFiniteValue } from '../terms.ts';
import { carbonCopies, sorted } from './dead-letter.ts';
import type { Traits } from './message.ts';
import { REPLY_TO } from './reply-to.ts';
import { LONGEST_TTL_MS } from './time-to-live.ts';

export interface Content extends Traits {
  readonly properties: Buffer;
  readonly extraKeys: readonly string[] | undefined;
}

const PLAIN: Traits = { isPersistent: false, priority: 0, ttlMs: undefined };
const PERSISTENT: Traits = { isPersistent: true, priority: 0, ttlMs: undefined };

/**
 * Checks the properties that a client published and reads what counts. They stay as they are but for two: BCC is
 * taken out, and a direct reply-to becomes the name that leads back to `replyName`. Headers may be put in order.
 */
export function prepareContent(
  properties: Buffer,
  user: string,
  replyName: string | undefined,
  { sortedHeaders }: Pick<BrokerTraits, 'sortedHeaders'>,
): Content {
  const traits = commonTraits(properties);
  if (traits) return { properties, extraKeys: undefined, ...traits };
  const decoded = readable(properties);
  // What can't be written again would be in the way when the message dies.
  if (!isUtf8(properties)) assertWritable(decoded);
  if (decoded.headers) assertNumbers(decoded.headers);
  let changed = false;
  if (decoded.replyTo === REPLY_TO) {
    if (replyName === undefined) throw preconditionFailed('fast reply consumer does not exist');
    decoded.replyTo = replyName;
    changed = true;
  }
  if (decoded.userId !== undefined && decoded.userId !== user) {
    throw preconditionFailed(`user_id property set to '${decoded.userId}' but authenticated user was '${user}'`);
  }
  const ttlMs = decoded.expiration === undefined ? undefined : parseExpiration(decoded.expiration);
  let extraKeys: string[] | undefined;
  if (decoded.headers && ('CC' in decoded.headers || 'BCC' in decoded.headers)) {
    for (const name of ['CC', 'BCC']) {
      const value = decoded.headers[name];
      if (value !== undefined && !Array.isArray(value)) {
        throw preconditionFailed(`invalid message: {unacceptable_type_in_header,"${name}",${fieldType(value)}}`);
      }
    }
    extraKeys = [...carbonCopies(decoded.headers.CC), ...carbonCopies(decoded.headers.BCC)];
    changed ||= 'BCC' in decoded.headers;
    delete decoded.headers.BCC;
  }
  if (sortedHeaders && decoded.headers && !isSorted(decoded.headers)) {
    decoded.headers = sorted(decoded.headers);
    changed = true;
  }
  return {
    properties: changed ? encodeProperties(decoded) : Buffer.from(properties),
    isPersistent: decoded.deliveryMode === 2,
    priority: decoded.priority ?? 0,
    ttlMs,
    extraKeys,
  };
}

/** What can't be read makes the real one's channel crash. */
function readable(properties: Buffer): AmqpProperties {
  try {
    return decodeProperties(properties, 0, properties.length);
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal(541, '');
    throw error;
  }
}

function assertWritable(properties: AmqpProperties): void {
  try {
    encodeProperties(properties);
  } catch {
    throw new Refusal(501, 'Malformed UTF-8 in shortstr');
  }
}

function isSorted(headers: FieldTable): boolean {
  let before = '';
  for (const name of Object.keys(headers)) {
    if (name < before) return false;
    before = name;
  }
  return true;
}

/** Erlang has no infinite numbers: what reads them there ends, and the connection with it. */
function assertNumbers(headers: FieldTable): void {
  if (!isFiniteValue(headers)) throw new Refusal(541, '');
}

/** The commonest properties by far: none at all, or only a delivery mode. */
function commonTraits(properties: Buffer): Traits | undefined {
  if (properties.length === 2 && properties[0] === 0 && properties[1] === 0) return PLAIN;
  if (properties.length === 3 && properties[0] === 0x10 && properties[1] === 0) {
    return properties[2] === 2 ? PERSISTENT : PLAIN;
  }
  return undefined;
}

function parseExpiration(text: string): number {
  const refuse = (error: string) => preconditionFailed(`invalid expiration '${text}': ${error}`);
  const [number] = /^[+-]?\d+/.exec(text) ?? [];
  if (number === undefined) throw refuse('no_integer');
  const rest = text.slice(number.length);
  if (rest !== '') throw refuse(`{leftover_string,"${rest}"}`);
  const ttl = Number(number);
  if (ttl < 0) throw refuse(`{value_negative,${ttl}}`);
  if (ttl > LONGEST_TTL_MS) throw refuse(`{value_too_large,${number}}`);
  return ttl;
}
