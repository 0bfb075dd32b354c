/** What a long body is known by where only its beginning is kept. */
import { createHash, type Hash } from 'node:crypto';

/** SHA-1 of bytes that arrive in pieces. */
export class RunningDigest {
  readonly #hash: Hash = createHash('sha1');

  add(bytes: Buffer): void {
    this.#hash.update(bytes);
  }

  /** In base64; ends the digest. */
  value(): string {
    return this.#hash.digest('base64');
  }
}

/** A digest that has taken these bytes already. */
export function digestFrom(bytes: Buffer): RunningDigest {
  const digest = new RunningDigest();
  digest.add(bytes);
  return digest;
}
