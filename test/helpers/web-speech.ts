/** What clients and servers say in HTTP and WebSocket, as bytes, and stories of it. */
import { expect } from 'vitest';
import { encodeClose, encodeFrame } from '../../src/protocols/websocket/index.ts';
import { Narration, type Speaker } from './narrate.ts';

export const MASK = Buffer.from('abcd');
export const text = (payload: string, masked: boolean): Buffer =>
  encodeFrame({ name: 'text', payload: Buffer.from(payload), ...(masked ? { maskKey: MASK } : {}) });
export const close = (masked: boolean, code?: number, reason = ''): Buffer =>
  encodeFrame({
    name: 'close',
    payload: code === undefined ? Buffer.alloc(0) : encodeClose(code, reason),
    ...(masked ? { maskKey: MASK } : {}),
  });
export const request = (method: string, target: string, ...headers: string[]): Buffer =>
  Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`);
export const get = (target: string, ...headers: string[]): Buffer => request('GET', target, ...headers);
export const head = (status: string, ...headers: string[]): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`);
export const ok = (body: string, status = '200 OK'): Buffer =>
  Buffer.concat([head(status, `Content-Length: ${body.length}`), Buffer.from(body)]);

export function story(service: 'http' | 'ws' = 'http', own = true): Promise<Narration> {
  return Narration.of(service, ['http', 'websocket'], { own });
}

export function upgrade(peer: Speaker): Speaker {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  return peer
    .client(
      get(
        '/chat',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${key}`,
      ),
    )
    .server(
      head(
        '101 Switching Protocols',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      ),
    );
}

/** Nothing of the web is published, so there is nothing to account for. */
export function expectNoAccount(told: Narration): void {
  expect(told.end().accounts).toEqual({});
}
