/** Lists: who took what, in which order. */

import { expect, test } from 'vitest';
import { judge } from '../judge.ts';
import type { Step } from '../programs.ts';
import { holds, isClear, reach, see, send, settle } from './holds.ts';

const six = (name: string): string[] => [1, 2, 3, 4, 5, 6].map((at) => `RPUSH a ${name}${at}`);
/** In so many orders that it is not followed in which. */
const TOO_MUCH: Step[] = [send(0, ...six('p')), send(1, ...six('q'))];
const GIVEN_UP: Step[] = [...TOO_MUCH, reach(0), reach(1), send(2, 'LLEN a', 'RPOP a'), reach(2), see(2), settle];

const LONG = 'h'.repeat(70_000);

holds([
  [
    'one of two that look alike is moved, and then both are removed',
    [send(2, 'RPUSHX b x'), send(2, 'DEL b'), send(0, 'LPUSH b x'), send(0, 'LMOVE b b RIGHT LEFT'), reach(0, 1)],
  ],
  [
    'one of three is given to somebody, and two are removed by others',
    [
      send(1, 'LMPOP 2 a a RIGHT COUNT 1', 'RPUSH a x x'),
      send(0, 'LPUSH a x'),
      send(1, 'LREM a 0 x', 'RENAMENX a b'),
      send(2, 'RPOP a 1', 'SET a text'),
    ],
  ],
  [
    'a short body behind one that is too long to be kept',
    [
      send(0, `RPUSH a ${LONG} x`, 'LINSERT a BEFORE x y', 'SORT a ALPHA STORE b', 'RPOP b'),
      settle,
      ...GIVEN_UP,
      send(2, `RPUSH a ${LONG} x`, 'LREM a 1 x', 'LPOP a 20'),
    ],
  ],
  [
    'taken from one of several keys after a function that there is not',
    [
      send(1, 'LPUSH a x z'),
      send(0, 'BRPOPLPUSH a a 0'),
      send(1, 'MULTI', 'FCALL give 1 b x', 'BLPOP a c 0', 'EXEC'),
      send(0, 'SORT a ALPHA STORE a'),
    ],
  ],
  [
    'taken behind a script from a key that is named twice',
    [
      send(1, 'BLPOP a 0.05'),
      send(
        2,
        'MULTI',
        'EVAL return_redis.call("rpush",KEYS[1],ARGV[1]) 1 b x',
        'LMPOP 2 a a RIGHT COUNT 2',
        'EXEC',
        'RPOPLPUSH b a',
      ),
    ],
  ],
  [
    'a length that was read before others pushed',
    [send(1, 'LLEN a', 'LPUSH a x'), send(0, 'LPUSH a x'), reach(1, 1), see(0)],
  ],
  [
    'an error in front of what is waited for',
    [send(0, 'BLMPOP 0 2 a a LEFT COUNT 1'), send(2, 'LSET a 0 x', 'LPUSH a x', 'LINSERT a BEFORE x x')],
  ],
  [
    'a pop whose list was empty at first',
    [send(2, 'LLEN a', 'RPOPLPUSH a a'), send(0, 'LPUSH a x'), reach(2), send(0, 'PING')],
  ],
  [
    'given on before the move was answered',
    [send(1, 'LPUSH b x', 'LMOVE b a LEFT LEFT'), send(0, 'BLMPOP 0 2 a a LEFT COUNT 1')],
  ],
  [
    'served from the key that something came to first',
    [send(0, 'MULTI', 'LPUSH a x', 'LPUSH b x', 'EXEC', 'PING'), send(1, 'BLPOP b a 0', 'PING'), reach(1, 1), see(0)],
  ],
  [
    'a transaction of which a command was refused',
    [send(1, 'MULTI', 'LSET a 0 x', 'NOSUCH x', 'EXEC', 'LPOP a'), reach(1), send(0, 'LPUSH a x'), reach(0, 1)],
  ],
  [
    'a push without a sign that it was read',
    [send(2, 'LPUSH a x', 'PEXPIRE a 5'), { do: 'cut', client: 2, how: 'before' }],
  ],
  [
    'another waited for the same longer',
    [send(1, 'BLPOP a 0'), send(0, 'MULTI', 'LPUSH a x x', 'EXEC'), reach(1), send(0, 'BLPOP a 0'), reach(0), see(0)],
  ],
  ['two answers skipped in a row', [send(2, 'CLIENT REPLY SKIP', 'CLIENT REPLY SKIP', 'PING', 'LINSERT a BEFORE x x')]],
  [
    'pushed behind a wait that was over',
    [send(2, 'BLPOP b 0.05'), reach(2), { do: 'pass', ms: 60 }, send(0, 'BLPOP a b 0'), send(2, 'RPUSH a x')],
  ],
  ['a RESET whose answer was skipped', [send(0, 'CLIENT REPLY SKIP', 'RESET', 'LINDEX c -2', 'LREM b 2 x')]],
  [
    'turned round in a list of which the order was given up, and taken, which was told first',
    [...TOO_MUCH, send(1, 'LMOVE a a LEFT RIGHT'), reach(0), reach(1), send(2, 'RPOP a'), reach(2), see(2)],
  ],
  [
    'moved on from a list of which the order was given up, and taken there, which was told first',
    [...TOO_MUCH, send(1, 'LMOVE a b LEFT RIGHT'), reach(0), reach(1), send(2, 'LLEN a', 'RPOP b'), reach(2), see(2)],
  ],
  ...[
    ['LMOVE a b LEFT RIGHT', 'RPOP b'],
    ['LMOVE a b LEFT RIGHT', 'LMOVE b c LEFT RIGHT', 'RPOP c'],
    ['LMOVE a b LEFT RIGHT', 'RPOP b', 'DEL a'],
  ].map((commands): [string, Step[]] => [
    `moved on from what was in a list of which the order was given up: ${commands.join(', ')}`,
    [...GIVEN_UP, send(1, ...commands.slice(0, -1)), reach(1), send(2, ...commands.slice(-1)), reach(2), see(2)],
  ]),
  [
    'awaited where something came to that was moved on from what was in a list of which the order was given up',
    [
      ...GIVEN_UP,
      send(2, 'BLMOVE b c LEFT LEFT 0'),
      send(0, 'BRPOP c 0'),
      reach(2),
      reach(0),
      send(1, 'LMOVE a b LEFT RIGHT'),
      reach(1),
      see(0),
      see(2),
    ],
  ],
  [
    'moved on, which nobody was told, from what was in a list of which the order was given up',
    [...GIVEN_UP, send(1, 'CLIENT REPLY OFF', 'LMOVE a b LEFT RIGHT', 'CLIENT REPLY ON'), settle, send(2, 'RPOP b')],
  ],
]);

/** In so many orders that even answers don't tell in which. */
const CROWD: Step[] = [0, 1, 2].map((client) =>
  send(client, ...Array.from({ length: 8 }, (_, at) => `LPUSH a ${client}${at}`)),
);

isClear([
  ['pushed in an order that is not followed, and taken by nobody', [...CROWD, settle]],
  [
    'pushed in an order that is not followed, and counted meanwhile',
    [...CROWD, send(2, 'LLEN a', 'LRANGE a 0 -1'), reach(0, 3), reach(2, 9), reach(1), settle],
  ],
  [
    'equal ones, pushed in an order that is not followed',
    [0, 1, 2].map((client) => send(client, ...Array.from({ length: 9 }, (_, at) => `LPUSH a ${at % 2}`))),
  ],
  [
    'pushed behind what was pushed in an order that is not followed',
    [...CROWD, settle, send(2, 'RPUSH a z', 'LPUSH a z'), settle],
  ],
]);

test.each([
  ['taken', [...CROWD, settle, send(2, 'LPOP a')]],
  ['cut off', [...CROWD, settle, send(2, 'LTRIM a 0 3')]],
  ['moved', [...CROWD, settle, send(2, 'RENAME a b')]],
  ['going to expire', [...CROWD, settle, send(2, 'PEXPIRE a 5'), settle, { do: 'pass', ms: 60 }]],
  ['going to expire before', [send(2, 'RPUSH a x', 'PEXPIRE a 50'), settle, ...CROWD, settle, { do: 'pass', ms: 60 }]],
  ['touched by a script', [...CROWD, settle, send(2, "EVAL return_redis.call('lpop',_KEYS[1]) 1 a")]],
  ['evicted', [...CROWD, settle, send(2, 'CONFIG SET maxmemory-policy allkeys-random')]],
  ['replaced by one that is lost', [...CROWD, settle, send(2, 'SET a x'), { do: 'cut', client: 2, how: 'before' }]],
] as [string, Step[]][])(
  'pushed in an order that is not followed, and maybe %s: not all is told to wait',
  async (_, steps) => {
    const { faults, unknown } = await judge({ clients: 3, resp3: [false, false, false], steps: [...steps, settle] });
    expect(faults).toEqual([]);
    expect(unknown).toBeGreaterThan(0);
  },
);
