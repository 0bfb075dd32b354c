import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes that live on the heap once everything that nobody needs is gone. */
export function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
