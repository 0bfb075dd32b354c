import { expect, it } from 'vitest';
import http from '../../../src/protocols/http/index.ts';
import { readFrames, type Script } from '../../helpers/read-frames.ts';

function told(script: Script) {
  return readFrames(http, script, { end: true }).frames.map((frame) => ({ name: frame.name, ...http.describe(frame) }));
}

it('tells a conversation in one line each', () => {
  const lines = told([
    ['client', 'POST /jobs HTTP/1.1\r\nHost: x:1\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\na\n\tb\x1b!'],
    [
      'server',
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 7\nevent: tick\ndata: {"a":1}\n\n:hm\n\n',
    ],
  ]).map(({ name, summary }) => [name, summary]);
  expect(lines).toEqual([
    ['POST /jobs', 'x:1 · text/plain'],
    ['body', '6 B a b !'],
    ['200 OK', 'text/event-stream'],
    ['event', 'tick id 7 {"a":1}'],
    ['comment', 'hm'],
    ['end', 'after 38 B'],
  ]);
});

it('gives programs plain JSON', () => {
  const [request, body] = told([['client', 'PUT / HTTP/1.0\r\nContent-Length: 2\r\nA: b\r\n\r\n\xff\xfe']]);
  expect(request?.fields).toEqual({
    method: 'PUT',
    target: '/',
    version: '1.0',
    headers: [
      ['Content-Length', '2'],
      ['A', 'b'],
    ],
  });
  expect(body?.fields).toEqual({ bodySizeBytes: 2, base64: '//4=', complete: true });
  expect(body?.summary).toBe('2 B 2 bytes of binary');
});

it('never tells a secret, wherever it stands', () => {
  const headers = [
    'Host: x',
    'Authorization: Bearer secret',
    'PROXY-authorization: Basic secret',
    'Cookie: id=secret',
    'X-Api-Key: secret',
    'Referer: http://me:secret@x/?token=secret',
  ];
  const answer = ['Set-Cookie: id=secret', 'Location: https://me:secret@y/?a=1&access_token=secret#x'];
  const frames = told([
    ['client', `GET http://me:secret@x/?password=secret&b=1 HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`],
    ['server', `HTTP/1.1 302 Found\r\n${answer.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`],
  ]);
  expect(frames.map(({ secret }) => secret)).toEqual([true, true]);
  expect(JSON.stringify(frames.map(({ name, summary, fields }) => [name, summary, fields]))).not.toContain('secret');
  expect(frames[0]?.name).toBe('GET http://me:***@x/?password=***&b=1');
  expect(frames[1]?.fields).toMatchObject({ answers: 'GET http://me:***@x/?password=***&b=1' });
});
