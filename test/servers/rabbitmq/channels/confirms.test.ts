import { describe, expect, it } from 'vitest';
import { Confirms } from '../../../../src/servers/rabbitmq/channels/confirms.ts';

describe('publisher confirms', () => {
  it('number publishes once the client asked for them', () => {
    const confirms = new Confirms();
    expect(confirms.number()).toBe(0);
    confirms.select();
    expect(confirms.next).toBe(1);
    expect([confirms.number(), confirms.number()]).toEqual([1, 2]);
    expect(confirms.next).toBe(3);
  });

  it('are gathered until they are taken, and say when gathering begins', () => {
    const confirms = new Confirms();
    expect(confirms.settle(1, true)).toBe(true);
    expect(confirms.settle(2, false)).toBe(false);
    expect(confirms.settle(3, true)).toBe(false);
    expect(confirms.take()).toEqual({ confirmed: [1, 3], rejected: [2] });
    expect(confirms.settle(4, false)).toBe(true);
    expect(confirms.take()).toEqual({ confirmed: [], rejected: [4] });
  });
});
