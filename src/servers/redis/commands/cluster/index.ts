/** Cluster mode is not there. Commands from https://redis.io/docs/latest/commands/?group=cluster */
import { type Group, row } from '../../dispatch/table.ts';
import { ReplyError } from '../../errors.ts';

const group: Group = {
  name: 'cluster',
  rows: [
    row('cluster', -2, '', '', noCluster),
    row('asking', 1, 'fast @connection', '', noCluster),
    row('readonly', 1, 'loading stale fast @connection', '', noCluster),
    row('readwrite', 1, 'loading stale fast @connection', '', noCluster),
  ],
};
export default group;

function noCluster(): void {
  throw new ReplyError('ERR This instance has cluster support disabled');
}
