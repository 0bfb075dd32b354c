/** Cluster mode is not there. Commands from https://redis.io/docs/latest/commands/?group=cluster */
import type { Group } from '../../dispatch/command.ts';
import { ReplyError } from '../../errors.ts';

const group: Group = {
  name: 'cluster',
  rows: [
    ['cluster', -2, '', '', noCluster],
    ['asking', 1, 'fast @connection', '', noCluster],
    ['readonly', 1, 'loading stale fast @connection', '', noCluster],
    ['readwrite', 1, 'loading stale fast @connection', '', noCluster],
  ],
};
export default group;

function noCluster(): void {
  throw new ReplyError('ERR This instance has cluster support disabled');
}
