/** Programs about which the story of Redis said something false once, as small as they could be made. */
import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import type { Step } from './programs.ts';
import type { Words } from './wires.ts';

const send = (client: number, ...commands: string[]): Step => ({
  do: 'send',
  client,
  commands: commands.map((command): Words => command.split(' ').map((word) => word.replaceAll('_', ' '))),
});
const reach = (client: number, count = 99): Step => ({ do: 'reach', client, count });
const see = (client: number): Step => ({ do: 'see', client });
const settle: Step = { do: 'settle' };

const FOUND: [string, Step[]][] = [
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
    'a database that was not chosen after all',
    [send(0, 'LPUSH c x', 'MULTI', 'LPUSH a', 'SELECT 1', 'EXEC', 'MOVE c 1')],
  ],
  [
    'what a script may have pushed',
    [send(1, 'MULTI', 'EVAL return_1 0', 'EXEC'), send(0, 'BLPOP a 0'), send(1, 'LPUSH a x')],
  ],
  [
    'what SORT stored is nobody’s message',
    [send(0, 'LPUSH a x', 'SORT a ALPHA STORE a', 'BLPOP a a 0'), send(1, 'LPUSH a x')],
  ],
  [
    'a copy outlives what it is a copy of',
    [send(0, 'LPUSH a x'), send(1, 'COPY a c', 'RENAME c a', 'LINSERT a BEFORE x x'), see(0)],
  ],
  [
    'cut off a stream by another client, though its id was told later',
    [
      send(0, 'XADD s MAXLEN 2 * k x', 'XADD s MAXLEN 2 * k x'),
      send(1, 'MULTI', 'XADD s * k x', 'EXEC'),
      reach(1),
      reach(0, 1),
    ],
  ],
  [
    'trimmed before its id was told',
    [send(1, 'XADD s * k x'), reach(1), send(0, 'XTRIM s MAXLEN 0', 'PING'), reach(0), see(0)],
  ],
  [
    'read under another name before it was told that it was added',
    [send(2, 'XADD s * k x', 'RENAME s t'), reach(2), send(0, 'XREAD COUNT 1 STREAMS t 0'), reach(0), see(0)],
  ],
  [
    'what a lost connection may have deleted before it was told that it was added',
    [send(1, 'XADD s 1-1 k y'), reach(1), send(0, 'XDEL s 1-1'), reach(0)],
  ],
  [
    'a push without a sign that it was read',
    [send(2, 'LPUSH a x', 'PEXPIRE a 5'), { do: 'cut', client: 2, how: 'before' }],
  ],
  [
    'a database that a lost connection may have flushed',
    [send(0, 'XADD s * k x'), settle, send(2, 'FLUSHALL'), { do: 'cut', client: 2, how: 'later' }],
  ],
  [
    'another waited for the same longer',
    [send(1, 'BLPOP a 0'), send(0, 'MULTI', 'LPUSH a x x', 'EXEC'), reach(1), send(0, 'BLPOP a 0'), reach(0), see(0)],
  ],
  [
    'pushed in a transaction that runs a script',
    [send(0, 'BLPOP b a 0'), send(1, 'MULTI', 'LPUSH a x', 'EVAL return_1 0', 'EXEC')],
  ],
  ['two answers skipped in a row', [send(2, 'CLIENT REPLY SKIP', 'CLIENT REPLY SKIP', 'PING', 'LINSERT a BEFORE x x')]],
  [
    'subscribed inside a transaction',
    [send(0, 'MULTI', 'SUBSCRIBE a b', 'PUBLISH a x', 'PING', 'EXEC', 'UNSUBSCRIBE', 'LPUSH l y', 'LPOP l')],
  ],
  [
    'two equal ones, one removed and one given, after too much happened at once',
    [
      send(1, 'RPUSH a y z', 'LPOP c', 'LPOP c'),
      send(2, 'RPOP a', 'RPOP a'),
      send(0, 'LPUSH b x', 'LREM b 2 x', 'LPUSH b x'),
      send(2, 'RPOP a', 'RPOP b'),
      send(1, 'LMPOP 2 b a RIGHT COUNT 3', 'SORT a ALPHA STORE b', 'LMPOP 2 a c LEFT COUNT 3'),
    ],
  ],
  [
    'pushed behind a wait that was over',
    [send(2, 'BLPOP b 0.05'), reach(2), { do: 'pass', ms: 60 }, send(0, 'BLPOP a b 0'), send(2, 'RPUSH a x')],
  ],
  [
    'a text that came to a key as it was copied and moved on',
    [send(2, 'COPY a c', 'RENAME c b'), send(0, 'SET a text NX')],
  ],
  [
    'a text in another database',
    ['MOVE a 1', 'SWAPDB 0 1', 'COPY a a DB 1'].flatMap((command) => [
      send(0, 'SET a text', command, 'SELECT 1', 'RENAME a b', 'FLUSHALL', 'SELECT 0'),
      settle,
    ]),
  ],
  ['a RESET whose answer was skipped', [send(0, 'CLIENT REPLY SKIP', 'RESET', 'LINDEX c -2', 'LREM b 2 x')]],
  [
    'an entry that moved on before its reader added an equal one',
    [send(2, 'XADD s * k x'), send(1, 'RENAME s t'), send(2, 'XREAD COUNT 1 STREAMS t 0', 'XADD t * k x'), reach(2, 1)],
  ],
  ['subscribed behind a RESET', [send(1, 'RESET', 'SSUBSCRIBE news'), reach(1), send(0, 'SPUBLISH news x')]],
  [
    'published, without an answer, as the subscriber left',
    [
      send(1, 'SUBSCRIBE news'),
      settle,
      send(1, 'UNSUBSCRIBE news'),
      reach(1),
      send(0, 'CLIENT REPLY OFF', 'PUBLISH news x', 'CLIENT REPLY ON'),
      reach(0),
      see(0),
    ],
  ],
  [
    'a stream that was given the name of what was removed at the same time',
    [send(0, 'XADD s * k y'), settle, send(1, 'RENAME s t'), send(2, 'DEL t'), reach(2, 1)],
  ],
  [
    'inserted, or not, into a list that a script has filled',
    [
      send(0, 'EVAL return_redis.call("rpush",KEYS[1],ARGV[1]) 1 a y'),
      send(2, 'LINSERT a AFTER x x', 'LPUSHX b x'),
      reach(0),
      send(0, 'UNLINK b a'),
      reach(2),
    ],
  ],
  [
    'what nobody was told to be done to a stream',
    ['RENAMENX s t', 'COPY t s', 'RENAME q s'].flatMap((command, at) => [
      send(0, 'XADD s * k x', 'SET t x', 'SET q x', at === 2 ? 'DEL q' : 'PING'),
      settle,
      send(2, 'CLIENT REPLY OFF', command, 'CLIENT REPLY ON'),
      settle,
      send(0, 'FLUSHALL'),
      settle,
    ]),
  ],
  [
    'an insertion that may have been refused for what the key holds',
    [send(2, 'SORT a ALPHA STORE a', 'LINSERT a AFTER x x'), send(0, 'SET a text NX')],
  ],
  [
    'copied before it was cut off, though that was told first',
    [send(1, 'BLMOVE b b RIGHT LEFT 0', 'LTRIM a 1 -1'), send(2, 'COPY a b'), send(0, 'RPUSH a x z')],
  ],
  [
    'not copied onto itself, which nobody was told',
    [send(0, 'RPUSH a x', 'CLIENT REPLY OFF', 'COPY a a REPLACE', 'CLIENT REPLY ON', 'PING')],
  ],
  [
    'refused without an answer, since its client is subscribed',
    [
      send(0, 'SSUBSCRIBE news', 'CLIENT REPLY SKIP', 'XADD t * k x', 'LPOP a'),
      send(1, 'CLIENT REPLY OFF', 'SUBSCRIBE a', 'LPUSH l x', 'UNSUBSCRIBE', 'CLIENT REPLY ON', 'LLEN l'),
    ],
  ],
  [
    'pushed to a database that a refused transaction did not choose, and taken before that was told',
    [send(0, 'MULTI', 'SELECT 1', 'LPUSH a', 'EXEC', 'LPUSH b x'), send(1, 'RPOPLPUSH b b')],
  ],
  [
    'added behind what removes everything, and read before either was told',
    [send(1, 'FLUSHALL', 'XADD s MAXLEN 2 * k x'), send(0, 'XREAD COUNT 2 STREAMS s 0'), reach(1)],
  ],
  [
    'cut off a stream that another client gave another name before that was told',
    [
      send(0, 'XADD s * k x'),
      settle,
      send(1, 'RENAME s t'),
      reach(1),
      send(0, 'XADD s * k y', 'XADD s MAXLEN 2 * k y'),
    ],
  ],
  [
    'read before a trim, whose answer was told first',
    [
      send(0, 'XADD s 1-1 k x', 'XADD s 2-1 k x', 'XGROUP CREATE s g 0'),
      settle,
      send(1, 'XREADGROUP GROUP g m COUNT 2 STREAMS s >'),
      reach(1),
      send(0, 'XTRIM s MAXLEN 1'),
      send(2, 'XTRIM s MAXLEN 1'),
      reach(0),
      see(0),
      reach(2),
    ],
  ],
  [
    'taken from a list that a script has filled, while others gave it another name',
    [
      send(1, "EVAL return_redis.call('rpush',_KEYS[1],_ARGV[1]) 1 a x"),
      send(2, 'RPUSH a x'),
      settle,
      send(0, 'RENAMENX a b'),
      send(2, 'RPOP a', 'RPUSH a y'),
      reach(2, 1),
    ],
  ],
  [
    'gone from one of two lists in which it may have been',
    [
      send(2, 'SET c text'),
      send(2, 'SORT c ALPHA STORE a'),
      send(2, 'RPOPLPUSH a b', 'LPUSH a x', 'RENAME a c'),
      send(1, 'LTRIM a 2 2'),
      settle,
      send(2, 'COPY c a'),
      send(2, 'LPOP a'),
    ],
  ],
  [
    'taken by what is not answered yet, before a string took the place of its list',
    [
      send(2, 'LPUSH a z'),
      settle,
      send(1, 'SET a text NX'),
      send(2, 'EVAL return_1 0 x'),
      send(2, 'LMOVE a c LEFT RIGHT'),
      reach(2),
    ],
  ],
  [
    'turned round in its list before it was taken, which was told first',
    [
      send(0, 'RPOP b 3'),
      send(1, 'RPUSH b z'),
      send(2, 'LPOP a 3'),
      send(1, 'LMOVE b b LEFT LEFT', 'RPOPLPUSH a a', 'LPUSH b x'),
      reach(1, 2),
      send(0, 'EVAL return_1 0 x', 'LMPOP 2 a b RIGHT COUNT 2'),
      send(2, 'LMOVE a a LEFT RIGHT', 'SORT b ALPHA STORE a'),
    ],
  ],
  [
    'sorted into a list of which too much happened at once',
    [
      send(2, 'RPUSH a x x', 'LINSERT a BEFORE x x', 'LPOP c'),
      send(0, 'LSET a 0 x'),
      send(2, 'SORT a ALPHA STORE c'),
      reach(2),
      send(2, 'SORT c ALPHA STORE a', 'RPOP a'),
      send(1, 'RPOP c'),
      send(1, 'RPUSH c z x x'),
      send(1, 'LPOP a', 'LINSERT c BEFORE z x'),
    ],
  ],
  [
    'set at a place of a list that may not be there, which nobody was told',
    [
      send(1, 'RENAMENX a a'),
      send(2, 'RPOPLPUSH b a', 'SET a'),
      send(1, 'LPOP a'),
      send(0, 'LPUSH a x', 'CLIENT REPLY SKIP'),
      send(0, 'LSET a 2 x', 'LINDEX c'),
      send(2, 'LMPOP 2 b c LEFT'),
    ],
  ],
  [
    'published behind what a script may have published',
    [
      send(0, "EVAL return_redis.call('publish',_'news',_ARGV[1]) 0 z", 'SUBSCRIBE news'),
      settle,
      send(1, "EVAL return_redis.call('publish',_'news',_ARGV[1]) 0 z"),
      send(2, 'PUBLISH news z', 'PUBLISH news x'),
    ],
  ],
  [
    'sorted into the list that a pop had found empty',
    [send(2, 'SET a text XX', 'RPOP a'), send(0, 'SORT a ALPHA STORE a'), send(2, 'LPUSH a x x'), reach(2)],
  ],
  [
    'subscribed behind a RESET that nobody was told',
    [send(0, 'CLIENT REPLY SKIP', 'RESET', 'SUBSCRIBE sport'), send(1, 'PUBLISH sport x'), send(0, 'RPUSH a x')],
  ],
];

test.each(FOUND)('%s', async (_, steps) => {
  for (const isNew of [false, true]) {
    const { faults } = await judge({ clients: 3, resp3: [isNew, isNew, isNew], steps });
    expect(faults).toEqual([]);
  }
});
