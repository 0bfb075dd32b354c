/** In every test file: no server needed its last resort, and no timer got a time that it can't take. */
import { afterEach } from 'vitest';
import { takeFaults } from './faults.ts';

afterEach(async () => {
  const told = await takeFaults();
  if (told.length > 0) throw new Error(`${told.join('\n')}`);
});
