/** Numbers as people write them: 20, 0.5, .5, 1_000, 1,000, 1e3. */
const NUMBER = /^[+-]?(\d+|\d{1,3}(,\d{3})+|\d+(_\d+)*)?(\.\d*)?(e[+-]?\d+)?$/i;

/** The number that was typed, or undefined where it is none. */
export function parseNumber(typed: string): number | undefined {
  const text = typed.trim();
  if (!NUMBER.test(text) || !/\d/.test(text.replace(/e.*$/i, ''))) return undefined;
  const value = Number(text.replace(/[_,]/g, ''));
  return Number.isFinite(value) ? value : undefined;
}

/**
 * How often the value is in the list.
 *
 * @example
 * count(['a', 'b', 'a'], 'a'); // 2
 */
export function count<Value extends string | number>(list: readonly Value[], value: Value): number {
  return list.filter((one) => one === value).length;
}

/**
 * The whole numbers from the first to the last, both included; none where the last is smaller.
 *
 * @example
 * range(1, 3); // [1, 2, 3]
 */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
