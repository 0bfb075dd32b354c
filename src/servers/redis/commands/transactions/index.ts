/** Transactions. Commands from https://redis.io/docs/latest/commands/?group=transactions */
import { type Group, row } from '../../dispatch/table.ts';
import { discard, exec, multi, unwatch, watch } from './transactions.ts';

const group: Group = {
  name: 'transactions',
  rows: [
    row('discard', 1, 'noscript loading stale fast allow_busy @transaction +unqueued', '', discard),
    row('exec', 1, 'noscript loading stale skip_slowlog @transaction +unqueued +runs_queue', '', exec),
    row('multi', 1, 'noscript loading stale fast allow_busy @transaction +unqueued', '', multi),
    row('unwatch', 1, 'noscript loading stale fast allow_busy @transaction', '', unwatch),
    row('watch', -2, 'noscript loading stale fast allow_busy @transaction +unqueued', 'RO@1:-1,1,0', watch),
  ],
};
export default group;
