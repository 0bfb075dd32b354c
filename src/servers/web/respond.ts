import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from '../web-server.ts';

/** A request that gets an error status instead of what it asked for. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string | number> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers });
  response.end(bytes);
}

/** Answers with an error; a request whose body was not read to its end can't be followed by another one. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, message, headers }: Refusal,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const closing = request.complete || !hasBody(request) ? {} : { Connection: 'close' };
  sendJson(response, status, { error: message }, { ...headers, ...closing });
}

/** The whole body, or a Refusal with 413 before it grows beyond the limit. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = new Refusal(413, `a body may have ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= maxBytes) parts.push(part);
      else {
        request.removeAllListeners('data').resume();
        reject(tooLarge);
      }
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
    request.on('error', reject);
    request.on('aborted', () => reject(new Refusal(400, 'the request ended before its body did')));
  });
}

/** Text that a client sent. */
export function asText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal(400, 'the body is not UTF-8');
  return bytes.toString('utf8');
}

/** A query parameter that counts something. */
export function wholeNumber(name: string, text: string | null, least: number, most: number): number {
  if (text === null) return least;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal(400, `${name} must be a whole number from ${least} to ${most}`);
}
