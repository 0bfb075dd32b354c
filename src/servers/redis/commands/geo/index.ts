/** Places. Commands from https://redis.io/docs/latest/commands/?group=geo */
import type { Group } from '../../dispatch/command.ts';
import { geoadd, geodist, geohash, geopos } from './geo.ts';
import { georadius, georadiusbymember, georadiusbymemberRo, georadiusRo, geosearch, geosearchstore } from './search.ts';

const group: Group = {
  name: 'geo',
  rows: [
    ['geoadd', -5, 'write denyoom @geo', 'RW update@1', geoadd],
    ['geodist', -4, 'readonly @geo', 'RO access@1', geodist],
    ['geohash', -2, 'readonly @geo', 'RO access@1', geohash],
    ['geopos', -2, 'readonly @geo', 'RO access@1', geopos],
    ['georadius', -6, 'write denyoom @geo', 'RO access@1; OW update@STORE,6; OW update@STOREDIST,6', georadius],
    ['georadius_ro', -6, 'readonly @geo', 'RO access@1', georadiusRo],
    [
      'georadiusbymember',
      -5,
      'write denyoom @geo',
      'RO access@1; OW update@STORE,5; OW update@STOREDIST,5',
      georadiusbymember,
    ],
    ['georadiusbymember_ro', -5, 'readonly @geo', 'RO access@1', georadiusbymemberRo],
    ['geosearch', -7, 'readonly @geo', 'RO access@1', geosearch],
    ['geosearchstore', -8, 'write denyoom @geo', 'OW update@1; RO access@2', geosearchstore],
  ],
};
export default group;
