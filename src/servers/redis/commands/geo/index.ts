/** Places. Commands from https://redis.io/docs/latest/commands/?group=geo */
import { type Group, row } from '../../dispatch/table.ts';
import { geoadd, geodist, geohash, geopos } from './geo.ts';
import { georadius, georadiusbymember, georadiusbymemberRo, georadiusRo, geosearch, geosearchstore } from './search.ts';

const group: Group = {
  name: 'geo',
  rows: [
    row('geoadd', -5, 'write denyoom @geo', 'RW update@1', geoadd),
    row('geodist', -4, 'readonly @geo', 'RO access@1', geodist),
    row('geohash', -2, 'readonly @geo', 'RO access@1', geohash),
    row('geopos', -2, 'readonly @geo', 'RO access@1', geopos),
    row(
      'georadius',
      -6,
      'write denyoom @geo',
      'RO access@1; OW update incomplete@STORE,6; OW update incomplete@STOREDIST,6',
      georadius,
    ),
    row('georadius_ro', -6, 'readonly @geo', 'RO access@1', georadiusRo),
    row(
      'georadiusbymember',
      -5,
      'write denyoom @geo',
      'RO access@1; OW update incomplete@STORE,5; OW update incomplete@STOREDIST,5',
      georadiusbymember,
    ),
    row('georadiusbymember_ro', -5, 'readonly @geo', 'RO access@1', georadiusbymemberRo),
    row('geosearch', -7, 'readonly @geo', 'RO access@1', geosearch),
    row('geosearchstore', -8, 'write denyoom @geo', 'OW update@1; RO access@2', geosearchstore),
  ],
};
export default group;
