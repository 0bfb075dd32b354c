import { isUtf8 } from 'node:buffer';
import { byteAt } from '../byte-at.ts';
import { cutCharacterBytes } from '../preview.ts';
import { wsError } from './frame.ts';

const NOTHING = Buffer.alloc(0);

/** Checks text that arrives in pieces, which may cut a character (RFC 6455 §8.1). Holds at most three bytes. */
export class Utf8Check {
  #rest: Buffer = NOTHING;

  add(piece: Buffer): void {
    let text = piece;
    if (this.#rest.length > 0) {
      // Only the cut character is put together; the rest of the piece is looked at where it lies.
      const lead = byteAt(this.#rest, 0);
      const missing = (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2) - this.#rest.length;
      const character = Buffer.concat([this.#rest, piece.subarray(0, missing)]);
      text = piece.subarray(missing);
      if (piece.length < missing) {
        this.#hold(character);
        return;
      }
      if (!isUtf8(character)) throw notUtf8();
      this.#rest = NOTHING;
    }
    const cut = cutCharacterBytes(text);
    if (!isUtf8(text.subarray(0, text.length - cut))) throw notUtf8();
    if (cut > 0) this.#hold(Buffer.from(text.subarray(text.length - cut)));
  }

  /** The text is over. */
  end(): void {
    if (this.#rest.length > 0) throw notUtf8();
  }

  #hold(character: Buffer): void {
    if (cutCharacterBytes(character) !== character.length) throw notUtf8();
    this.#rest = character;
  }
}

export function notUtf8(): Error {
  return wsError('RFC 6455 §8.1', 'a text message is not UTF-8', 1007);
}
