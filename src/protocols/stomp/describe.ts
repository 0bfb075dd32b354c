/** Tells STOMP frames to people and programs. Never tells a passcode. */
import type { Json } from '../../core/json.ts';
import { secretsAreShown } from '../../core/secrets.ts';
import { bodySummary, quoteIfNeeded, readableText } from '../preview.ts';
import type { Description, Frame } from '../protocol.ts';
import { header, type StompValue } from './frame.ts';

/** Told first, in this order, and by value alone where the name would say nothing new. */
const LEADING = [
  'destination',
  'version',
  'subscription',
  'id',
  'message-id',
  'receipt',
  'receipt-id',
  'transaction',
  'message',
];
/** Headers whose content is nobody's business. */
const SECRETS: ReadonlySet<string> = new Set(['passcode', 'authorization', 'x-auth-token']);
const BARE: ReadonlySet<string> = new Set(['destination']);
const QUIET: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'passcode',
  'login',
  'session',
  'accept-version',
]);

export function describe(frame: Frame): Description {
  const value = frame.value as StompValue;
  if (value.command === 'heart-beat') return { summary: '', fields: {} };
  const headers: { [name: string]: Json } = {};
  for (const [name, content] of value.headers) {
    if (!Object.hasOwn(headers, name))
      Object.defineProperty(headers, name, { value: isSecret(name) ? '***' : content, enumerable: true });
  }
  const words = LEADING.flatMap((name) => word(name, header(value, name)));
  for (const name of Object.keys(headers)) {
    if (!LEADING.includes(name) && !QUIET.has(name)) words.push(...word(name, String(headers[name])));
  }
  if (value.bodySize > 0) words.push(bodySummary(value.body, value.bodySize));
  const body = readableText(value.body) ?? { base64: value.body.toString('base64') };
  const secret = value.headers.some(([name]) => isSecret(name));
  return { summary: words.join(' '), fields: { headers, bodySize: value.bodySize, body }, secret };
}

function isSecret(header: string): boolean {
  return !secretsAreShown() && SECRETS.has(header.toLowerCase());
}

function word(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const told = quoteIfNeeded(value);
  return [BARE.has(name) ? told : `${name}=${told}`];
}
