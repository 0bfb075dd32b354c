/** Faults that the last resort of a server took, in this process. */
import { FAULT } from '../../src/servers/contain.ts';

const faults: string[] = [];

process.on('warning', ({ name, message }) => {
  if (name === FAULT || /^Timeout.*Warning$/.test(name)) faults.push(`${name}: ${message}`);
});

/** Takes the faults that were told so far. */
export async function takeFaults(): Promise<string[]> {
  await new Promise(setImmediate); // a warning comes a tick later
  return faults.splice(0);
}
