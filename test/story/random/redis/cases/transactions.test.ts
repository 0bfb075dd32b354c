/** Transactions that are not answered yet: whether they may have done nothing. */
import { holds, isClear, reach, see, send } from './holds.ts';

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
