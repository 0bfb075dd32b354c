/** Tries inputs on a target until a time is over or enough were tried, and tells what went wrong. */
import { FAULT } from '../../src/servers/contain.ts';
import { Random } from './random.ts';
import type { Input, Target } from './targets.ts';

export interface Fuzzed {
  readonly target: string;
  readonly inputs: number;
  readonly seconds: number;
  /** What was wrong, and the inputs that may have caused it; undefined where nothing was. */
  readonly fault?: { readonly what: string; readonly seed: number; readonly suspects: readonly Input[] };
}

export interface Limits {
  readonly seed: number;
  readonly inputs?: number;
  readonly ms?: number;
}

/** Faults that the servers' last resort caught, or that nobody caught. */
const faults: string[] = [];

export function watchForFaults(): void {
  process.on('warning', ({ name, message }) => {
    if (name === FAULT || /^(Timeout|MaxListeners).*Warning$/.test(name)) faults.push(`${name}: ${message}`);
  });
  const tell = (error: unknown) => faults.push(`nobody caught: ${error instanceof Error ? error.stack : error}`);
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

export async function fuzz(
  target: Target,
  { seed, inputs = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY }: Limits,
): Promise<Fuzzed> {
  const random = new Random(seed);
  const started = performance.now();
  let tried = 0;
  const result = (): Fuzzed => ({ target: target.name, inputs: tried, seconds: (performance.now() - started) / 1000 });
  while (tried < inputs && performance.now() - started < ms) {
    const suspects: Input[] = [];
    try {
      for (let i = 0; i < target.batch && tried < inputs; i++) {
        const input = target.input(random);
        suspects.push(input);
        target.run(input);
        tried++;
      }
      await new Promise(setImmediate);
      await target.check();
    } catch (error) {
      faults.push(String(error instanceof Error ? error.stack : error));
    }
    await new Promise(setImmediate);
    if (faults.length > 0) return { ...result(), fault: { what: faults.splice(0).join('\n'), seed, suspects } };
  }
  return result();
}
