/** Publications, and who is subscribed. */
import { holds, reach, see, send, settle } from './holds.ts';

holds([
  [
    'published to oneself in a transaction in which one is subscribed no more',
    [
      send(1, 'MULTI', 'SUBSCRIBE news', 'PUBLISH news x', 'UNSUBSCRIBE news', 'EXEC'),
      send(1, 'MULTI', 'EXEC', 'RPUSH a x'),
    ],
  ],
  [
    'published to oneself and unsubscribed from in one transaction',
    [
      send(
        2,
        'SUBSCRIBE news',
        'MULTI',
        'PUBLISH news x',
        'UNSUBSCRIBE news',
        'EXEC',
        'SUBSCRIBE news',
        'PUBLISH news x',
      ),
    ],
  ],
  [
    'what a command is told of its own keys',
    [
      send(0, 'CONFIG SET notify-keyspace-events KEA', 'PSUBSCRIBE __key*', 'RPUSH a y'),
      settle,
      send(
        0,
        'LMPOP 2 a b LEFT COUNT 3',
        'LPUSHX c x',
        'MULTI',
        'RPUSH a x',
        'PUBLISH __key x',
        'LPOP a',
        'EXEC',
        'LLEN a',
      ),
    ],
  ],
  [
    'a confirmation inside a reply that is too long to be kept',
    [
      send(0, `LPUSH b ${'h'.repeat(70_000)}`, 'MULTI', 'LINDEX b 0', 'PUNSUBSCRIBE', 'EXEC'),
      send(0, 'MULTI', 'SPUBLISH sport y', 'EXEC', 'CLIENT UNBLOCK 2'),
    ],
  ],
  [
    'subscribed inside a transaction',
    [send(0, 'MULTI', 'SUBSCRIBE a b', 'PUBLISH a x', 'PING', 'EXEC', 'UNSUBSCRIBE', 'LPUSH l y', 'LPOP l')],
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
    'refused without an answer, since its client is subscribed',
    [
      send(0, 'SSUBSCRIBE news', 'CLIENT REPLY SKIP', 'XADD t * k x', 'LPOP a'),
      send(1, 'CLIENT REPLY OFF', 'SUBSCRIBE a', 'LPUSH l x', 'UNSUBSCRIBE', 'CLIENT REPLY ON', 'LLEN l'),
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
    'subscribed behind a RESET that nobody was told',
    [send(0, 'CLIENT REPLY SKIP', 'RESET', 'SUBSCRIBE sport'), send(1, 'PUBLISH sport x'), send(0, 'RPUSH a x')],
  ],
  [
    'given while a transaction with the same in it was aborted',
    [
      send(1, 'SUBSCRIBE news'),
      settle,
      send(0, 'MULTI', 'PUBLISH news x', 'NOSUCH', 'EXEC', 'PUBLISH news x'),
      reach(0),
      see(1),
    ],
  ],
  [
    'given while a transaction with the same in it did nothing, since a watched key had changed',
    [
      send(1, 'SUBSCRIBE news'),
      settle,
      send(0, 'WATCH k', 'SET k 1', 'MULTI', 'PUBLISH news x', 'EXEC', 'PUBLISH news x'),
      reach(0),
      see(1),
      send(0, 'MULTI', 'PUBLISH news x', 'EXEC', 'PUBLISH news x'),
      reach(0),
      see(1),
    ],
  ],
]);
