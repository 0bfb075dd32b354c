/** MurmurHash64A, the hash that Redis's HyperLogLog uses, on halves of 32 bits. */

const SEED = 0xadc83b19n;
const M = 0xc6a4a7935bd1e995n;
const M_HIGH = Number(M >> 32n);
const M_LOW = Number(M & 0xffffffffn);

/** The low and high 32 bits of a product of 64-bit numbers, left in `low` and `high`. */
let low = 0;
let high = 0;

function multiply(aLow: number, aHigh: number): void {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = M_LOW & 0xffff;
  const b1 = M_LOW >>> 16;
  const p00 = a0 * b0;
  const p01 = a0 * b1;
  const p10 = a1 * b0;
  const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
  const carry = a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16);
  low = ((middle << 16) | (p00 & 0xffff)) >>> 0;
  high = (carry + Math.imul(aLow, M_HIGH) + Math.imul(aHigh, M_LOW)) >>> 0;
}

/** h ^= h >> 47 */
function fold(): void {
  low = (low ^ (high >>> 15)) >>> 0;
}

/** The 64-bit hash of a byte string, as its low and high 32 bits. */
export function murmur64(text: string): readonly [low: number, high: number] {
  const { length } = text;
  const start = BigInt.asUintN(64, SEED ^ BigInt.asUintN(64, BigInt(length) * M));
  let hLow = Number(start & 0xffffffffn);
  let hHigh = Number(start >> 32n);
  const byte = (i: number): number => text.charCodeAt(i);
  const word = (i: number): number => (byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24)) >>> 0;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    multiply(word(at), word(at + 4));
    fold();
    multiply(low, high);
    multiply((hLow ^ low) >>> 0, (hHigh ^ high) >>> 0);
    hLow = low;
    hHigh = high;
  }
  if (at < length) {
    for (let i = length - 1; i >= at; i--) {
      const shift = (i - at) * 8;
      if (shift < 32) hLow = (hLow ^ (byte(i) << shift)) >>> 0;
      else hHigh = (hHigh ^ (byte(i) << (shift - 32))) >>> 0;
    }
    multiply(hLow, hHigh);
    hLow = low;
    hHigh = high;
  }
  low = hLow;
  high = hHigh;
  fold();
  multiply(low, high);
  fold();
  return [low, high];
}
