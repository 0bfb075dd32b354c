import { describe, expect, it } from 'vitest';
import { byQueue, type Unacked, UnackedMessages } from '../../../../src/servers/rabbitmq/channels/unacked.ts';
import type { ConsumedQueue } from '../../../../src/servers/rabbitmq/queues/consumer.ts';

const [one, other] = [{ name: 'one' }, { name: 'other' }] as never as [ConsumedQueue, ConsumedQueue];
const item = (tag: number, queue = one): Unacked => ({ queue, entry: {} as never, consumer: undefined, tag });
const tags = (items: readonly Unacked[]) => items.map(({ tag }) => tag);

function holding(...numbers: number[]): UnackedMessages {
  const unacked = new UnackedMessages();
  for (const tag of numbers) unacked.add(item(tag));
  return unacked;
}

describe('the unacknowledged messages of a channel', () => {
  it('are taken by their tag, up to a tag, or all', () => {
    const unacked = holding(1, 2, 3, 4, 5);
    expect(tags(unacked.take(2, false))).toEqual([2]);
    expect(tags(unacked.take(4, true))).toEqual([1, 3, 4]);
    expect(tags(unacked.take(0, true))).toEqual([5]);
    expect(unacked.size).toBe(0);
  });

  it('are refused where the tag stands for nothing', () => {
    expect(() => holding(1).take(2, true)).toThrow('unknown delivery tag 2');
    expect(() => holding(1).take(0, false)).toThrow('unknown delivery tag 0');
    expect(holding().take(0, true)).toEqual([]);
  });

  it('come back in their old order', () => {
    const unacked = holding(1, 2, 3);
    const taken = unacked.take(2, true);
    unacked.restore(taken.reverse());
    expect(tags(unacked.takeAll())).toEqual([1, 2, 3]);
  });

  it('return to their queues together', () => {
    const lists = byQueue([item(1), item(2, other), item(3)]);
    expect([...lists].map(([queue, items]) => [queue, tags(items)])).toEqual([
      [one, [1, 3]],
      [other, [2]],
    ]);
  });
});
