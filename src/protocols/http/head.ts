/** Start lines and header fields: RFC 9112 §2 to §5, https://www.rfc-editor.org/rfc/rfc9112 */

import { ProtocolError } from '../../core/errors.ts';
import type { Side } from '../protocol.ts';
import type { Headers, HttpFault, RequestValue, ResponseValue } from './values.ts';

/** The longest head (start line and header fields), in bytes, and the longest trailer section. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** The most header fields of one message. */
export const MAX_HEADERS = 1000;

const CR = 0x0d;
const LF = 0x0a;
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([\\x21-\\x7e\\x80-\\xff]+) HTTP/(\\d\\.\\d)$`);
const STATUS_LINE = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const FIELD_NAME = new RegExp(`^${TOKEN}$`);
const NOT_FIELD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const EDGE_WHITESPACE = /^[\t ]+|(?<![\t ])[\t ]+$/g;

/** The error a peer caused; the code is what a server would answer, or a gateway where the server is at fault. */
export function httpError(from: Side, clause: string, message: string, code = 400): ProtocolError {
  return new ProtocolError(message, { clause, code: from === 'client' ? code : 502 });
}

/** Reads a request head, its final empty line included. */
export function parseRequest(bytes: Buffer): RequestValue {
  const [line = '', ...fields] = linesOf(bytes);
  const [, method, target, version] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined || version === undefined) {
    throw httpError('client', 'RFC 9112 §3', 'not a request line');
  }
  if (!version.startsWith('1.')) throw httpError('client', 'RFC 9112 §2.3', `HTTP/${version} is not HTTP/1`, 505);
  const headers = strictFields('client', fields);
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && version !== '1.0')) {
    throw httpError('client', 'RFC 9112 §3.2', `a request needs one Host header and this has ${hosts}`);
  }
  return { kind: 'request', method, target, version, headers };
}

/** Reads a response head, its final empty line included. */
export function parseResponse(bytes: Buffer): Omit<ResponseValue, 'request'> {
  const [line = '', ...fields] = linesOf(bytes);
  const [, version, status, reason = ''] = STATUS_LINE.exec(line) ?? [];
  if (version === undefined || status === undefined) throw httpError('server', 'RFC 9112 §4', 'not a status line');
  if (!version.startsWith('1.')) throw httpError('server', 'RFC 9112 §2.3', `HTTP/${version} is not HTTP/1`);
  const { headers, faults } = tolerantFields(bytes, fields);
  return {
    kind: 'response',
    status: Number(status),
    reason,
    version,
    headers,
    ...(faults.length > 0 ? { faults } : {}),
  };
}

/** Reads the trailer section that follows a last chunk, its final empty line included. */
export function parseTrailers(from: Side, bytes: Buffer): { headers: Headers; faults: readonly HttpFault[] } {
  const fields = bytes[0] === CR || bytes[0] === LF ? [] : linesOf(bytes);
  if (from === 'server') return tolerantFields(bytes, fields);
  return { headers: strictFields(from, fields), faults: [] };
}

/** The lines before the empty one, whichever way they end: who asked for these bytes has seen to it that they may. */
function linesOf(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .replace(/\r?\n\r?\n$/, '')
    .split(/\r?\n/);
}

/** Of requests nothing is accepted that two readers could understand differently: that is how they get smuggled. */
function strictFields(from: Side, fields: readonly string[]): Headers {
  checkCount(from, fields);
  return fields.map((field) => {
    // A line that begins with white space would continue the one before: obs-fold.
    if (isFolded(field)) throw httpError(from, 'RFC 9112 §5.2', 'a header is folded over two lines');
    return parseField(from, field);
  });
}

/** Clients forgive a server some faults, as the standard lets them; what they read is read, and the fault is named. */
function tolerantFields(bytes: Buffer, fields: readonly string[]): { headers: Headers; faults: HttpFault[] } {
  checkCount('server', fields);
  const faults = new Set<HttpFault>();
  if (/(?<!\r)\n/.test(bytes.toString('latin1'))) faults.add('lf-alone');
  const headers: [string, string][] = [];
  for (const field of fields) {
    const last = headers.at(-1);
    if (isFolded(field) && last) {
      faults.add('folded-header');
      last[1] = `${last[1]} ${fieldValue('server', last[0], field)}`.trim();
      continue;
    }
    const [name, value] = parseField('server', field.replace(/^([^:\t ]+)[\t ]+:/, '$1:'));
    if (/^[^:]*[\t ]:/.test(field)) faults.add('blank-before-colon');
    headers.push([name, value]);
  }
  return { headers, faults: [...faults] };
}

function isFolded(field: string): boolean {
  return field.startsWith(' ') || field.startsWith('\t');
}

function checkCount(from: Side, fields: readonly string[]): void {
  if (fields.length > MAX_HEADERS) {
    throw httpError(from, 'RFC 9110 §5.4', `more than ${MAX_HEADERS} header fields`, 431);
  }
}

function parseField(from: Side, field: string): readonly [string, string] {
  const colon = field.indexOf(':');
  const name = field.slice(0, Math.max(colon, 0));
  if (!FIELD_NAME.test(name)) throw httpError(from, 'RFC 9112 §5.1', 'a header line has no valid name');
  return [name, fieldValue(from, name, field.slice(colon + 1))];
}

function fieldValue(from: Side, name: string, text: string): string {
  const value = text.replace(EDGE_WHITESPACE, '');
  if (NOT_FIELD_VALUE.test(value)) {
    throw httpError(from, 'RFC 9110 §5.5', `the value of header ${name} holds a control character`);
  }
  return value;
}
