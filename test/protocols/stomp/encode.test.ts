import * as stompjs from '@stomp/stompjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, StompReader, type StompValue, type StompVersion } from '../../../src/protocols/stomp/index.ts';

/** @stomp/stompjs's parser and writer: written by somebody else, from the same specification. */
const { Parser, FrameImpl } = stompjs as unknown as {
  Parser: new (onFrame: (raw: RawFrame) => void, onPing: () => void) => { parseChunk(bytes: Uint8Array): void };
  FrameImpl: {
    fromRawFrame(
      raw: RawFrame,
      escaped: boolean,
    ): { command: string; headers: { [name: string]: string }; binaryBody: Uint8Array };
    marshall(frame: object): string | ArrayBuffer;
  };
};
type RawFrame = { headers: [string, string][] };

/** Without blanks at its ends, which @stomp/stompjs takes away. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => !name.includes('\0') && name !== 'content-length' && name.trim() === name);
const isPlain = (name: string) => !/[\\:\n\r]/.test(name) && !(name in {});
const headers = fc.uniqueArray(fc.tuple(word, word), { selector: ([name]) => name, maxLength: 6 });
const body = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));

function read(bytes: Buffer, step: number, version: StompVersion): StompValue[] {
  const values: StompValue[] = [];
  const reader = new StompReader((value) => values.push(value));
  reader.version = version;
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  return values;
}

describe('STOMP frames', () => {
  it('round-trip under any chunking', () => {
    fc.assert(
      fc.property(
        headers,
        body,
        fc.constantFrom<StompVersion>('1.1', '1.2'),
        fc.integer({ min: 1, max: 30 }),
        (pairs, content, version, step) => {
          // 1.1 has no escape for a carriage return, and a line may end with one.
          fc.pre(version === '1.2' || !pairs.flat().join().includes('\r'));
          const [value, ...rest] = read(encodeFrame('SEND', pairs, content, version), step, version);
          const length = content.length > 0 ? [['content-length', String(content.length)]] : [];
          expect(rest).toEqual([]);
          expect(value).toEqual({
            command: 'SEND',
            headers: [...pairs, ...length],
            body: content,
            bodySize: content.length,
          });
        },
      ),
    );
  });

  it('read as @stomp/stompjs reads them', () => {
    fc.assert(
      fc.property(headers, body, (pairs, content) => {
        const told: ReturnType<typeof FrameImpl.fromRawFrame>[] = [];
        const parser = new Parser(
          (raw) => told.push(FrameImpl.fromRawFrame(raw, true)),
          () => {},
        );
        parser.parseChunk(encodeFrame('MESSAGE', pairs, content));
        expect(told).toHaveLength(1);
        expect(told[0]!.command).toBe('MESSAGE');
        // They resolve escapes in values only, and names come as an object's keys.
        for (const [name, value] of pairs) if (isPlain(name)) expect(told[0]!.headers[name]).toBe(value);
        expect(Buffer.from(told[0]!.binaryBody)).toEqual(content);
      }),
    );
  });

  it('read what @stomp/stompjs writes', () => {
    fc.assert(
      fc.property(headers, body, (pairs, content) => {
        // They escape values only; names with special characters are not theirs to write.
        fc.pre(pairs.every(([name]) => isPlain(name) && !/^\d+$/.test(name)));
        const frame = {
          command: 'SEND',
          headers: Object.fromEntries(pairs),
          binaryBody: content,
          escapeHeaderValues: true,
        };
        const written = FrameImpl.marshall(frame);
        const [value] = read(typeof written === 'string' ? Buffer.from(written) : Buffer.from(written), 7, '1.2');
        for (const [name, text] of pairs) expect(value!.headers).toContainEqual([name, text]);
        expect(value!.body).toEqual(content);
      }),
    );
  });

  it('never escape CONNECT and CONNECTED', () => {
    expect(encodeFrame('CONNECTED', [['server', 'a:b']]).toString()).toBe('CONNECTED\nserver:a:b\n\n\0');
    expect(encodeFrame('SEND', [['key', 'a:b']]).toString()).toBe('SEND\nkey:a\\cb\n\n\0');
    expect(() => encodeFrame('CONNECT', [['login', 'a\nb']])).toThrow(RangeError);
  });

  it('get a content-length only where the headers have none and there is a body', () => {
    expect(encodeFrame('SEND', [], 'é').toString()).toBe('SEND\ncontent-length:2\n\né\0');
    expect(encodeFrame('SEND', [['content-length', '2']], 'é').toString()).toBe('SEND\ncontent-length:2\n\né\0');
    expect(encodeFrame('SEND', []).toString()).toBe('SEND\n\n\0');
  });

  it('are refused beyond the limits', () => {
    const reader = (limits: object) => new StompReader(() => {}, limits);
    expect(() => reader({ bodyMax: 3 }).push(encodeFrame('SEND', [], 'abcd'))).toThrow(/body longer than 3/);
    expect(() => reader({ bodyMax: 3 }).push(Buffer.from('SEND\n\nabcd'))).toThrow(/body longer than 3/);
    expect(() => reader({ headersMax: 1 }).push(Buffer.from('SEND\na:b\nc:d\n\n\0'))).toThrow(/more than 1 headers/);
    expect(() => reader({ headMax: 10 }).push(Buffer.from('SEND\naaaa:bbbbbb'))).toThrow(/longer than 10 bytes/);
  });
});
