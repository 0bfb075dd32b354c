/** Writes HTTP/1.1: https://www.rfc-editor.org/rfc/rfc9112 */
import type { RequestValue, ResponseValue } from './values.ts';

/** Ends a chunked body that has no trailers. */
export const LAST_CHUNK = Buffer.from('0\r\n\r\n', 'latin1');

/** A head as it goes on the wire, its final empty line included. */
export function encodeHead(head: Omit<RequestValue, 'kind'> | Omit<ResponseValue, 'kind'>): Buffer {
  const start =
    'method' in head
      ? `${head.method} ${head.target} HTTP/${head.version}`
      : `HTTP/${head.version} ${head.status} ${head.reason}`;
  const fields = head.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${start}\r\n${fields}\r\n`, 'latin1');
}

/** One chunk of a chunked body. An empty one would end the body, so there is none for it. */
export function encodeChunk(body: Buffer): Buffer {
  if (body.length === 0) return body;
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`, 'latin1'), body, Buffer.from('\r\n', 'latin1')]);
}
