/** Files take no more than so many bytes in one piece, as a disk does that is full. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const MOST_BYTES = 500_000;
const { writeSync } = fs;
fs.writeSync = (file, data, ...rest) => {
  if (typeof data !== 'string' && data.length > MOST_BYTES) {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
  return writeSync(file, data, ...rest);
};
syncBuiltinESMExports();
