/** Numbers on a command line. */
import { UsageError } from '../../core/errors.ts';
import { parseNumber } from '../../core/text/numbers.ts';

/** Throws a UsageError for what is none, or out of range. */
export function readNumber(
  flag: string,
  typed: string,
  { min, max, whole }: { min: number; max: number; whole: boolean },
) {
  const value = parseNumber(typed);
  if (value !== undefined && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${flag} takes ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, not '${typed}'.`);
}
