/** In every test file: no server needed its last resort, and no timer got a time that it can't take. */
import { afterEach } from 'vitest';
import { FAULT } from '../../src/servers/contain.ts';

const faults: string[] = [];

process.on('warning', ({ name, message }) => {
  if (name === FAULT || /^Timeout.*Warning$/.test(name)) faults.push(`${name}: ${message}`);
});

/** Takes the faults that were told, where a test causes one on purpose. */
export async function takeFaults(): Promise<string[]> {
  await new Promise(setImmediate); // a warning comes a tick later
  return faults.splice(0);
}

afterEach(async () => {
  const told = await takeFaults();
  if (told.length > 0) throw new Error(`${told.join('\n')}`);
});
