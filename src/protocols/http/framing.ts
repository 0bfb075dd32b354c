/** How long a body is: RFC 9112 §6.3. Whatever two readers could understand differently is refused. */
import type { Side } from '../protocol.ts';
import { httpError } from './head.ts';
import { headerTokens, headerValues, type RequestValue, type ResponseValue } from './values.ts';

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

const NONE: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const UNTIL_CLOSE: Framing = { kind: 'close' };

export function requestFraming(request: RequestValue): Framing {
  return declared('client', request) ?? NONE;
}

export function responseFraming(response: ResponseValue): Framing {
  const { status, request } = response;
  const framing = declared('server', response);
  if (status < 200 || status === 204 || status === 304 || request?.method === 'HEAD') return NONE;
  // What follows a successful CONNECT is a tunnel, not a body.
  if (request?.method === 'CONNECT' && status < 300) return NONE;
  return framing ?? UNTIL_CLOSE;
}

/** The framing that the headers declare, if they declare any. */
function declared(from: Side, head: RequestValue | ResponseValue): Framing | undefined {
  const lengths = headerValues(head.headers, 'content-length');
  const codings = headerTokens(head.headers, 'transfer-encoding');
  if (headerValues(head.headers, 'transfer-encoding').length > 0) return transfer(from, head.version, codings, lengths);
  if (lengths.length === 0) return undefined;
  const [length] = lengths;
  if (lengths.length > 1 || !/^\d+$/.test(length!) || !Number.isSafeInteger(Number(length))) {
    throw httpError(from, 'RFC 9112 §6.3', 'Content-Length is not one decimal number');
  }
  return length === '0' ? NONE : { kind: 'length', length: Number(length) };
}

function transfer(from: Side, version: string, codings: string[], lengths: string[]): Framing {
  if (lengths.length > 0) {
    throw httpError(from, 'RFC 9112 §6.1', 'both Transfer-Encoding and Content-Length: a smuggling attempt');
  }
  if (version === '1.0') throw httpError(from, 'RFC 9112 §6.1', 'Transfer-Encoding in HTTP/1.0');
  const first = codings.indexOf('chunked');
  if (first >= 0 && first < codings.length - 1) {
    throw httpError(from, 'RFC 9112 §6.1', 'chunked is not the last transfer coding, or is applied twice');
  }
  if (first >= 0) return CHUNKED;
  if (from === 'client') throw httpError(from, 'RFC 9112 §6.3', 'a request body whose length nobody can know');
  return UNTIL_CLOSE;
}
