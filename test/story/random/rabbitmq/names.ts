/** The few names that random programs use, so that what they do collides. */
import fc from 'fast-check';

export type Arb<T> = fc.Arbitrary<T>;

/** What goes by the clock is left out where every step is to be known. */
export interface Flavour {
  readonly isTimed: boolean;
}

export const QUEUES = ['q1', 'q2', 'q3'] as const;
const KEYS = ['k1', 'k2', 'q1'] as const;
export const queue = fc.constantFrom(...QUEUES);
/** Some that are not there, or not yet. */
export const anyQueue = fc.constantFrom(...QUEUES, ...QUEUES, 'named', 'missing');
export const exchange = fc.constantFrom('x1', 'x2');
export const key = fc.constantFrom(...KEYS);
export const pattern = fc.constantFrom(...KEYS, '#', '*');
export const body = fc.constantFrom('a', 'b');
export const tag = fc.constantFrom('t1', 't2');
export const nth = fc.nat({ max: 3 });
export const rarely = fc.oneof(
  { weight: 5, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

/** An object in which each of these may be missing; simpler programs have fewer of them. */
export function some<T extends object>(fields: { [K in keyof T]?: Arb<T[K]> }): Arb<T> {
  const entries = Object.entries(fields) as [string, Arb<unknown>][];
  return fc.tuple(...entries.map(([, field]) => fc.option(field, { nil: undefined, freq: 2 }))).map((values) => {
    const given = entries.map(([name], index) => [name, values[index]] as const);
    return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== false)) as T;
  });
}
