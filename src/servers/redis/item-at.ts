/** The item of a list at an index where one has to be. Throws a RangeError where there is none: a fault of ours. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item at ${index}`);
  return item;
}
