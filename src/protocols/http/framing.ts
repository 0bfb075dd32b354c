/**
 * How long a body is: RFC 9112 §6.3. Of a request, whatever two readers could understand differently is refused; of a
 * response, what the standard tells or allows clients to accept is accepted.
 */
import type { Side } from '../protocol.ts';
import { httpError } from './head.ts';
import { type HttpFault, headerTokens, headerValues, type RequestValue, type ResponseValue } from './values.ts';

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
  const lengths = lengthsOf(from, head);
  const codings = headerTokens(head.headers, 'transfer-encoding');
  if (headerValues(head.headers, 'transfer-encoding').length > 0) return transfer(from, head.version, codings, lengths);
  if (lengths.length === 0) return undefined;
  const [length = ''] = lengths;
  if (lengths.length > 1 || !/^\d+$/.test(length) || !Number.isSafeInteger(Number(length))) {
    throw httpError(from, 'RFC 9112 §6.3', 'Content-Length is not one decimal number');
  }
  return length === '0' ? NONE : { kind: 'length', length: Number(length) };
}

function transfer(from: Side, version: string, codings: string[], lengths: string[]): Framing {
  if (from === 'client' && lengths.length > 0) {
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

/** The different lengths that a head names; a request may name one, and once. RFC 9110 §8.6 */
function lengthsOf(from: Side, { headers }: RequestValue | ResponseValue): string[] {
  if (from === 'client') return headerValues(headers, 'content-length');
  return [...new Set(headerTokens(headers, 'content-length'))];
}

/** What is wrong with how a response tells its length, though it can be read. */
export function framingFaults({ headers }: ResponseValue): HttpFault[] {
  const lengths = headerTokens(headers, 'content-length').length;
  const coded = lengths > 0 && headerValues(headers, 'transfer-encoding').length > 0;
  return [...(lengths > 1 ? ['repeated-length' as const] : []), ...(coded ? ['length-and-coding' as const] : [])];
}

/** Whether a body follows that head. */
export function hasBody(head: RequestValue | ResponseValue): boolean {
  return (head.kind === 'request' ? requestFraming(head) : responseFraming(head)).kind !== 'none';
}
