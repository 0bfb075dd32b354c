import { describe, expect, it } from 'vitest';
import { Message } from '../../../../../src/servers/rabbitmq/messages/message.ts';
import { assertArguments } from '../../../../../src/servers/rabbitmq/queues/arguments.ts';
import { Backlog } from '../../../../../src/servers/rabbitmq/queues/backlog.ts';
import { Entry } from '../../../../../src/servers/rabbitmq/queues/entry.ts';
import { KINDS, kindOf } from '../../../../../src/servers/rabbitmq/queues/kinds/index.ts';
import type { QueueKind } from '../../../../../src/servers/rabbitmq/queues/kinds/kind.ts';
import { readOptions } from '../../../../../src/servers/rabbitmq/queues/options.ts';

const title = "queue 'q' in vhost '/'";
const kinds = KINDS.map((kind) => [kind.name, kind] as const);

const entry = (position: number) => {
  const traits = { isPersistent: false, priority: 0, ttlMs: undefined };
  return new Entry(new Message('', 'q', Buffer.alloc(2), Buffer.alloc(1), traits), position, undefined);
};

/** Gives back, in this order, messages of which the queue still holds number 3. */
function giveBack(kind: QueueKind, positions: readonly number[]): number[] {
  const backlog = new Backlog(0);
  backlog.push(entry(3));
  for (const position of positions) kind.takeBack(entry(position), backlog, readOptions({}));
  return [...backlog].map(({ position }) => position);
}

describe.each(kinds)('the kind of queue %s', (name, kind) => {
  it('is what its argument names', () => {
    expect(kindOf(title, { 'x-queue-type': name })).toBe(kind);
  });

  it('refuses arguments that only other kinds know', () => {
    for (const key of KINDS.flatMap((other) => other.arguments)) {
      const declare = () =>
        assertArguments(kind, title, { [key]: kind.arguments.includes(key) ? undefined : 1 } as never);
      if (kind.arguments.includes(key)) expect(declare).not.toThrow();
      else expect(declare).toThrow(`invalid arg '${key}' for ${title} of queue type ${kind.moduleName}`);
    }
  });

  it('can be declared durable and shared', () => {
    const properties = { isDurable: true, isExclusive: false, isAutoDelete: false };
    expect(() => kind.checkProperties(title, properties)).not.toThrow();
  });

  it('loses nothing that is given back', () => {
    expect(giveBack(kind, [2, 0, 1]).sort()).toEqual([0, 1, 2, 3]);
  });
});

describe('what sets kinds of queue apart', () => {
  const order = (name: string) => giveBack(kindOf(title, { 'x-queue-type': name }), [2, 0, 1]);

  it('is where a message goes that is given back', () => {
    expect(order('classic')).toEqual([0, 1, 2, 3]);
    expect(order('quorum')).toEqual([2, 0, 1, 3]);
  });

  it('is what happens to one that comes back too often', () => {
    const options = readOptions({ 'x-delivery-limit': 1 });
    const backlog = new Backlog(0);
    const again = entry(0);
    const quorum = kindOf(title, { 'x-queue-type': 'quorum' });
    expect(quorum.takeBack(again, backlog, options)).toBeUndefined();
    expect(quorum.takeBack(again, backlog, options)).toBe('delivery_limit');
  });

  it('is what survives a restart', () => {
    const survives = (name: string, isPersistent: boolean) => {
      const message = new Message('', 'q', Buffer.alloc(2), Buffer.alloc(1), {
        isPersistent,
        priority: 0,
        ttlMs: undefined,
      });
      return kindOf(title, { 'x-queue-type': name }).survivesRestart(message);
    };
    expect([survives('classic', true), survives('classic', false)]).toEqual([true, false]);
    expect([survives('quorum', true), survives('quorum', false)]).toEqual([true, true]);
  });

  it('refuses kinds that are not there', () => {
    expect(kindOf(title, {}).name).toBe('classic');
    expect(() => kindOf(title, { 'x-queue-type': 'stream' })).toThrow('streams are not part of the embedded RabbitMQ');
    expect(() => kindOf(title, { 'x-queue-type': 'pile' })).toThrow(`"unsupported queue type 'pile'"`);
  });
});
