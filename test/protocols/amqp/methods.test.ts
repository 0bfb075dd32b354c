import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoderOf } from '../../../src/protocols/amqp/compile.ts';
import { encodeMethod } from '../../../src/protocols/amqp/encode.ts';
import { type AmqpMethodName, METHODS, methodById, methodId } from '../../../src/protocols/amqp/methods.ts';
import { argsOf } from './arbitraries.ts';

/** rabbitmq-client's codec: written by somebody else, from the same specification. */
const oracle = createRequire(import.meta.url)('rabbitmq-client/lib/codec.js') as {
  Cmd: { [name: string]: number };
  decodeFrame(
    read: (size: number) => Promise<Buffer>,
  ): Promise<{ methodId: number; params: { [name: string]: unknown } }>;
  encodeFrame(frame: object): Buffer;
};
const known = new Set(Object.values(oracle.Cmd));
const METHOD_NAMES = Object.keys(METHODS) as AmqpMethodName[];

function oracleDecode(bytes: Buffer) {
  let at = 0;
  return oracle.decodeFrame(async (size) => {
    at += size;
    return bytes.subarray(at - size, at);
  });
}

describe('the method table', () => {
  it('has an id of its own for every method', () => {
    for (const name of METHOD_NAMES) expect(methodById(methodId(name))).toBe(name);
  });

  it.each(METHOD_NAMES)('round-trips %s', (method) => {
    fc.assert(
      fc.property(argsOf(method), fc.integer({ min: 0, max: 0xffff }), (args, channel) => {
        const bytes = encodeMethod(channel, method, args);
        expect(bytes.readUInt16BE(1)).toBe(channel);
        expect(bytes.readUInt32BE(3)).toBe(bytes.length - 8);
        expect(decoderOf(method)(bytes, 11, bytes.length - 1)).toEqual(args);
      }),
      { numRuns: 60 },
    );
  });

  it.each(METHOD_NAMES.filter((name) => known.has(methodId(name))))(
    'reads %s as rabbitmq-client does',
    async (method) => {
      await fc.assert(
        fc.asyncProperty(argsOf(method), async (args) => {
          const theirs = await oracleDecode(encodeMethod(1, method, args));
          expect(theirs.methodId).toBe(methodId(method));
          for (const [name, type] of Object.entries(METHODS[method].fields) as [keyof typeof args & string, string][]) {
            // Their names differ for what is reserved and for close's two ids; their tables keep less than ours.
            const names = { noWait: 'nowait', ticket: 'rsvp1' } as Record<string, string>;
            const key = names[name] ?? name;
            if (type === 'table' || type === 'bytes' || key === 'methodId' || !(key in theirs.params)) continue;
            // They read 32 bits as signed.
            const ours = type === 'long' ? (args[name] as number) | 0 : args[name];
            expect(theirs.params[key]).toEqual(ours);
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  it('writes the bytes that the specification shows', () => {
    const bytes = encodeMethod(1, 'queue.declare', { queue: 'q', durable: true, noWait: true });
    expect(bytes.toString('hex')).toBe('010001' + '0000000d' + '0032000a' + '0000' + '0171' + '12' + '00000000' + 'ce');
  });

  it('writes what rabbitmq-client writes', () => {
    const params = {
      queue: 'jobs',
      consumerTag: 'me',
      noAck: true,
      exclusive: false,
      arguments: { 'x-priority': 'no' },
    };
    const theirs = oracle.encodeFrame({ type: 1, channelId: 7, methodId: methodId('basic.consume'), params });
    expect(encodeMethod(7, 'basic.consume', params)).toEqual(theirs);
  });

  it('sends a missing argument as zero', () => {
    const bytes = encodeMethod(1, 'basic.publish');
    expect(decoderOf('basic.publish')(bytes, 11, bytes.length - 1)).toEqual({
      ticket: 0,
      exchange: '',
      routingKey: '',
      mandatory: false,
      immediate: false,
    });
  });

  it('refuses a name that does not fit', () => {
    expect(() => encodeMethod(1, 'queue.delete', { queue: 'é'.repeat(128) })).toThrow(RangeError);
    expect(encodeMethod(1, 'queue.delete', { queue: 'q'.repeat(255) }).length).toBe(271);
  });

  it('answers arguments that are cut short or too long with a syntax error', () => {
    const bytes = encodeMethod(1, 'queue.bind', { queue: 'q', exchange: 'e', routingKey: 'k', arguments: { a: 1 } });
    const decode = decoderOf('queue.bind');
    for (let end = 11; end < bytes.length - 1; end += 1) {
      expect(() => decode(bytes, 11, end)).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 502 }));
    }
    expect(() => decode(bytes, 11, bytes.length)).toThrow(
      expect.objectContaining({ code: 502, clause: 'AMQP 0-9-1 §4.2.4' }),
    );
  });
});
