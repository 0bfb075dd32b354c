import { describe, expect, it } from 'vitest';
import { DIFFERENCES } from '../../../../../src/servers/rabbitmq/differences.ts';
import { Message } from '../../../../../src/servers/rabbitmq/messages/message.ts';
import { assertArguments } from '../../../../../src/servers/rabbitmq/queues/arguments.ts';
import { Backlog, ONE_LANE } from '../../../../../src/servers/rabbitmq/queues/backlog.ts';
import { Entry } from '../../../../../src/servers/rabbitmq/queues/entry.ts';
import { Kinds } from '../../../../../src/servers/rabbitmq/queues/kinds/index.ts';
import type { QueueKind } from '../../../../../src/servers/rabbitmq/queues/kinds/kind.ts';
import { RELEASES } from '../../../../../src/servers/rabbitmq/releases.ts';
import { traitsOf } from '../../../../../src/servers/releases.ts';

const title = "queue 'q' in vhost '/'";
const releases = RELEASES.map((release) => [release.name, new Kinds(traitsOf(DIFFERENCES, release))] as const);

const entry = (position: number) => {
  const traits = { isPersistent: false, priority: 0, ttlMs: undefined };
  return new Entry(new Message('', 'q', Buffer.alloc(2), Buffer.alloc(1), traits), position, undefined);
};

/** Gives back, in this order, messages of which the queue still holds number 3. */
function giveBack(kind: QueueKind, positions: readonly number[], how: 'given back' | 'left behind'): number[] {
  const backlog = new Backlog(ONE_LANE);
  backlog.push(entry(3));
  for (const position of positions) kind.takeBack(entry(position), backlog, kind.readOptions({}), how);
  return [...backlog].map(({ position }) => position);
}

describe.each(releases)('RabbitMQ %s', (release, kinds) => {
  const named = (name: string) => kinds.of(title, { 'x-queue-type': name });

  describe.each(kinds.all.map((kind) => [kind.name, kind] as const))('the kind of queue %s', (name, kind) => {
    it('is what its argument names', () => {
      expect(named(name)).toBe(kind);
    });

    it('refuses arguments that only other kinds know', () => {
      for (const key of kinds.all.flatMap((other) => other.arguments)) {
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

    it.skipIf(kind.isLog).each(['given back', 'left behind'] as const)('loses nothing that is %s', (how) => {
      expect(giveBack(kind, [2, 0, 1], how).sort()).toEqual([0, 1, 2, 3]);
    });
  });

  describe('what sets kinds of queue apart', () => {
    it('is where a message goes that is given back', () => {
      expect(giveBack(named('classic'), [2, 0, 1], 'given back')).toEqual([0, 1, 2, 3]);
      expect(giveBack(named('quorum'), [2, 0, 1], 'left behind')).toEqual([2, 0, 1, 3]);
      expect(giveBack(named('quorum'), [2, 0, 1], 'given back')).toEqual(
        release === '3.10' ? [3, 2, 0, 1] : [2, 0, 1, 3],
      );
    });

    it('is what happens to one that comes back too often', () => {
      const quorum = named('quorum');
      const options = quorum.readOptions({ 'x-delivery-limit': 1 });
      const backlog = new Backlog(ONE_LANE);
      const again = entry(0);
      expect(quorum.takeBack(again, backlog, options, 'given back')).toBeUndefined();
      expect(quorum.takeBack(again, backlog, options, 'given back')).toBe('delivery_limit');
    });

    it('is what survives a restart', () => {
      const survives = (name: string, isPersistent: boolean) => {
        const message = new Message('', 'q', Buffer.alloc(2), Buffer.alloc(1), {
          isPersistent,
          priority: 0,
          ttlMs: undefined,
        });
        return named(name).survivesRestart(message);
      };
      expect([survives('classic', true), survives('classic', false)]).toEqual([true, false]);
      expect([survives('quorum', true), survives('quorum', false)]).toEqual([true, true]);
    });

    it('refuses kinds that are not there', () => {
      expect(kinds.of(title, {}).name).toBe('classic');
      expect(() => named('pile')).toThrow(`"unsupported queue type 'pile'"`);
    });
  });
});
