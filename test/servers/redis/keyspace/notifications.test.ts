import { expect, it } from 'vitest';
import { isWanted, messagesOf, normalised } from '../../../../src/servers/redis/keyspace/notifications.ts';

it('keeps the letters as Redis does, and refuses others', () => {
  expect(['', 'xK', 'KEA', 'AKEmn', 'nmKEg$lshzxetd', 'El'].map(normalised)).toEqual([
    '',
    'xK',
    'AKE',
    'AKEmn',
    'AKEmn',
    'lE',
  ]);
  expect(normalised('Kq')).toBeUndefined();
});

it('counts misses and new keys out of A', () => {
  expect([isWanted('AK', 'x'), isWanted('AK', 'm'), isWanted('KEm', 'm'), isWanted('KEl', 'x')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

it('tells by the key and by the event', () => {
  expect(messagesOf('KEx', 'expired', 3, 'k')).toEqual([
    { channel: '__keyspace@3__:k', message: 'expired' },
    { channel: '__keyevent@3__:expired', message: 'k' },
  ]);
  expect(messagesOf('x', 'expired', 3, 'k')).toEqual([]);
});
