/** Transactions that are not answered yet: whether they may have done nothing. */
import type { Step } from '../programs.ts';
import { holds, isClear, reach, see, send, settle } from './holds.ts';

const TWO = ['MULTI', 'RPUSH a x', 'RPUSH a y', 'EXEC'];

isClear([
  [
    'taken from a transaction that can only be carried out, in front of another push',
    [send(0, ...TWO, 'RPUSH a x'), send(1, 'LPOP a'), reach(0), reach(1), see(1), see(0)],
  ],
  [
    'taken from the first of two transactions',
    [send(0, ...TWO, ...TWO), send(1, 'LPOP a'), reach(0), reach(1), see(1), see(0)],
  ],
  [
    'taken from a transaction of which all was queued',
    [
      send(0, 'MULTI', 'RPUSH a x', 'PING', 'RPUSH a y'),
      reach(0),
      see(0),
      send(0, 'EXEC', 'RPUSH a x'),
      send(1, 'LPOP a'),
      reach(0),
      reach(1),
      see(1),
      see(0),
    ],
  ],
]);

holds([
  ...['OFF', 'SKIP'].map((mode): [string, Step[]] => [
    `replies that are switched within a transaction: ${mode}`,
    [
      send(
        0,
        'MULTI',
        'RPUSH a x',
        `CLIENT REPLY ${mode}`,
        'RPUSH a y',
        'RPOP a',
        'EXEC',
        'RPUSH a z',
        'LPOP a',
        'LPOP a',
      ),
      settle,
      send(0, 'CLIENT REPLY ON', 'PING', 'LPOP a', 'LLEN a'),
    ],
  ]),
  [
    'replies that are switched, or not, within a transaction that is not answered yet',
    [
      send(2, 'MULTI', 'LPUSH a', 'CLIENT REPLY SKIP', 'EXEC', 'LRANGE b 0 -1', 'RPOPLPUSH b b', 'RPUSH a x', 'LPOP a'),
      send(1, 'MULTI', 'RPUSH b x', 'CLIENT REPLY OFF', 'EXEC', 'RPUSH b y', 'LPOP b', 'CLIENT REPLY ON', 'LPOP b'),
    ],
  ],
  [
    'replies that are switched within a transaction that does nothing',
    [
      send(0, 'WATCH a'),
      settle,
      send(1, 'RPUSH a y'),
      settle,
      send(0, 'MULTI', 'CLIENT REPLY OFF', 'RPUSH a x', 'EXEC'),
      settle,
      send(0, 'RPUSH a x', 'LPOP a'),
    ],
  ],
  [
    'replies that are switched off and on within a transaction',
    [
      send(
        0,
        'MULTI',
        'RPUSH a x',
        'CLIENT REPLY OFF',
        'LPOP a',
        'CLIENT REPLY ON',
        'RPUSH a y',
        'LPOP a',
        'EXEC',
        'PING',
      ),
    ],
  ],
  [
    'taken behind a transaction of one command that did nothing, since its key had changed',
    [
      send(0, 'WATCH a'),
      reach(0),
      send(2, 'RPUSH a y'),
      reach(2),
      send(0, 'MULTI', 'RPUSH a x', 'EXEC', 'RPUSH a x'),
      reach(0),
      send(1, 'RPOP a'),
      reach(1),
      see(1),
    ],
  ],
  [
    'taken behind a transaction of one command that was not carried out for another',
    [send(0, 'MULTI', 'RPUSH a x', 'NOSUCH x', 'EXEC', 'RPUSH a x'), reach(0), send(1, 'RPOP a'), reach(1), see(1)],
  ],
  [
    'taken behind a transaction that was not begun, since its client is subscribed',
    [
      send(0, 'SUBSCRIBE news', 'MULTI', 'RPUSH a x', 'RPUSH a y', 'EXEC', 'UNSUBSCRIBE', 'RPUSH a x'),
      reach(0),
      send(1, 'RPOP a'),
      reach(1),
      see(1),
    ],
  ],
]);
