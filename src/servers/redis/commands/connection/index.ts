/** Connections. Commands from https://redis.io/docs/latest/commands/?group=connection */
import type { Group } from '../../dispatch/command.ts';
import {
  clientCaching,
  clientGetname,
  clientGetredir,
  clientHelp,
  clientId,
  clientNoEvict,
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
    ['auth', -2, 'noscript loading stale fast no_auth allow_busy @connection', '', auth],
    ['client', -2, '', '', undefined],
    ['client|caching', 3, 'noscript loading stale @connection', '', clientCaching],
    ['client|getname', 2, 'noscript loading stale @connection', '', clientGetname],
    ['client|getredir', 2, 'noscript loading stale @connection', '', clientGetredir],
    ['client|help', 2, 'loading stale @connection', '', clientHelp],
    ['client|id', 2, 'noscript loading stale @connection', '', clientId],
    ['client|info', 2, 'noscript loading stale @connection ~nondeterministic_output', '', clientInfo],
    ['client|kill', -3, 'admin noscript loading stale @connection', '', clientKill],
    ['client|list', -2, 'admin noscript loading stale @connection ~nondeterministic_output', '', clientList],
    ['client|no-evict', 3, 'admin noscript loading stale @connection', '', clientNoEvict],
    ['client|pause', -3, 'admin noscript loading stale @connection', '', clientPause],
    ['client|reply', 3, 'noscript loading stale @connection', '', clientReply],
    ['client|setinfo', 4, 'noscript loading stale @connection', '', clientSetinfo], // of Redis 7.2, but clients send it
    ['client|setname', 3, 'noscript loading stale @connection', '', clientSetname],
    ['client|tracking', -3, 'noscript loading stale @connection', '', clientTracking],
    ['client|trackinginfo', 2, 'noscript loading stale @connection', '', clientTrackinginfo],
    ['client|unblock', -3, 'admin noscript loading stale @connection', '', clientUnblock],
    ['client|unpause', 2, 'admin noscript loading stale @connection', '', clientUnpause],
    ['echo', 2, 'loading stale fast @connection', '', echo],
    ['hello', -1, 'noscript loading stale fast no_auth allow_busy @connection', '', hello],
    ['ping', -1, 'fast @connection ~request_policy:all_shards ~response_policy:all_succeeded', '', ping],
    ['quit', -1, 'noscript loading stale fast no_auth allow_busy @connection', '', quit],
    ['reset', 1, 'noscript loading stale fast no_auth allow_busy @connection', '', reset],
    ['select', 2, 'loading stale fast @connection', '', select],
  ],
};
export default group;
