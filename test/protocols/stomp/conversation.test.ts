import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEEP_BYTES, type Side } from '../../../src/protocols/protocol.ts';
import stomp, { encodeFrame, header, type StompFrame } from '../../../src/protocols/stomp/index.ts';
import { bytewise, converse } from '../../helpers/converse.ts';

type Steps = [Side, Buffer][];
const both = (steps: Steps) => [converse(stomp, steps), converse(stomp, bytewise(steps))] as StompFrame[][];
const text = (value: string) => Buffer.from(value, 'utf8');

describe('a STOMP conversation', () => {
  it('tells frames and heart-beats with their phase', () => {
    const steps: Steps = [
      ['client', text('CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:a\\b:c\n\n\0')],
      ['server', text('CONNECTED\nversion:1.2\n\n\0\n')],
      ['server', text('\n\r\n')],
      ['client', text('SEND\ndestination:/topic/a\n\nhello\0')],
      ['client', text('DISCONNECT\nreceipt:1\n\n\0')],
      ['server', text('RECEIPT\nreceipt-id:1\n\n\0')],
    ];
    for (const frames of both(steps)) {
      expect(frames.map(({ from, phase, name }) => `${from} ${phase} ${name}`)).toEqual([
        'client opening CONNECT',
        'server opening CONNECTED',
        'server open heart-beat',
        'server open heart-beat',
        'client open SEND',
        'client closing DISCONNECT',
        'server closing RECEIPT',
      ]);
      expect(frames[0]!.value.headers).toContainEqual(['passcode', 'a\\b:c']);
      expect(frames[4]!.value).toMatchObject({ bodySize: 5, body: text('hello') });
      expect(frames[4]!.raw).toEqual(steps[3]![1]);
      expect(frames[4]!.sizeBytes).toBe(steps[3]![1].length);
    }
  });

  it('reads a body with NULs by its length, and any body without one up to the first NUL', () => {
    for (const [first, second] of both([['client', text('SEND\ncontent-length:3\n\na\0b\0SEND\n\na\0')]])) {
      expect(first!.value.body).toEqual(text('a\0b'));
      expect(second!.value.body).toEqual(text('a'));
    }
  });

  it('reads carriage returns before line feeds', () => {
    for (const [frame] of both([['client', text('SEND\r\ndestination:/queue/a\r\n\r\nbody\0')]])) {
      expect(frame!.value).toMatchObject({
        command: 'SEND',
        headers: [['destination', '/queue/a']],
        body: text('body'),
      });
    }
  });

  it('lets the first of repeated headers count', () => {
    const [frame] = converse(stomp, [['client', text('SEND\nfoo:1\nfoo:2\n\n\0')]]) as StompFrame[];
    expect(header(frame!.value, 'foo')).toBe('1');
    expect(frame!.value.headers).toHaveLength(2);
  });

  it.each([
    ['1.0', 'a\\nb', 'a\\nb'],
    ['1.1', 'a\\nb\\c\\\\', 'a\nb:\\'],
    ['1.2', 'a\\nb\\c\\\\\\r', 'a\nb:\\\r'],
  ])('resolves the escapes of %s', (version, sent, expected) => {
    const steps: Steps = [
      ['server', text(`CONNECTED\n${version === '1.0' ? '' : `version:${version}\n`}\n\0`)],
      ['client', text(`SEND\nkey:${sent}\n\n\0`)],
    ];
    for (const frames of both(steps)) expect(header(frames[1]!.value, 'key')).toBe(expected);
  });

  it('counts a long body and keeps its beginning', () => {
    const body = Buffer.alloc(3 * KEEP_BYTES, 'x');
    const bytes = encodeFrame('MESSAGE', [], body);
    for (const steps of [[bytes], [bytes.subarray(0, 10), bytes.subarray(10, 90_000), bytes.subarray(90_000)]]) {
      const [frame] = converse(
        stomp,
        steps.map((part): [Side, Buffer] => ['server', part]),
      ) as StompFrame[];
      expect(frame!.sizeBytes).toBe(bytes.length);
      expect(frame!.value.bodySize).toBe(body.length);
      expect(frame!.value.body).toEqual(body.subarray(0, KEEP_BYTES));
      expect(frame!.raw).toEqual(bytes.subarray(0, KEEP_BYTES));
    }
  });

  it.each([
    ['a header without a colon', 'SEND\nnonsense\n\n\0', 'Augmented BNF'],
    ['a frame that ends in its headers', 'SEND\na:b\0\n\n', 'Augmented BNF'],
    ['an undefined escape', 'SEND\na:\\t\n\n\0', 'Value Encoding'],
    ['a content-length that is no number', 'SEND\ncontent-length:-1\n\n\0', 'content-length'],
    ['a content-length that is too short', 'SEND\ncontent-length:1\n\nab\0', 'content-length'],
    ['headers without end', `SEND\n${'a:b\n'.repeat(2000)}\n\0`, 'Augmented BNF'],
    ['a header without end', `SEND\na:${'b'.repeat(70_000)}`, 'Augmented BNF'],
    ['a lone carriage return', '\rSEND\n\n\0', 'Augmented BNF'],
  ])('names the clause that is broken by %s', (_, bytes, clause) => {
    const fault = expect.objectContaining({ name: 'ProtocolError', clause: expect.stringContaining(clause) });
    expect(() => converse(stomp, [['client', text(bytes)]])).toThrow(fault);
    expect(() => converse(stomp, bytewise([['client', text(bytes)]]))).toThrow(fault);
  });

  it('says that the stream ended within a frame', () => {
    const conversation = stomp.converse({ emit: () => {} });
    conversation.push('client', text('SEND\n'));
    expect(() => conversation.end('client')).toThrow(/within a frame/);
    expect(() => conversation.end('server')).not.toThrow();
  });

  it('survives any bytes', () => {
    const soup = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom(...['SEND\n', 'a:b\n', '\n', '\0', '\r\n', 'content-length:4\n', '\\'].map(text)),
    );
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 12 }), (parts) => {
        const conversation = stomp.converse({ emit: (frame) => stomp.describe(frame) });
        try {
          for (const part of parts) conversation.push('client', Buffer.from(part));
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError', clause: expect.stringContaining('STOMP') });
        }
      }),
      { numRuns: 5000 },
    );
  });
});
