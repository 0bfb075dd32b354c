/** Tells AMQP frames to people and programs. Never tells a secret. */
import type { Json } from '../../core/json.ts';
import { HIDDEN, secretsAreShown } from '../../core/secrets.ts';
import { bodySummary, quoteIfNeeded, readableText } from '../preview.ts';
import type { Description, Frame } from '../protocol.ts';
import type { AmqpContent, AmqpValue } from './frame.ts';
import { type AmqpMethodName, METHODS } from './methods.ts';
import { type FieldValue, plain } from './table.ts';

const SECRETS: ReadonlySet<string> = new Set(['response', 'newSecret', 'challenge']);
/** Left out of summaries: reserved arguments, and those that are rarely worth a line's room. */
const QUIET: ReadonlySet<string> = new Set([
  'ticket',
  'outOfBand',
  'channelId',
  'capabilities',
  'insist',
  'knownHosts',
  'clusterId',
  'locale',
  'locales',
]);
const SHORT_NAMES: { readonly [name: string]: string } = {
  routingKey: 'key',
  deliveryTag: 'tag',
  virtualHost: 'vhost',
};
const TABLE_SUMMARIES: ReadonlySet<string> = new Set(['clientProperties', 'serverProperties']);

export function describe(frame: Frame): Description {
  const value = frame.value as AmqpValue;
  if (value.method === 'heartbeat') return { summary: '', fields: { channel: 0 } };
  if (value.method === 'protocol-header') return { summary: `AMQP ${value.args.version}`, fields: { ...value.args } };
  const words = Object.keys(METHODS[value.method].fields).flatMap((name) => summarise(value.method, name, value.args));
  const fields: { [key: string]: Json } = { channel: value.channel };
  for (const [name, arg] of Object.entries(value.args)) {
    if (name !== 'ticket') fields[name] = isSecret(name) ? HIDDEN : toJson(plain(arg as FieldValue));
  }
  if (value.content) {
    words.push(contentSummary(value.content));
    fields.properties = toJson(plain(value.content.properties as FieldValue));
    const { bodySize, publishNumber } = value.content;
    if (publishNumber !== undefined) fields.publishNumber = publishNumber;
    fields.bodySize = bodySize;
    fields.body = readableText(value.content.body) ?? { base64: value.content.body.toString('base64') };
  }
  const secret = Object.keys(value.args).some(isSecret);
  return { summary: words.join(' '), fields, secret };
}

function isSecret(name: string): boolean {
  return !secretsAreShown() && SECRETS.has(name);
}

function summarise(method: AmqpMethodName, name: string, args: object): string[] {
  const value = (args as { [name: string]: unknown })[name];
  if (QUIET.has(name) || isSecret(name) || value === false || value === 0) return [];
  // An empty exchange is the default exchange, which a publish should not keep quiet about.
  if (value === '' && !(name === 'exchange' && method.startsWith('basic.'))) return [];
  const label = SHORT_NAMES[name] ?? dashed(name);
  if (value === true) return [label];
  if (name === 'replyText') return [JSON.stringify(value)];
  if (typeof value === 'object') {
    const entries = Object.entries(plain(value as FieldValue) as object);
    if (entries.length === 0) return [];
    return [TABLE_SUMMARIES.has(name) ? product(value as { [name: string]: unknown }) : pairs(entries)];
  }
  return [`${label}=${value === '' ? '(default)' : quoteIfNeeded(String(value))}`];
}

function product(properties: { [name: string]: unknown }): string {
  const parts = [properties.product, properties.version].filter((part) => typeof part === 'string');
  return parts.map(quoteIfNeeded).join(' ');
}

const pairs = (entries: [string, unknown][]): string =>
  entries
    .map(([name, value]) =>
      quoteIfNeeded(`${name}=${typeof value === 'string' ? value : JSON.stringify(toJson(value))}`),
    )
    .join(' ');

function contentSummary({ properties, bodySize, body, publishNumber }: AmqpContent): string {
  const marks: string[] = [];
  if (publishNumber !== undefined) marks.push(`number=${publishNumber}`);
  if (properties.deliveryMode === 2) marks.push('persistent');
  if (properties.messageId !== undefined) marks.push(`id=${quoteIfNeeded(properties.messageId)}`);
  if (properties.correlationId !== undefined) marks.push(`correlation=${quoteIfNeeded(properties.correlationId)}`);
  if (properties.replyTo !== undefined) marks.push(`reply-to=${quoteIfNeeded(properties.replyTo)}`);
  marks.push(bodySummary(body, bodySize));
  return marks.join(' ');
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (Buffer.isBuffer(value)) return readableText(value) ?? { base64: value.toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value as object).map(([name, item]) => [name, toJson(item)]));
}
