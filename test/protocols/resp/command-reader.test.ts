import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/core/errors.ts';
import {
  CommandReader,
  type CommandReaderOptions,
  encodeCommand,
  TextCommandReader,
} from '../../../src/protocols/resp/index.ts';
import { cutAt, cuts } from './arbitraries.ts';

function read(chunks: readonly Buffer[], options: CommandReaderOptions = {}): string[][] {
  const reader = new CommandReader(options);
  const commands: string[][] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let args = reader.next(); args !== undefined; args = reader.next()) {
      commands.push(args.map((arg) => arg.toString('latin1')));
    }
  }
  return commands;
}

function readText(text: string): string[][] {
  const whole = Buffer.from(text, 'latin1');
  const commands = read([whole]);
  expect(read([...whole].map((byte) => Buffer.from([byte])))).toEqual(commands);
  return commands;
}

describe('CommandReader', () => {
  it('reads pipelined commands, inline ones and empty ones', () => {
    expect(
      readText(
        "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\nset a \"b c\\x00\\n\" 'd\\'e'\r\n\r\n*0\r\n*-1\r\nPING\n",
      ),
    ).toEqual([['PING'], ['GET', ''], ['set', 'a', 'b c\0\n', "d'e"], ['PING']]);
  });

  it.each([
    ['*x\r\n', 'Protocol error: invalid multibulk length'],
    ['*3000000000\r\n', 'Protocol error: invalid multibulk length'],
    ['*1\r\n:1\r\n', "Protocol error: expected '$', got ':'"],
    ['*1\r\n$-1\r\n', 'Protocol error: invalid bulk length'],
    ['*1\r\n$600000000\r\n', 'Protocol error: invalid bulk length'],
    ['GET "a\r\n', 'Protocol error: unbalanced quotes in request'],
    ['GET "a"b\r\n', 'Protocol error: unbalanced quotes in request'],
    ['a'.repeat(70_000), 'Protocol error: too big inline request'],
  ])('refuses %j as Redis does', (text, message) => {
    expect(() => readText(text)).toThrow(message);
    expect(() => readText(text)).toThrow(ProtocolError);
  });

  it('has the limits of a client that has not authenticated', () => {
    expect(() => read([Buffer.from('*11\r\n')], { maxArgs: 10 })).toThrow('unauthenticated multibulk length');
    expect(() => read([Buffer.from('*1\r\n$20000\r\n')], { maxBulkBytes: 16384 })).toThrow(
      'unauthenticated bulk length',
    );
  });

  it('round-trips commands under any chunking', () => {
    const command = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 6 }), cuts, (commands, places) => {
        const buffers = commands.map((args) => args.map((arg) => Buffer.from(arg)));
        const whole = Buffer.concat(buffers.map(encodeCommand));
        expect(read(cutAt(whole, places))).toEqual(buffers.map((args) => args.map((arg) => arg.toString('latin1'))));
      }),
      { numRuns: 400 },
    );
  });

  it('holds on to nothing of a chunk once it is detached', () => {
    const argument = fc.oneof(fc.string({ unit: 'binary-ascii', maxLength: 60 }), fc.constant('x'.repeat(9000)));
    const command = fc.array(argument, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 6 }), cuts, (commands, places) => {
        const reader = new TextCommandReader();
        const whole = Buffer.concat(commands.map(encodeCommand));
        const buffer = Buffer.alloc(whole.length);
        const got: string[][] = [];
        for (const chunk of cutAt(whole, places)) {
          buffer.fill('?');
          reader.push(buffer.subarray(0, chunk.copy(buffer)));
          for (let args = reader.next(); args !== undefined; args = reader.next()) got.push(args);
          reader.detach();
        }
        expect(got).toEqual(commands);
      }),
      { numRuns: 400 },
    );
  });

  it('never does worse than a ProtocolError on arbitrary bytes', () => {
    const alphabet = fc.constantFrom(...Buffer.from('*$0123456789\r\n\r\n\r\nab"\'\\ '));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(alphabet, { maxLength: 300 })),
        cuts,
        (bytes, places) => {
          try {
            read(cutAt(Buffer.from(bytes), places), { keepBytes: 64 });
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('counts what it does not keep, under any chunking', () => {
    const whole = encodeCommand(['SET', 'key', Buffer.alloc(5000, 97), 'EX', 'tail']);
    fc.assert(
      fc.property(cuts, (places) => {
        const reader = new CommandReader({ keepBytes: 1000, keepRaw: 20 });
        let args: Buffer[] | undefined;
        for (const chunk of cutAt(whole, places)) {
          reader.push(chunk);
          args ??= reader.next();
        }
        expect(args?.slice(0, 2).join()).toBe('SET,key');
        expect(args?.[2]?.length).toBeLessThan(1000);
        expect(reader).toMatchObject({ argCount: 5, cut: true, sizeBytes: whole.length });
        expect(reader.raw.equals(whole.subarray(0, 20))).toBe(true);
      }),
    );
  });
});
