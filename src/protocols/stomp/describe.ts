/** Tells STOMP frames to people and programs. Never tells a passcode. */
import type { Json } from '../../core/json.ts';
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
const PREVIEW_LENGTH = 60;

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
  const readable = text(value.body);
  if (value.bodySize > 0) {
    words.push(`${value.bodySize} ${value.bodySize === 1 ? 'byte' : 'bytes'}`);
    if (readable) words.push(JSON.stringify(shorten(readable)));
  }
  const body = readable ?? { base64: value.body.toString('base64') };
  const secret = value.headers.some(([name]) => isSecret(name));
  return { summary: words.join(' '), fields: { headers, bodySize: value.bodySize, body }, secret };
}

function isSecret(header: string): boolean {
  return SECRETS.has(header.toLowerCase());
}

function word(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const told = /[\p{Cc}\s]/u.test(value) || value === '' ? JSON.stringify(value) : value;
  return [BARE.has(name) ? told : `${name}=${told}`];
}

const CONTROL = /[^\P{Cc}\t\n\r]|\uFFFD/u;

/** The bytes as text, where they are text. A character that was cut off at the end does not count. */
function text(bytes: Buffer): string | undefined {
  const decoded = bytes.toString('utf8').replace(/\uFFFD$/, '');
  return CONTROL.test(decoded) ? undefined : decoded;
}

const shorten = (line: string): string =>
  line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH - 1)}…` : line;
