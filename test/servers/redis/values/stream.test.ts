/** The entries of a stream, which are kept as bytes, against a list. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../../src/servers/redis/values/entry-block.ts';
import { StreamValue } from '../../../../src/servers/redis/values/stream.ts';
import { MAX_ID, MIN_ID } from '../../../../src/servers/redis/values/stream-id.ts';

/** Texts of bytes, short and long. */
const text = fc
  .tuple(fc.constantFrom(0, 1, 24, 25, 127, 128, 5000, 20_000), fc.string({ unit: 'binary', maxLength: 4 }))
  .map(([length, end]) => Buffer.from('x'.repeat(length) + end).toString('latin1'));

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      names: fc.constantFrom(['a'], ['a', 'b'], ['b', 'a'], ['a'.repeat(200)]),
      value: text,
      times: fc.integer({ min: 1, max: 150 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: fc.nat(), times: fc.nat(100) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('trim' as const), keep: fc.nat(300), approximate: fc.boolean() }),
  },
);

const limits = fc.record({
  streamNodeMaxEntries: fc.constantFrom(0, 1, 7, 100),
  streamNodeMaxBytes: fc.constantFrom(0, 64, 4096),
});

function entriesOf(stream: StreamValue): Entry[] {
  const entries: Entry[] = [];
  stream.entries.scan(MIN_ID, MAX_ID, (entry) => entries.push(entry) > 0);
  return entries;
}

describe('a stream', () => {
  it('keeps what was added, until it is deleted or trimmed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), limits, (steps, blockLimits) => {
        const stream = new StreamValue();
        let list: Entry[] = [];
        let next = 0;
        for (const done of steps) {
          if (done.kind === 'add') {
            for (let i = 0; i < done.times; i++) {
              next++;
              // Numbers become bigints beyond 2^53.
              const id = next > 400 ? { ms: 2n ** 60n + BigInt(next), seq: 0 } : { ms: next, seq: next % 3 };
              const fields = done.names.flatMap((name) => [name, done.value]);
              stream.add(id, fields, blockLimits);
              list.push({ ...id, fields });
            }
          } else if (done.kind === 'delete') {
            for (let i = 0; i < done.times && list.length > 0; i++) {
              const [gone] = list.splice((done.at + i) % list.length, 1);
              expect(stream.delete(gone!)).toBe(true);
              expect(stream.delete(gone!)).toBe(false);
            }
          } else {
            const removed = stream.trim((left) => left >= done.keep, done.approximate, 0);
            if (!done.approximate) expect(removed).toBe(Math.max(0, list.length - done.keep));
            list = list.slice(removed);
          }
          expect(stream.length).toBe(list.length);
          expect(entriesOf(stream)).toEqual(list);
          expect(entriesOf(stream.copy())).toEqual(list);
        }
        const backwards: Entry[] = [];
        stream.entries.scanBack(MIN_ID, MAX_ID, (entry) => backwards.push(entry) > 0);
        expect(backwards.toReversed()).toEqual(list);
        for (const entry of list) expect(stream.entries.get(entry)).toEqual(entry);
        for (const entry of list) stream.delete(entry);
        expect(stream.sizeBytes).toBe(new StreamValue().sizeBytes);
      }),
      { numRuns: 60 },
    );
  });
});
