import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deque } from '../../../src/core/collections/deque.ts';

describe('a deque', () => {
  it('does what an array does', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('push' as const, 'unshift' as const), value: fc.nat() }),
      fc.record({ do: fc.constant('shift' as const) }),
      fc.record({ do: fc.constant('pop' as const) }),
      fc.record({ do: fc.constant('remove' as const), at: fc.nat() }),
      fc.record({ do: fc.constant('insert' as const), at: fc.nat(), value: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const deque = new Deque<number>();
        const array: number[] = [];
        for (const one of steps) {
          if (one.do === 'shift') expect(deque.shift()).toBe(array.shift());
          else if (one.do === 'pop') expect(deque.pop()).toBe(array.pop());
          else if (one.do === 'remove') {
            if (array.length === 0) continue;
            const index = one.at % array.length;
            const [item] = array.splice(index, 1);
            expect(deque.at(index)).toBe(item);
            deque.remove(index);
            expect(deque.indexOf(item as number)).toBe(array.indexOf(item as number));
          } else if (one.do === 'insert') {
            const index = one.at % (array.length + 1);
            deque.insert(index, one.value);
            array.splice(index, 0, one.value);
          } else {
            deque[one.do](one.value);
            array[one.do](one.value);
          }
          expect(deque.length).toBe(array.length);
          expect(deque.first()).toBe(array[0]);
        }
        expect([...deque]).toEqual(array);
      }),
    );
  });
});
