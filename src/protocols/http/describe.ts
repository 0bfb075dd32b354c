/** Tells HTTP frames to people and programs, without the secrets that headers and URLs hold. */
import type { Json } from '../../core/json.ts';
import { HIDDEN, secretsAreShown } from '../../core/secrets.ts';
import { oneLine, previewOf, textOf } from '../preview.ts';
import type { Description, Frame } from '../protocol.ts';
import { type Headers, type HttpValue, headerValues, type RequestValue, type ResponseValue } from './values.ts';

const MAX_NAME_CHARS = 200;
/** Headers that carry credentials, and whatever is named as if it did: X-Auth-Token, Api-Key, Set-Cookie, X-Session-Id. */
const SECRET_HEADER = new RegExp(
  '(^|-)(authentication|authorization|auth|cookie2?|credentials?|jwt|passcode|passw(or)?d|secret|session(-?id)?' +
    '|signature|token|apikey|(access|api|auth|functions|private|secret|subscription)-?key)($|-)',
  'i',
);
/** Browsers can set no header of a WebSocket but this one, so it is where bearer tokens travel. */
const SUBPROTOCOLS = 'sec-websocket-protocol';
const KNOWN_SUBPROTOCOL = /^v1[012]\.stomp$/;
const USER_INFO = /(\/\/[^\s/?#@:]*):[^\s/?#]*@/g;
const SECRET_QUERY = /([?&;](?:access_token|api_?key|auth|key|passw(?:or)?d|secret|sig|signature|token)=)[^&;#\s]*/gi;

/** What a head is called in a trace: `GET /path`, `200 OK`. */
export function nameOf(head: RequestValue | ResponseValue): string {
  const name =
    head.kind === 'request' ? `${head.method} ${withoutSecrets(head.target)}` : `${head.status} ${head.reason}`;
  return oneLine(name, MAX_NAME_CHARS);
}

export function describe(frame: Frame): Description {
  const value = frame.value as HttpValue;
  switch (value.kind) {
    case 'request': {
      const { method, target, version } = value;
      const fields = { method, target: withoutSecrets(target), version, headers: headersView(value.headers) };
      const secret = holdsSecrets(value.headers) || withoutSecrets(target) !== target;
      return { summary: told(value.headers, ['host', 'upgrade', 'content-type', 'last-event-id']), fields, secret };
    }
    case 'response': {
      const { status, reason, version } = value;
      const fields = {
        status,
        reason,
        version,
        headers: headersView(value.headers),
        ...faultsView(value),
        ...answered(value),
      };
      const secret = holdsSecrets(value.headers);
      const summary = told(value.headers, ['upgrade', 'content-type', 'location', 'retry-after']);
      return { summary: withFaults(summary, value), fields, secret };
    }
    case 'body':
    case 'chunk': {
      const cut = value.complete ? '' : ' (cut off)';
      const fields = { ...bodyView(value.body, value.bodySize), complete: value.complete };
      return { summary: `${value.bodySize} B ${previewOf(value.body, value.bodySize)}${cut}`, fields };
    }
    case 'event': {
      const { event, data, id } = value;
      const marks = [event === 'message' ? '' : event, id === '' ? '' : `id ${id}`].filter((mark) => mark !== '');
      return { summary: oneLine([...marks, data].join(' ')), fields: { event, data, id } };
    }
    case 'comment':
      return { summary: oneLine(value.text), fields: { text: value.text } };
    case 'end':
      return {
        summary: withFaults(`after ${value.bodySize} B`, value),
        fields: { bodySizeBytes: value.bodySize, trailers: headersView(value.trailers), ...faultsView(value) },
        secret: holdsSecrets(value.trailers),
      };
  }
}

type Faulty = Pick<ResponseValue, 'faults'>;

function faultsView({ faults }: Faulty): { [key: string]: Json } {
  return faults ? { faults: [...faults] } : {};
}

function withFaults(summary: string, { faults }: Faulty): string {
  return [summary, ...(faults ? [`(faulty: ${faults.join(', ')})`] : [])].filter(Boolean).join(' ');
}

function answered(response: ResponseValue): { [key: string]: Json } {
  return response.request ? { answers: nameOf(response.request) } : {};
}

/** The few headers that say what a message is about, where it has them. */
function told(headers: Headers, names: readonly string[]): string {
  const found = names.flatMap((name) => headerValues(headers, name).map((value) => withoutSecrets(value)));
  return oneLine(found.join(' · '), MAX_NAME_CHARS);
}

function headersView(headers: Headers): Json {
  return headers.map(([name, value]) => [name, shownValue(name, value)]);
}

function shownValue(name: string, value: string): string {
  if (secretsAreShown()) return value;
  if (SECRET_HEADER.test(name)) return HIDDEN;
  if (name.toLowerCase() !== SUBPROTOCOLS) return withoutSecrets(value);
  return value.replace(/[^\s,]+/g, (subprotocol) => (KNOWN_SUBPROTOCOL.test(subprotocol) ? subprotocol : HIDDEN));
}

function holdsSecrets(headers: Headers): boolean {
  return headers.some(([name, value]) => shownValue(name, value) !== value);
}

function bodyView(body: Buffer, bodySize: number): { [key: string]: Json } {
  const text = textOf(body, bodySize);
  return { bodySizeBytes: bodySize, ...(text === undefined ? { base64: body.toString('base64') } : { body: text }) };
}

/** A target or a header without the passwords and tokens that its URLs hold. */
export function withoutSecrets(text: string): string {
  if (secretsAreShown()) return text;
  return text.replace(USER_INFO, `$1:${HIDDEN}@`).replace(SECRET_QUERY, `$1${HIDDEN}`);
}
