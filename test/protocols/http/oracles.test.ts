/** The HTTP codec against Node's own server and client, which read with llhttp. */
import { createServer, type IncomingMessage, request as nodeRequest } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import http, {
  encodeChunk,
  encodeHead,
  type Headers,
  type HttpValue,
  LAST_CHUNK,
} from '../../../src/protocols/http/index.ts';
import type { Side } from '../../../src/protocols/protocol.ts';
import { readFrames } from '../../helpers/read-frames.ts';

interface Told {
  start: string;
  headers: Headers;
  body: string;
}

function pairs(raw: readonly string[]): Headers {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]!] as const] : []));
}

/** The requests or responses that we read, with their whole bodies. */
function toldByUs(from: Side, bytes: Buffer, pieceBytes: number): { told: Told[]; refused: boolean } {
  const { frames, faults } = readFrames(http, [[from, bytes]], { pieceBytes, end: true });
  const told: Told[] = [];
  for (const { value } of frames as { value: HttpValue }[]) {
    if (value.kind === 'request' || value.kind === 'response') {
      const start = value.kind === 'request' ? `${value.method} ${value.target}` : `${value.status} ${value.reason}`;
      told.push({ start, headers: value.headers, body: '' });
    } else if (value.kind === 'body' || value.kind === 'chunk') {
      told.at(-1)!.body += value.body.toString('hex');
    }
  }
  return { told, refused: faults[from] !== undefined };
}

async function readAll(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('hex');
}

/** The requests that Node's server reads. */
async function toldByServer(bytes: Buffer): Promise<{ told: Told[]; refused: boolean }> {
  const told: Told[] = [];
  let refused = false;
  const reading: Promise<void>[] = [];
  const server = createServer((message, response) => {
    const entry = { start: `${message.method} ${message.url}`, headers: pairs(message.rawHeaders), body: '' };
    told.push(entry);
    reading.push(
      readAll(message).then(
        (body) => {
          entry.body = body;
          response.end();
        },
        () => {},
      ),
    );
  });
  server.on('clientError', (_error, socket) => {
    refused = true;
    socket.destroy();
  });
  const [client, peer] = duplexPair();
  const closed = new Promise((resolve) => peer.once('close', resolve));
  server.emit('connection', peer);
  client.resume();
  client.write(bytes);
  // The end would abort what is not answered yet, so the server gets its turns first.
  for (let turn = 0; turn < 4 + 8 * told.length; turn++) await setImmediate();
  client.end();
  await closed;
  await Promise.all(reading);
  return { told, refused };
}

/** The response that Node's client reads. */
async function toldByClient(bytes: Buffer, insecureHTTPParser = false): Promise<Told | undefined> {
  const [client, peer] = duplexPair();
  peer.resume();
  peer.end(bytes);
  return new Promise((resolve) => {
    const createConnection = (): never => client as Duplex as never;
    const request = nodeRequest({ createConnection, path: '/', host: 'x', insecureHTTPParser });
    request.on('error', () => resolve(undefined));
    request.on('response', (message) => {
      const start = `${message.statusCode} ${message.statusMessage}`;
      readAll(message).then(
        (body) => resolve({ start, headers: pairs(message.rawHeaders), body }),
        () => resolve(undefined),
      );
    });
    request.end();
  });
}

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/).map((name) => `x-${name}`);
const fieldValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const headers = fc.array(fc.tuple(token, fieldValue), { maxLength: 6 });
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 });
const anyBody = fc.oneof(
  body.map((bytes) => ({ fields: [['Content-Length', String(bytes.length)] as const], bytes })),
  pieces.map((parts) => ({
    fields: [['Transfer-Encoding', 'chunked'] as const],
    bytes: Buffer.concat([...parts.map((part) => encodeChunk(Buffer.from(part))), LAST_CHUNK]),
  })),
);
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    fc.stringMatching(/^\/[a-z0-9/?&=%-]{0,20}$/),
    headers,
    anyBody,
  )
  .map(([method, target, extra, { fields, bytes }]) => {
    const all: Headers = [['Host', 'x'], ...fields, ...extra];
    return Buffer.concat([encodeHead({ method, target, version: '1.1', headers: all }), bytes]);
  });

describe('Node', () => {
  it('reads pipelined requests as we do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (list, n) => {
          const bytes = Buffer.concat(list);
          const ours = toldByUs('client', bytes, n);
          expect(ours).toEqual(await toldByServer(bytes));
          expect(ours.told).toHaveLength(list.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never reads another request than we do out of bytes that both accept', async () => {
    const edit = fc.tuple(fc.nat(300), fc.constantFrom(...Buffer.from('\r\n\t :;,0a\0')));
    const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(request, edits, async (valid, changes) => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const ours = toldByUs('client', bytes, bytes.length);
        const theirs = await toldByServer(bytes);
        if (ours.refused || theirs.refused) return;
        compared++;
        // A request that the end cut off has an unfinished body, which only we report.
        const complete = ours.told.length === theirs.told.length ? ours.told.slice(0, -1) : ours.told;
        expect(complete.map(({ start }) => start)).toEqual(
          theirs.told.slice(0, complete.length).map(({ start }) => start),
        );
        expect(complete).toEqual(theirs.told.slice(0, complete.length));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  it('reads responses as we do', async () => {
    const response = fc
      .tuple(fc.constantFrom(200, 201, 404, 500), fc.stringMatching(/^[A-Za-z ]{1,12}$/), headers, anyBody)
      .map(([status, reason, extra, { fields, bytes }]) => {
        const head = {
          status,
          reason: reason.trim() || 'OK',
          version: '1.1',
          headers: [...fields, ...extra] as Headers,
        };
        return Buffer.concat([encodeHead(head), bytes]);
      });
    await fc.assert(
      fc.asyncProperty(response, fc.integer({ min: 1, max: 40 }), async (bytes, n) => {
        expect(toldByUs('server', bytes, n).told).toEqual([await toldByClient(bytes)]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('Node, where it is told to be tolerant', () => {
  /** Lines that end with LF alone, headers that go on in the next line, a length that a coding overrides. */
  const endings = fc.array(fc.constantFrom('\r\n', '\n', '\r\n\tmore\r\n', '\n  more\n'), {
    minLength: 9,
    maxLength: 9,
  });
  const faulty = fc
    .tuple(headers, anyBody, endings, fc.boolean())
    .map(([extra, { fields, bytes }, ends, bothLengths]) => {
      const more = fields[0]![0] === 'Transfer-Encoding' && bothLengths ? [['Content-Length', '1'] as const] : [];
      const lines = [['HTTP/1.1 200 OK'], ...more, ...fields, ...extra].map((parts) => parts.join(': '));
      // Only what this test adds to a head may go on in the next line: it must not change how long the body is.
      const end = (line: string, index: number): string =>
        line.startsWith('x-') ? ends[index]! : ends[index]!.replace(/[\t ]+more\r?\n/, '');
      return Buffer.concat([Buffer.from(`${lines.map((line, at) => line + end(line, at)).join('')}\n`), bytes]);
    });
  const spaced = (told: Told | undefined): unknown =>
    told && { ...told, headers: told.headers.map(([name, value]) => [name, value.replace(/\s+/g, ' ')]) };

  it('reads faulty responses as we do', async () => {
    await fc.assert(
      fc.asyncProperty(faulty, fc.integer({ min: 1, max: 40 }), async (bytes, n) => {
        const { told, refused } = toldByUs('server', bytes, n);
        expect(refused).toBe(false);
        expect(told.map(spaced)).toEqual([spaced(await toldByClient(bytes, true))]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('any bytes', () => {
  const start = fc.constantFrom(
    '',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n',
  );
  const parts = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    'data: x',
    'id: 1',
    ':',
    '5\r\nhello\r\n',
    '0\r\n',
    'A: b\r\n',
    '\0',
    'é',
  );
  const rest = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(parts, { maxLength: 20 }).map((list) => Buffer.from(list.join(''))),
  );

  it('are read alike under any chunking, and never crash', () => {
    fc.assert(
      fc.property(start, rest, fc.constantFrom<Side[]>('client', 'server'), fc.nat(20), (head, tail, from, n) => {
        const bytes = Buffer.concat([Buffer.from(head), tail]);
        const whole = readFrames(http, [[from, bytes]], { end: true });
        const chunked = readFrames(http, [[from, bytes]], { end: true, pieceBytes: n + 1 });
        expect(Boolean(chunked.faults[from])).toBe(Boolean(whole.faults[from]));
        if (whole.faults[from]) expect((whole.faults[from] as Error).name).toBe('ProtocolError');
        const wire = whole.frames.reduce((sum, frame) => sum + frame.sizeBytes, 0);
        expect(wire).toBeLessThanOrEqual(bytes.length);
        if (!whole.faults[from]) expect(chunked.frames).toEqual(whole.frames);
        for (const frame of whole.frames) expect(() => JSON.stringify(http.describe(frame))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});
