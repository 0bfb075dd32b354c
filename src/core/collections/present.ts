/**
 * What has to be there by now, as the one who asks knows and the types don't. Throws an Error where it is not: a fault of
 * ours.
 */
export function present<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('Something that has to be there is not');
  return value;
}

/** The item of a list at an index where one has to be. Throws a RangeError where there is none: a fault of ours. */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item at ${index}`);
  return item;
}
