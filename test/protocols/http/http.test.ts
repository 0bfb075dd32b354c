import { describe, expect, it } from 'vitest';
import type { ProtocolError } from '../../../src/core/errors.ts';
import http, { type HttpValue } from '../../../src/protocols/http/index.ts';
import { KEEP_BYTES } from '../../../src/protocols/protocol.ts';
import { type Reading, type ReadOptions, Recorder, readFrames, type Script } from '../../helpers/read-frames.ts';

const HOST = 'Host: x\r\n';

/** Reads a script whole and one byte at a time; both must say the same. */
function read(script: Script, options: ReadOptions = {}): Reading {
  const whole = readFrames(http, script, options);
  const bytewise = readFrames(http, script, { ...options, pieceBytes: 1 });
  expect(bytewise.frames).toEqual(whole.frames);
  expect(Object.keys(bytewise.faults)).toEqual(Object.keys(whole.faults));
  return whole;
}

function names(reading: Reading): string[] {
  return reading.frames.map((frame) => frame.name);
}

function values(reading: Reading): HttpValue[] {
  return reading.frames.map((frame) => frame.value as HttpValue);
}

/** The clause that one side's bytes are refused with. */
function clause(from: 'client' | 'server', bytes: string, before: Script = []): string | undefined {
  const reading = read([...before, [from, bytes]]);
  return (reading.faults[from] as ProtocolError | undefined)?.clause;
}

describe('messages', () => {
  it('reads a request and the response that answers it', () => {
    const reading = read([
      ['client', `POST /jobs?x=1 HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`],
      ['server', 'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok'],
    ]);
    expect(names(reading)).toEqual(['POST /jobs?x=1', 'body', '201 Created', 'body']);
    const [request, body, response, answer] = values(reading);
    expect(request).toMatchObject({ kind: 'request', method: 'POST', target: '/jobs?x=1', version: '1.1' });
    expect(body).toMatchObject({ kind: 'body', body: Buffer.from('hello'), bodySize: 5, complete: true, of: request });
    expect(response).toMatchObject({ kind: 'response', status: 201, reason: 'Created', request });
    expect(answer).toMatchObject({ body: Buffer.from('ok'), of: response });
    expect(reading.frames.every((frame) => frame.phase === 'open')).toBe(true);
  });

  it('matches pipelined requests with their responses, in order', () => {
    const reading = read([
      ['client', `GET /a HTTP/1.1\r\n${HOST}\r\nHEAD /b HTTP/1.1\r\n${HOST}\r\nGET /c HTTP/1.1\r\n${HOST}\r\n`],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'],
    ]);
    const targets = values(reading).flatMap((value) => (value.kind === 'response' ? [value.request?.target] : []));
    expect(targets).toEqual(['/a', '/b', '/c']);
    expect(names(reading).filter((name) => name === 'body')).toHaveLength(1);
  });

  it('counts each byte of the wire once', () => {
    const client = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n`;
    const reading = read([['client', client]]);
    expect(names(reading)).toEqual(['POST /', 'chunk', 'end']);
    expect(reading.frames.reduce((sum, frame) => sum + frame.sizeBytes, 0)).toBe(client.length);
    expect(Buffer.concat(reading.frames.map((frame) => frame.raw)).toString()).toBe(client);
    expect(values(reading)[1]).toMatchObject({ kind: 'chunk', body: Buffer.from('abc'), bodySize: 3 });
    expect(values(reading)[2]).toMatchObject({ kind: 'end', trailers: [['X', 'y']], bodySize: 3 });
  });

  it('reads interim responses before the final one', () => {
    const reading = read([
      ['client', `PUT / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 1\r\n\r\n`],
      ['server', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['client', 'x'],
      [
        'server',
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
      ],
    ]);
    expect(names(reading)).toEqual(['PUT /', '100 Continue', 'body', '103 Early Hints', '304 Not Modified']);
    for (const value of values(reading)) if (value.kind === 'response') expect(value.request?.method).toBe('PUT');
  });

  it('reads a body that only the end of the connection ends', () => {
    const script: Script = [
      ['client', 'GET / HTTP/1.0\r\n\r\n'],
      ['server', 'HTTP/1.0 200 OK\r\n\r\nabc'],
    ];
    expect(names(read(script))).toEqual(['GET /', '200 OK']);
    const ended = read(script, { end: true });
    expect(values(ended)[2]).toMatchObject({ kind: 'body', body: Buffer.from('abc'), bodySize: 3, complete: true });
  });

  it('says when the end of the connection completes a body with nothing in it', () => {
    const script: Script = [
      ['client', `GET / HTTP/1.1\r\n${HOST}\r\n`],
      ['server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ];
    expect(names(read(script))).toEqual(['GET /', '400 Bad Request']);
    expect(names(read(script, { end: true }))).toEqual(['GET /', '400 Bad Request', 'end']);
  });

  it('says when a body was cut off', () => {
    const reading = read([['server', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc']], { end: true });
    expect(values(reading)[1]).toMatchObject({ kind: 'body', bodySize: 3, complete: false });
    const chunked = read([['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc']], { end: true });
    expect(values(chunked)[1]).toMatchObject({ kind: 'chunk', bodySize: 3, complete: false });
  });

  it('keeps the beginning of a large body and counts the rest', () => {
    const size = 3 * KEEP_BYTES + 1;
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`;
    for (const pieceBytes of [1000, size * 2]) {
      const reading = readFrames(http, [['server', head + 'x'.repeat(size)]], { pieceBytes });
      const [, body] = values(reading);
      expect(body).toMatchObject({ bodySize: size });
      expect(body?.kind === 'body' && body.body.length).toBe(KEEP_BYTES);
      expect(reading.frames[1]).toMatchObject({ sizeBytes: size });
    }
  });

  it('ignores empty lines before a request, and reads a status line without a reason', () => {
    expect(names(read([['client', `\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`]]))).toEqual(['GET /']);
    expect(names(read([['server', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n']]))).toEqual(['200']);
  });

  it('reads a response nobody asked for', () => {
    const reading = read([['server', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n']], { end: true });
    expect(names(reading)).toEqual(['408 Request Timeout', 'end']);
    expect(values(reading)[0]).not.toHaveProperty('request');
  });
});

describe('a response that breaks the standard as clients let it', () => {
  const ask: Script[number] = ['client', `GET / HTTP/1.1\r\n${HOST}\r\n`];
  const answer = (head: string, body = 'ok'): Reading => read([ask, ['server', `${head}${body}`]]);

  it.each([
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\n', ['lf-alone'], 'b'],
    ['one line that does', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\n', ['lf-alone'], 'b'],
    ['an end that does', 'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\n', ['lf-alone'], 'b'],
    [
      'a folded header',
      'HTTP/1.1 200 OK\r\nA: b\r\n\t c\r\n  d\r\nContent-Length: 2\r\n\r\n',
      ['folded-header'],
      'b c d',
    ],
    [
      'a blank before the colon',
      'HTTP/1.1 200 OK\r\nA \t: b\r\nContent-Length : 2\r\n\r\n',
      ['blank-before-colon'],
      'b',
    ],
    [
      'its length twice',
      'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\n',
      ['repeated-length'],
      'b',
    ],
    ['a list of equal lengths', 'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2, 2\r\n\r\n', ['repeated-length'], 'b'],
  ])('is read, and its fault named: %s', (_, head, faults, value) => {
    const reading = answer(head);
    expect(reading.faults).toEqual({});
    expect(values(reading).slice(1)).toMatchObject([
      { kind: 'response', status: 200, faults, headers: expect.arrayContaining([['A', value]]) },
      { kind: 'body', body: Buffer.from('ok') },
    ]);
    expect(http.describe(reading.frames[1]!)).toMatchObject({
      summary: expect.stringContaining(`(faulty: ${faults.join()})`),
      fields: { faults },
    });
  });

  it('lets Transfer-Encoding override a length, as the standard says', () => {
    const reading = answer(
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n',
      '2\r\nok\r\n0\r\n\r\n',
    );
    expect(values(reading)[1]).toMatchObject({ faults: ['length-and-coding'] });
    expect(names(reading)).toEqual(['GET /', '200 OK', 'chunk', 'end']);
  });

  it('names the faults of trailers', () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const [end, trailers] of [
      ['0\r\n\n', []],
      ['0\r\nA: b\n c\n\n', [['A', 'b c']]],
    ] as const) {
      expect(values(answer(head, end)).at(-1)).toMatchObject({
        kind: 'end',
        trailers,
        faults: expect.arrayContaining(['lf-alone']),
      });
    }
  });

  it.each([
    ['lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n', 'RFC 9112 §6.3'],
    ['a fold behind the status line', 'HTTP/1.1 200 OK\r\n A: b\r\n\r\n', 'RFC 9112 §5.1'],
    ['a chunk size ended by LF', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n', 'RFC 9112 §2.2'],
  ])('but not where nobody can tell what it means: %s', (_, head, clause) => {
    expect(answer(head).faults).toMatchObject({ server: { clause } });
  });
});

describe('server-sent events', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n';
  const request: Script[number] = ['client', `GET /events HTTP/1.1\r\n${HOST}\r\n`];
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

  it('reads one event a chunk, its envelope included', () => {
    const first = chunk('id: 1\nevent: tick\ndata: a\ndata: b\n\n');
    const second = chunk(': still here\n\n');
    const body = `${first}${second}${chunk('data:c\n\n')}0\r\n\r\n`;
    const reading = read([request, ['server', `${head}Transfer-Encoding: chunked\r\n\r\n${body}`]]);
    expect(names(reading)).toEqual(['GET /events', '200 OK', 'event', 'comment', 'event', 'end']);
    expect(values(reading)[2]).toMatchObject({ kind: 'event', event: 'tick', data: 'a\nb', id: '1' });
    expect(values(reading)[3]).toMatchObject({ kind: 'comment', text: 'still here' });
    expect(values(reading)[4]).toMatchObject({ kind: 'event', event: 'message', data: 'c', id: '1' });
    expect(reading.frames[2]).toMatchObject({ sizeBytes: first.length, raw: Buffer.from(first) });
    expect(reading.frames[3]).toMatchObject({ sizeBytes: second.length });
  });

  it('reads events that lie across chunks, and several in one', () => {
    const body = `${chunk('data: a')}${chunk('bc\n')}${chunk('\ndata: d\n\ndata: e\n\n')}0\r\n\r\n`;
    const reading = read([request, ['server', `${head}Transfer-Encoding: chunked\r\n\r\n${body}`]]);
    const data = values(reading).flatMap((value) => (value.kind === 'event' ? [value.data] : []));
    expect(data).toEqual(['abc', 'd', 'e']);
    const wire = reading.frames.slice(2).reduce((sum, frame) => sum + frame.sizeBytes, 0);
    expect(wire).toBe(body.length);
  });

  it.each([
    ['CR LF', '\r\n'],
    ['CR', '\r'],
    ['LF', '\n'],
  ])('reads a stream until close whose lines end in %s', (_, eol) => {
    const body = `\xef\xbb\xbfdata: 1${eol}${eol}${eol}data: 2${eol}id${eol}${eol}data: lost`;
    const reading = read([request, ['server', `${head}\r\n${body}`]], { end: true });
    const events = values(reading).flatMap((value) => (value.kind === 'event' ? [value.data] : []));
    expect(events).toEqual(['1', '2']);
    expect(names(reading).at(-1)).toBe('end');
  });

  it('leaves a compressed stream as chunks', () => {
    const body = `${chunk('data: a\n\n')}0\r\n\r\n`;
    const fields = 'Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(names(read([request, ['server', `${head}${fields}${body}`]]))).toContain('chunk');
  });

  it('holds no more of an event than it may', () => {
    const stream = http.converse({ emit: () => {} });
    stream.push('server', Buffer.from(`${head}\r\n`));
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const piece = Buffer.from('data: x\ndata\n:c\n'.repeat(4096));
    for (let round = 0; round < 400; round++) stream.push('server', piece);
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(after - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('what is refused', () => {
  it.each([
    ['a head that is no request line', 'GET /\r\n\r\n', 'RFC 9112 §3'],
    ['a target with a space', `GET /a b HTTP/1.1\r\n${HOST}\r\n`, 'RFC 9112 §3'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'RFC 9112 §2.3'],
    ['a TLS hello', '\x16\x03\x01\x02\x00', 'RFC 9112 §2.1'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 'RFC 9112 §3.2'],
    ['two hosts', `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 'RFC 9112 §3.2'],
    ['a space before the colon', `GET / HTTP/1.1\r\n${HOST}A : b\r\n\r\n`, 'RFC 9112 §5.1'],
    ['a line without a colon', `GET / HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`, 'RFC 9112 §5.1'],
    ['a folded header', `GET / HTTP/1.1\r\n${HOST}A: b\r\n c\r\n\r\n`, 'RFC 9112 §5.2'],
    ['a NUL in a value', `GET / HTTP/1.1\r\n${HOST}A: b\0c\r\n\r\n`, 'RFC 9110 §5.5'],
    ['a CR in a value', `GET / HTTP/1.1\r\n${HOST}A: b\rc\r\n\r\n`, 'RFC 9110 §5.5'],
    ['lines that end with LF alone', 'GET / HTTP/1.1\nHost: x\n\n', 'RFC 9112 §2.2'],
    ['an endless head', `GET / HTTP/1.1\r\nA: ${'b'.repeat(70_000)}`, 'RFC 9110 §5.4'],
    ['too many headers', `GET / HTTP/1.1\r\n${HOST}${'a:b\r\n'.repeat(1001)}\r\n`, 'RFC 9110 §5.4'],
  ])('%s', (_, bytes, expected) => {
    expect(clause('client', bytes)).toBe(expected);
  });

  const post = (fields: string) => `POST / HTTP/1.1\r\n${HOST}${fields}\r\n`;
  it.each([
    ['both lengths', post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'), 'RFC 9112 §6.1'],
    ['two lengths', post('Content-Length: 4\r\nContent-Length: 4\r\n'), 'RFC 9112 §6.3'],
    ['a signed length', post('Content-Length: +4\r\n'), 'RFC 9112 §6.3'],
    ['a list of lengths', post('Content-Length: 4, 4\r\n'), 'RFC 9112 §6.3'],
    ['a huge length', post(`Content-Length: ${'9'.repeat(30)}\r\n`), 'RFC 9112 §6.3'],
    ['chunked that is not last', post('Transfer-Encoding: chunked, gzip\r\n'), 'RFC 9112 §6.1'],
    ['chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'), 'RFC 9112 §6.1'],
    ['a coding nobody can end', post('Transfer-Encoding: xchunked\r\n'), 'RFC 9112 §6.3'],
    ['a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'RFC 9112 §6.1'],
    ['no chunk size', `${post('Transfer-Encoding: chunked\r\n')}\r\n`, 'RFC 9112 §7.1'],
    ['a negative chunk size', `${post('Transfer-Encoding: chunked\r\n')}-1\r\n`, 'RFC 9112 §7.1'],
    ['a chunk size with 0x', `${post('Transfer-Encoding: chunked\r\n')}0x5\r\nhello`, 'RFC 9112 §7.1'],
    ['a huge chunk size', `${post('Transfer-Encoding: chunked\r\n')}${'f'.repeat(17)}\r\n`, 'RFC 9112 §7.1'],
    ['a space after a chunk size', `${post('Transfer-Encoding: chunked\r\n')}5 \r\nhello`, 'RFC 9112 §7.1'],
    ['a chunk longer than its size', `${post('Transfer-Encoding: chunked\r\n')}2\r\nabc\r\n`, 'RFC 9112 §7.1'],
    ['a chunk size ended by LF', `${post('Transfer-Encoding: chunked\r\n')}2\nab\r\n0\r\n\r\n`, 'RFC 9112 §2.2'],
    ['an endless chunk line', `${post('Transfer-Encoding: chunked\r\n')}2;${'a'.repeat(5000)}`, 'RFC 9112 §7.1'],
  ])('a request with %s', (_, bytes, expected) => {
    expect(clause('client', bytes)).toBe(expected);
  });

  it('a response that is none', () => {
    expect(clause('server', 'SSH-2.0-OpenSSH_9.2\r\n')).toBe('RFC 9112 §2.1');
    expect(clause('server', 'HTTP/1.1 20 OK\r\n\r\n')).toBe('RFC 9112 §4');
    expect(clause('server', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')).toBe('RFC 9110 §7.8');
  });

  it('more unanswered requests than it can remember', () => {
    const request = `GET / HTTP/1.1\r\n${HOST}\r\n`;
    expect(clause('client', request.repeat(1025))).toBe('RFC 9112 §9.3.2');
  });
});

describe('upgrades', () => {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const ask = `GET /chat HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n${key}\r\n`;
  const agree = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nA: 1\r\nA: 2\r\n\r\n';

  it('passes everything behind the 101 on, both ways', () => {
    const recorder = new Recorder();
    const asked: unknown[] = [];
    const carry: ReadOptions['carry'] = (protocol, handshake) => {
      asked.push([protocol, handshake.request.get('upgrade'), handshake.response.get('a')]);
      return recorder;
    };
    const script: Script = [
      ['client', `${ask}early`],
      ['server', `${agree}hello`],
      ['client', ' late'],
    ];
    const reading = readFrames(http, script, { carry, end: true });
    expect(asked).toEqual([['websocket', 'websocket', '1, 2']]);
    expect([recorder.text('client'), recorder.text('server')]).toEqual(['early late', 'hello']);
    expect(recorder.ended).toEqual(['client', 'server']);
    expect(names(reading)).toEqual(['GET /chat', '101 Switching Protocols']);
    expect(reading.frames.map((frame) => frame.phase)).toEqual(['opening', 'opening']);
  });

  it('stays silent when nobody can read what follows', () => {
    const reading = read([
      ['client', ask],
      ['server', `${agree}\x81\x05hello`],
      ['client', '\x00\x01'],
    ]);
    expect(names(reading)).toEqual(['GET /chat', '101 Switching Protocols']);
    expect(reading.faults).toEqual({});
  });

  it('goes on with HTTP when the server declines', () => {
    const reading = read([
      ['client', `${ask}GET /next HTTP/1.1\r\n${HOST}\r\n`],
      ['server', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'],
      ['client', `GET /third HTTP/1.1\r\n${HOST}\r\n`],
    ]);
    expect(names(reading)).toEqual(['GET /chat', '400 Bad Request', 'GET /next', '204 No Content', 'GET /third']);
    expect(values(reading)[3]).toMatchObject({ request: { target: '/next' } });
  });

  it('blames the client for what it sent too early', () => {
    const script: Script = [
      ['client', `${ask}\0\0\0`],
      ['server', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'],
      ['client', 'more'],
    ];
    expect(Object.keys(readFrames(http, script).faults)).toEqual(['client']);
    expect(clause('client', `${ask}${'x'.repeat(KEEP_BYTES + 1)}`)).toBe('RFC 9110 §7.8');
  });

  it('stays silent inside a CONNECT tunnel', () => {
    const reading = read([
      ['client', `CONNECT x:443 HTTP/1.1\r\n${HOST}\r\n`],
      ['server', 'HTTP/1.1 200 OK\r\n\r\n\x16\x03'],
      ['client', '\x16\x03\x01'],
    ]);
    expect(names(reading)).toEqual(['CONNECT x:443', '200 OK']);
    expect(reading.faults).toEqual({});
  });
});
