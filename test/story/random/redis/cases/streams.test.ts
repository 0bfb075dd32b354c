/** Streams and their entries. */
import type { Step } from '../programs.ts';
import { holds, isClear, reach, see, send, settle } from './holds.ts';

const LONG = 'h'.repeat(70_000);

holds([
  ...['RENAME b s', 'COPY b s REPLACE', 'RENAME c s'].map((command): [string, Step[]] => [
    `something else is put in the place of a stream: ${command}`,
    [
      send(1, 'EVAL return_redis.call("xadd",KEYS[1],"*","k",ARGV[1]) 1 c x'),
      settle,
      send(0, 'RPUSH b y x', 'XADD s * k x', command),
    ],
  ]),
  [
    'a script may have added one like it',
    [
      send(1, 'BLPOP c 0', 'XADD s * k x'),
      send(2, 'EVAL return_redis.call("xadd",KEYS[1],"*","k",ARGV[1]) 1 s x', 'XREAD COUNT 1 STREAMS s 0'),
    ],
  ],
  [
    'ids behind more than is kept of a reply',
    [
      send(1, 'XGROUP CREATE s g 0 MKSTREAM', `XADD s * ${LONG} ${LONG}`, 'XADD s * k x', 'XADD s * k x'),
      send(1, 'XREADGROUP GROUP g m STREAMS s >', 'XREADGROUP GROUP g m STREAMS s 0', 'XREAD STREAMS s 0'),
    ],
  ],
  [
    'fields that are short behind one that is too long to be kept',
    [send(1, `XADD s * ${LONG} x`, 'XADD s * x x'), send(2, 'XREAD STREAMS s 0'), reach(1), reach(2), see(2)],
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
    'a database that a lost connection may have flushed',
    [send(0, 'XADD s * k x'), settle, send(2, 'FLUSHALL'), { do: 'cut', client: 2, how: 'later' }],
  ],
  [
    'an entry that moved on before its reader added an equal one',
    [send(2, 'XADD s * k x'), send(1, 'RENAME s t'), send(2, 'XREAD COUNT 1 STREAMS t 0', 'XADD t * k x'), reach(2, 1)],
  ],
  [
    'a stream that was given the name of what was removed at the same time',
    [send(0, 'XADD s * k y'), settle, send(1, 'RENAME s t'), send(2, 'DEL t'), reach(2, 1)],
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
  ...['DEL s', 'XTRIM s MAXLEN 0', 'RENAME t s', 'XDEL s 1-1', 'FLUSHALL'].map((command): [string, Step[]] => [
    `copied to another stream before ${command}`,
    [
      send(1, 'XADD s 1-1 k x', 'XGROUP CREATE s g 0', 'XREADGROUP GROUP g m STREAMS s >', 'COPY s t', command),
      settle,
      send(0, 'XACK t g 1-1', 'XREAD STREAMS s t 0 0'),
    ],
  ]),
  [
    'copied with what others were adding',
    [
      send(0, 'XADD s * k x'),
      send(1, 'XADD s * k x', 'COPY s t'),
      send(2, 'DEL s', 'XADD s * k x'),
      reach(1),
      reach(0, 1),
      reach(2, 1),
    ],
  ],
]);

isClear([
  [
    'added behind what was deleted on the same connection',
    [send(0, 'XADD s 2-1 k x', 'XDEL s 2-1', 'XADD s * k y', 'XADD s 9999999999999-1 k z', 'XDEL s 2-1')],
  ],
  [
    'added by others while something else was deleted',
    [
      send(0, 'XADD s 2-1 k x'),
      settle,
      send(1, 'XADD s * k y'),
      send(0, 'XDEL s 2-1'),
      reach(1),
      reach(0),
      see(0),
      settle,
    ],
  ],
]);
