/** Strings as numbers: INCR, INCRBYFLOAT and their kin. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { NOT_INTEGER, OVERFLOW, ReplyError } from '../../errors.ts';
import { addLongDoubles, formatLongDouble, readLongDouble } from '../../long-double.ts';
import { addIntegers, readInteger } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';

const NOT_VALID_FLOAT = new ReplyError('ERR value is not a valid float');

function add(s: Session, key: string, amount: number | bigint): void {
  const value = s.db.write(key, StringValue);
  const current = value === undefined ? 0 : readInteger(value.text);
  if (current === undefined) throw NOT_INTEGER;
  const sum = addIntegers(current, amount);
  if (sum === undefined) throw OVERFLOW;
  if (value === undefined) s.db.set(key, new StringValue(String(sum)));
  else {
    value.text = String(sum);
    s.db.touch(key, value);
  }
  s.db.notify('$', 'incrby', key);
  s.out.integer(sum);
}

export function incr(s: Session, a: Args<2>): void {
  add(s, a[1], 1);
}

export function decr(s: Session, a: Args<2>): void {
  add(s, a[1], -1);
}

export function incrby(s: Session, a: Args<3>): void {
  const amount = readInteger(a[2]);
  if (amount === undefined) throw NOT_INTEGER;
  add(s, a[1], amount);
}

export function decrby(s: Session, a: Args<3>): void {
  const amount = readInteger(a[2]);
  if (amount === undefined) throw NOT_INTEGER;
  if (amount === -(2n ** 63n)) throw new ReplyError('ERR decrement would overflow');
  add(s, a[1], -amount);
}

/** The sum of two decimal texts in Redis's long doubles. Throws where one is no number, or the sum not finite. */
export function addFloats(
  current: string,
  amount: string,
  currentError = NOT_VALID_FLOAT,
  infiniteText = 'ERR increment would produce NaN or Infinity',
): string {
  const infinite = /^[+-]?inf(inity)?$/i;
  const left = readLongDouble(current);
  const right = readLongDouble(amount);
  if (left === undefined && !infinite.test(current)) throw currentError;
  if (right === undefined && !infinite.test(amount)) throw NOT_VALID_FLOAT;
  if (left === undefined || right === undefined) throw new ReplyError(infiniteText);
  return formatLongDouble(addLongDoubles(left, right));
}

export function incrbyfloat(s: Session, a: Args<3>): void {
  const key = a[1];
  const value = s.db.write(key, StringValue);
  const sum = addFloats(value?.text ?? '0', a[2]);
  if (value === undefined) s.db.set(key, new StringValue(sum, 'plain'));
  else {
    value.replace(sum, 'plain');
    s.db.touch(key, value);
  }
  s.db.notify('$', 'incrbyfloat', key);
  s.bulk(sum);
}
