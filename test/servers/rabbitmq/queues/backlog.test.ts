import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Message } from '../../../../src/servers/rabbitmq/messages/message.ts';
import { Backlog } from '../../../../src/servers/rabbitmq/queues/backlog.ts';
import { Entry } from '../../../../src/servers/rabbitmq/queues/entry.ts';

describe('a backlog', () => {
  const entry = (position: number, priority: number) => {
    const traits = { isPersistent: false, priority, ttlMs: undefined };
    return new Entry(new Message('', 'q', Buffer.alloc(2), Buffer.alloc(3), traits), position, undefined);
  };

  it('keeps the order of priority and arrival, whatever is taken out and put back', () => {
    const moves = fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }), moves, (priorities, steps) => {
        const backlog = new Backlog({ count: 4, of: (priority) => 3 - Math.min(priority, 3) });
        const out: Entry[] = [];
        for (const [position, priority] of priorities.entries()) backlog.push(entry(position, priority));
        for (const [takes, nth] of steps) {
          const taken = takes ? backlog.shift() : undefined;
          if (taken) out.push(taken);
          else if (out.length > 0) backlog.restore(out.splice(nth % out.length, 1)[0]!);
        }
        const ranks = [...backlog].map(({ message, position }) => -Math.min(message.priority, 3) * 1000 + position);
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(backlog.length).toBe(priorities.length - out.length);
        expect(backlog.sizeBytes).toBe(3 * backlog.length);
      }),
    );
  });
});
