/** Cluster mode is not there. Commands from https://redis.io/docs/latest/commands/?group=cluster */
import type { Session } from '../../clients/session.ts';
import { type Group, row } from '../../dispatch/table.ts';
import { ReplyError } from '../../errors.ts';

const group: Group = {
  name: 'cluster',
  rows: [
    row('cluster', -2, '', '', noCluster),
    row('asking', 1, 'fast @connection', '', noCluster),
    row('readonly', 1, 'loading stale fast @connection', '', readonly),
    row('readwrite', 1, 'loading stale fast @connection', '', readonly),
  ],
};
export default group;

/** Where there is no cluster, there is nothing that it could change. */
function readonly(s: Session): void {
  if (!s.traits.readonlyEverywhere) noCluster();
  s.ok();
}

function noCluster(): never {
  throw new ReplyError('ERR This instance has cluster support disabled');
}
