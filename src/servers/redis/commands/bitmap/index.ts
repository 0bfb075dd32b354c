/** Strings as bits. Commands from https://redis.io/docs/latest/commands/?group=bitmap */
import { type Group, row } from '../../dispatch/table.ts';
import { bitfield, bitfieldRo } from './bitfield.ts';
import { bitcount, bitop, bitpos, getbit, setbit } from './bits.ts';

const group: Group = {
  name: 'bitmap',
  rows: [
    row('bitcount', -2, 'readonly @bitmap', 'RO access@1', bitcount),
    row('bitfield', -2, 'write denyoom @bitmap', 'RW access update variable_flags@1', bitfield),
    row('bitfield_ro', -2, 'readonly fast @bitmap', 'RO access@1', bitfieldRo),
    row('bitop', -4, 'write denyoom @bitmap', 'OW update@2; RO access@3:-1,1,0', bitop),
    row('bitpos', -3, 'readonly @bitmap', 'RO access@1', bitpos),
    row('getbit', 3, 'readonly fast @bitmap', 'RO access@1', getbit),
    row('setbit', 4, 'write denyoom @bitmap', 'RW access update@1', setbit),
  ],
};
export default group;
