/** The byte at an index where one has to be. Throws a RangeError where there is none: a fault of ours. */
export function byteAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw new RangeError(`There is no byte at ${index}`);
  return byte;
}
