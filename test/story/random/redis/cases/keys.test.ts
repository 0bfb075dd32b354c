/** Keys that are copied, moved, replaced, filled by scripts, in any database. */
import type { Step } from '../programs.ts';
import { holds, isClear, reach, see, send, settle } from './holds.ts';

holds([
  [
    'a moment that has passed when it is to live until then',
    [
      send(2, 'MULTI', 'PEXPIREAT a 1700000001030', 'PEXPIRE a 5', 'EXEC'),
      send(0, 'LPUSH a x x y'),
      { do: 'pass', ms: 60 },
      send(1, 'RPUSH b x', 'PEXPIREAT b 1000', 'LLEN b'),
    ],
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
    'pushed in a transaction that runs a script',
    [send(0, 'BLPOP b a 0'), send(1, 'MULTI', 'LPUSH a x', 'EVAL return_1 0', 'EXEC')],
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
    'pushed to a database that a refused transaction did not choose, and taken before that was told',
    [send(0, 'MULTI', 'SELECT 1', 'LPUSH a', 'EXEC', 'LPUSH b x'), send(1, 'RPOPLPUSH b b')],
  ],
  [
    'pushed within a transaction that asks for a database that is not there',
    [
      send(0, 'MULTI', 'RPUSH a x', 'SELECT 1', 'RPUSH a x', 'SELECT 16', 'RPUSH a y', 'EXEC', 'RPUSH a y'),
      send(1, 'MULTI', 'SELECT 16', 'RPUSH b x', 'EXEC', 'LPOP b'),
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
    'sorted into the list that a pop had found empty',
    [send(2, 'SET a text XX', 'RPOP a'), send(0, 'SORT a ALPHA STORE a'), send(2, 'LPUSH a x x'), reach(2)],
  ],
  [
    'pushed behind a transaction that was refused and would have chosen another database, and taken before that was told',
    [send(1, 'MULTI', 'SELECT 1', 'NOSUCH x', 'EXEC', 'LPUSH a x'), send(0, 'BRPOP a 0')],
  ],
  [
    'a database before a RESET',
    [
      send(1, 'SELECT 1', 'MULTI', 'SELECT 2', 'NOSUCH', 'EXEC', 'RESET', 'LPUSH a x', 'XADD s 1-1 k x'),
      send(0, 'RPUSH a x', 'LPOP a'),
    ],
  ],
  [
    'added behind a transaction that was refused, which nobody was told',
    [
      send(1, 'CLIENT REPLY OFF', 'MULTI', 'SELECT 1', 'NOSUCH', 'EXEC', 'XADD s 1-1 k x', 'LPUSH a x'),
      send(1, 'CLIENT REPLY ON'),
      settle,
      send(0, 'XREAD STREAMS s 0', 'XDEL s 1-1'),
    ],
  ],
  [
    'deleted from a stream in the database that a refused transaction did not choose',
    [
      send(1, 'MULTI', 'SELECT 1', 'NOSUCH', 'EXEC', 'XADD s 1-1 k x'),
      reach(1),
      send(0, 'XDEL s 1-1'),
      reach(0),
      see(0),
    ],
  ],
  ...['a', 's'].map((key): [string, Step[]] => [
    `what a script has done before it failed: ${key}`,
    [
      send(0, 'RPUSH a x y', 'XADD s 1-1 k x'),
      send(0, `EVAL redis.call("${key === 'a' ? 'lpop' : 'del'}",KEYS[1])_return_redis.call("incr","b","c") 1 ${key}`),
      send(0, 'LRANGE a 0 -1', 'XREAD STREAMS s 0', 'EVALSHA nosuch 0', 'LPOP a', 'LPOP a', 'EXISTS s'),
    ],
  ]),
  [
    'renamed in a transaction that is refused what is no list',
    [
      send(2, 'XADD s * k x'),
      send(1, 'SET b text', 'LPUSH a z x x'),
      reach(1, 1),
      send(2, 'MULTI', 'LTRIM a 1 -2', 'LINSERT b AFTER x x', 'RENAME s t', 'EXEC'),
      reach(2, 99),
    ],
  ],
  ['refused behind a second MONITOR, which is not answered', [send(2, 'MONITOR', 'MONITOR', 'LSET b 2 z', 'MULTI')]],
]);

isClear([
  [
    'removed by a moment that had passed before',
    [send(0, 'RPUSH a x', 'PEXPIREAT a 1', 'EXISTS a', 'RPUSH a y', 'EXPIREAT a 1', 'LLEN a'), settle],
  ],
  [
    'gone by its time to live, which was to be prolonged too late',
    [
      send(0, 'RPUSH a x', 'PEXPIRE a 5'),
      settle,
      { do: 'pass', ms: 60 },
      send(0, 'EXPIRE a 100 GT', 'TTL a', 'PERSIST a', 'PEXPIREAT a 1', 'EXISTS a', 'RPUSH a y'),
    ],
  ],
]);

isClear(
  ['EXISTS a', 'TTL a', 'TYPE a', 'LLEN a'].map((look): [string, Step[]] => [
    `gone by its time to live, as ${look} tells`,
    [send(0, 'RPUSH a x', 'PEXPIRE a 5'), settle, { do: 'pass', ms: 60 }, send(1, look), settle],
  ]),
);
