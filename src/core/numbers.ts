/** Numbers as people write them: 20, 0.5, .5, 1_000, 1,000, 1e3. */
const NUMBER = /^[+-]?(\d+|\d{1,3}(,\d{3})+|\d+(_\d+)*)?(\.\d*)?(e[+-]?\d+)?$/i;

/** The number that was typed, or undefined where it is none. */
export function parseNumber(typed: string): number | undefined {
  const text = typed.trim();
  if (!NUMBER.test(text) || !/\d/.test(text.replace(/e.*$/i, ''))) return undefined;
  const value = Number(text.replace(/[_,]/g, ''));
  return Number.isFinite(value) ? value : undefined;
}
