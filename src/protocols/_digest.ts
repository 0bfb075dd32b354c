/** A digest of a body that is too long to keep: two bodies with equal digests are practically equal. */
import { createHash } from 'node:crypto';

export class RunningDigest {
  readonly #hash = createHash('sha1');

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** SHA-1 in base64 of all that was added; nothing can be added afterwards. */
  value(): string {
    return this.#hash.digest('base64');
  }
}
