/** Connections. Commands from https://redis.io/docs/latest/commands/?group=connection */
import { type Group, row } from '../../dispatch/table.ts';
import {
  clientCaching,
  clientCapa,
  clientGetname,
  clientGetredir,
  clientHelp,
  clientId,
  clientNoEvict,
  clientNoTouch,
  clientPause,
  clientReply,
  clientSetinfo,
  clientSetname,
  clientTracking,
  clientTrackinginfo,
  clientUnblock,
  clientUnpause,
} from './client.ts';
import { clientInfo, clientKill, clientList } from './client-list.ts';
import { auth, echo, hello, ping, quit, reset, select } from './connection.ts';

const group: Group = {
  name: 'connection',
  rows: [
    row('auth', -2, 'noscript loading stale fast no_auth allow_busy @connection', '', auth),
    row('client', -2, '', '', undefined),
    row('client|caching', 3, 'noscript loading stale @connection', '', clientCaching),
    row('client|getname', 2, 'noscript loading stale @connection', '', clientGetname),
    row('client|getredir', 2, 'noscript loading stale @connection', '', clientGetredir),
    row('client|help', 2, 'loading stale @connection', '', clientHelp),
    row('client|id', 2, 'noscript loading stale @connection', '', clientId),
    row('client|info', 2, 'noscript loading stale @connection ~nondeterministic_output', '', clientInfo),
    row('client|kill', -3, 'admin noscript loading stale @connection', '', clientKill),
    row('client|list', -2, 'admin noscript loading stale @connection ~nondeterministic_output', '', clientList),
    row('client|no-evict', 3, 'admin noscript loading stale @connection', '', clientNoEvict),
    row('client|no-touch', 3, 'noscript loading stale @connection', '', clientNoTouch),
    row('client|capa', -3, 'noscript loading stale @connection', '', clientCapa),
    row('client|pause', -3, 'admin noscript loading stale @connection', '', clientPause),
    row('client|reply', 3, 'noscript loading stale @connection', '', clientReply),
    row(
      'client|setinfo', // of Redis 7.2, but clients send it to others, too
      4,
      'noscript loading stale @connection ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      clientSetinfo,
    ),
    row(
      'client|setname',
      3,
      'noscript loading stale @connection ~request_policy:all_nodes ~response_policy:all_succeeded',
      '',
      clientSetname,
    ),
    row('client|tracking', -3, 'noscript loading stale @connection', '', clientTracking),
    row('client|trackinginfo', 2, 'noscript loading stale @connection', '', clientTrackinginfo),
    row('client|unblock', -3, 'admin noscript loading stale @connection', '', clientUnblock),
    row('client|unpause', 2, 'admin noscript loading stale @connection +unpaused', '', clientUnpause),
    row('echo', 2, 'loading stale fast @connection', '', echo),
    row('hello', -1, 'noscript loading stale fast no_auth allow_busy @connection', '', hello),
    row(
      'ping',
      -1,
      'fast @connection ~request_policy:all_shards ~response_policy:all_succeeded +while_subscribed',
      '',
      ping,
    ),
    row('quit', -1, 'noscript loading stale fast no_auth allow_busy @connection +unqueued +while_subscribed', '', quit),
    row(
      'reset',
      1,
      'noscript loading stale fast no_auth allow_busy @connection +unqueued +while_subscribed',
      '',
      reset,
    ),
    row('select', 2, 'loading stale fast @connection', '', select),
  ],
};
export default group;
