/** Start lines and header fields: RFC 9112 §2 to §5, https://www.rfc-editor.org/rfc/rfc9112 */
import { ProtocolError } from '../../core/errors.ts';
import type { Side } from '../protocol.ts';
import type { Headers, RequestValue, ResponseValue } from './values.ts';

/** The longest head (start line and header fields), in bytes, and the longest trailer section. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** The most header fields of one message. */
export const MAX_HEADERS = 1000;

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
  const [line, ...fields] = lines(bytes);
  const [, method, target, version] = REQUEST_LINE.exec(line!) ?? [];
  if (method === undefined || target === undefined || version === undefined) {
    throw httpError('client', 'RFC 9112 §3', 'not a request line');
  }
  if (!version.startsWith('1.')) throw httpError('client', 'RFC 9112 §2.3', `HTTP/${version} is not HTTP/1`, 505);
  const headers = parseFields('client', fields);
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && version !== '1.0')) {
    throw httpError('client', 'RFC 9112 §3.2', `a request needs one Host header and this has ${hosts}`);
  }
  return { kind: 'request', method, target, version, headers };
}

/** Reads a response head, its final empty line included. */
export function parseResponse(bytes: Buffer): Omit<ResponseValue, 'request'> {
  const [line, ...fields] = lines(bytes);
  const [, version, status, reason = ''] = STATUS_LINE.exec(line!) ?? [];
  if (version === undefined || status === undefined) throw httpError('server', 'RFC 9112 §4', 'not a status line');
  if (!version.startsWith('1.')) throw httpError('server', 'RFC 9112 §2.3', `HTTP/${version} is not HTTP/1`);
  return { kind: 'response', status: Number(status), reason, version, headers: parseFields('server', fields) };
}

/** Reads the trailer section that follows a last chunk, its final empty line included. */
export function parseTrailers(from: Side, bytes: Buffer): Headers {
  return bytes.length === 2 ? [] : parseFields(from, lines(bytes));
}

function lines(bytes: Buffer): string[] {
  return bytes.toString('latin1', 0, bytes.length - 4).split('\r\n');
}

function parseFields(from: Side, fields: readonly string[]): Headers {
  if (fields.length > MAX_HEADERS) {
    throw httpError(from, 'RFC 9110 §5.4', `more than ${MAX_HEADERS} header fields`, 431);
  }
  return fields.map((field) => {
    // A line that begins with white space would continue the one before: obs-fold.
    if (field.startsWith(' ') || field.startsWith('\t')) {
      throw httpError(from, 'RFC 9112 §5.2', 'a header is folded over two lines');
    }
    const colon = field.indexOf(':');
    const name = field.slice(0, Math.max(colon, 0));
    if (!FIELD_NAME.test(name)) throw httpError(from, 'RFC 9112 §5.1', 'a header line has no valid name');
    const value = field.slice(colon + 1).replace(EDGE_WHITESPACE, '');
    if (NOT_FIELD_VALUE.test(value)) {
      throw httpError(from, 'RFC 9110 §5.5', `the value of header ${name} holds a control character`);
    }
    return [name, value] as const;
  });
}
