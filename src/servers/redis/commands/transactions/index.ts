/** Transactions. Commands from https://redis.io/docs/latest/commands/?group=transactions */
import type { Group } from '../../dispatch/command.ts';
import { discard, exec, multi, unwatch, watch } from './transactions.ts';

const group: Group = {
  name: 'transactions',
  rows: [
    ['discard', 1, 'noscript loading stale fast allow_busy @transaction', '', discard],
    ['exec', 1, 'noscript loading stale skip_slowlog @transaction', '', exec],
    ['multi', 1, 'noscript loading stale fast allow_busy @transaction', '', multi],
    ['unwatch', 1, 'noscript loading stale fast allow_busy @transaction', '', unwatch],
    ['watch', -2, 'noscript loading stale fast allow_busy @transaction', 'RO@1:-1,1,0', watch],
  ],
};
export default group;
