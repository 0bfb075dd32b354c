/** The keyspace alone: without a client, a command or a socket. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_TRAITS } from '../../../../src/servers/redis/differences.ts';
import { ReplyError } from '../../../../src/servers/redis/errors.ts';
import { Keyspace } from '../../../../src/servers/redis/keyspace/keyspace.ts';
import type { KeyspaceSettings } from '../../../../src/servers/redis/keyspace/settings.ts';
import type { Blocked, Waiter, Watcher } from '../../../../src/servers/redis/keyspace/waiter.ts';
import { DEFAULT_LIMITS } from '../../../../src/servers/redis/values/limits.ts';
import { StringValue } from '../../../../src/servers/redis/values/string.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

const SETTINGS: KeyspaceSettings = {
  ...DEFAULT_LIMITS,
  streamNodeMaxEntries: 100,
  streamNodeMaxBytes: 4096,
  maxmemory: 0,
  maxmemoryPolicy: 'noeviction',
  maxmemorySamples: 5,
  lfuLogFactor: 10,
  lfuDecayTime: 1,
  notifyKeyspaceEvents: '',
  protoMaxBulkLen: 1024,
};

function start(settings: Partial<KeyspaceSettings> = {}) {
  const clock = new ManualClock();
  const events: string[] = [];
  const keyspace = new Keyspace({
    clock,
    random: () => 0.5,
    settings: { ...SETTINGS, ...settings },
    traits: DEFAULT_TRAITS,
    publish: (channel, message) => events.push(`${channel} ${message}`),
  });
  return { clock, keyspace, db: keyspace.databases[0], events };
}

class TestWaiter implements Waiter {
  blocked: Blocked | undefined;
  readonly told: string[] = [];

  error(text: string): void {
    this.told.push(text);
  }

  resume(): void {
    this.told.push('resumed');
  }
}

describe('the keyspace', () => {
  it('serves those who wait for a key in the order in which they came', () => {
    const { keyspace, db } = start();
    const [first, second] = [new TestWaiter(), new TestWaiter()];
    for (const waiter of [first, second]) {
      const serve = (key: string): boolean => {
        const there = db.find(key) !== undefined;
        if (there) db.removeEmpty(key);
        return there;
      };
      keyspace.blocking.block(waiter, db, { keys: ['k'], serve, timeout: () => waiter.told.push('late') }, 0);
    }
    db.set('k', new StringValue('v'));
    expect(first.told).toEqual([]);
    keyspace.settle();
    expect([first.told, second.told]).toEqual([['resumed'], []]);
    expect([first.blocked, keyspace.blocking.count]).toEqual([undefined, 1]);
  });

  it('ends a wait when its time is up, with an error, or when the client is gone', () => {
    const { clock, keyspace, db } = start();
    const [late, refused, gone] = [new TestWaiter(), new TestWaiter(), new TestWaiter()];
    for (const waiter of [late, refused, gone]) {
      const serve = (): boolean => {
        throw new ReplyError('ERR no');
      };
      keyspace.blocking.block(waiter, db, { keys: ['k'], serve, timeout: () => waiter.told.push('late') }, 100);
    }
    keyspace.blocking.forget(gone);
    expect(keyspace.blocking.unblock(refused, 'UNBLOCKED')).toBe(true);
    clock.advance(100);
    expect([late.told, refused.told, gone.told]).toEqual([['late', 'resumed'], ['UNBLOCKED', 'resumed'], []]);
    expect(keyspace.blocking.unblock(late)).toBe(false);
    expect(db.waiting.size).toBe(0);
  });

  it('does not let anybody end a wait that is for no key', () => {
    const { keyspace } = start();
    const waiter = new TestWaiter();
    keyspace.blocking.hold(waiter, { kind: 'script' });
    expect(keyspace.blocking.unblock(waiter)).toBe(false);
    keyspace.blocking.forget(waiter);
    expect([waiter.blocked, keyspace.blocking.count]).toEqual([undefined, 0]);
  });

  it('tells those who watch a key of its changes', () => {
    const { db } = start();
    const watcher: Watcher = { watchBroken: false };
    db.watch('k', watcher);
    db.set('other', new StringValue('v'));
    expect(watcher.watchBroken).toBe(false);
    db.set('k', new StringValue('v'));
    expect(watcher.watchBroken).toBe(true);
  });

  it('lets keys expire on time, and tells of it by key and by event', () => {
    const { clock, keyspace, db, events } = start({ notifyKeyspaceEvents: 'KEx' });
    const value = new StringValue('v');
    db.set('k', value);
    db.setExpiry('k', value, keyspace.now + 100);
    clock.advance(100);
    expect([db.size, keyspace.expiring]).toEqual([1, 1]);
    clock.advance(1);
    expect([db.size, keyspace.expiring, keyspace.memory, keyspace.stats.expired]).toEqual([0, 0, 0, 1]);
    expect(events).toEqual(['__keyspace@0__:k expired', '__keyevent@0__:expired k']);
  });

  it('evicts keys that expire, and no others, where the policy says so', () => {
    const { keyspace, db } = start({ maxmemory: 1, maxmemoryPolicy: 'volatile-ttl' });
    for (const key of ['stays', 'goes']) db.set(key, new StringValue('v'));
    db.setExpiry('goes', db.find('goes') ?? new StringValue(''), keyspace.now + 1000);
    expect(keyspace.makeRoom()).toBe(false);
    expect([db.keys, keyspace.stats.evicted]).toEqual([['stays'], 1]);
  });
});
