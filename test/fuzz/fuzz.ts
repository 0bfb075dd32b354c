/** Tries inputs on a target until a time is over or enough were tried, and tells what went wrong. */
import { FAULT } from '../../src/servers/contain.ts';
import { Random } from './random.ts';
import type { Input, Target } from './target.ts';

export interface Fuzzed {
  readonly target: string;
  readonly inputs: number;
  readonly seconds: number;
  /** What was wrong, and the inputs that may have caused it; undefined where nothing was. */
  readonly fault?: { readonly what: string; readonly suspects: readonly Input[] };
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
  return tryAll(target, ms, function* () {
    for (let left = inputs; left > 0; left--) yield target.input(random);
  });
}

/** The same inputs once more. */
export function replay(target: Target, inputs: readonly Input[]): Promise<Fuzzed> {
  return tryAll(target, Number.POSITIVE_INFINITY, () => inputs[Symbol.iterator]());
}

async function tryAll(target: Target, ms: number, inputs: () => Iterator<Input>): Promise<Fuzzed> {
  const started = performance.now();
  const source = inputs();
  let suspects: Input[] = [];
  let tried = 0;
  let next = source.next();
  while (!next.done && performance.now() - started < ms) {
    let anew = false;
    try {
      for (let left = target.batch; left > 0 && !next.done; left--) {
        suspects.push(next.value);
        const wait = target.run(next.value);
        if (wait) await wait;
        tried++;
        next = source.next();
      }
      await new Promise(setImmediate);
      anew = await target.check();
    } catch (error) {
      faults.push(String(error instanceof Error ? error.stack : error));
    }
    await new Promise(setImmediate);
    if (faults.length > 0) break;
    if (anew) suspects = [];
  }
  const result = { target: target.name, inputs: tried, seconds: (performance.now() - started) / 1000 };
  return faults.length > 0 ? { ...result, fault: { what: faults.splice(0).join('\n'), suspects } } : result;
}
