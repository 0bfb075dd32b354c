/** permessage-deflate: RFC 7692, https://www.rfc-editor.org/rfc/rfc7692 */
import { constants, inflateRawSync } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';
import type { Handshake, Side } from '../protocol.ts';
import { wsError } from './frame.ts';

/** The largest compressed message, in bytes, before and after inflating. */
export const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

const WINDOW_BYTES = 32 * 1024;
/** What the sender cut off each message (RFC 7692 §7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** A message may hold blocks marked final, each of which ends an inflation; a few are legal and thousands an attack. */
const MAX_FINAL_BLOCKS = 16;
const NOTHING = Buffer.alloc(0);

/** Inflates the messages of one direction, in order. */
export class Inflation {
  readonly #keepsContext: boolean;
  #window: Buffer = NOTHING;

  constructor(keepsContext: boolean) {
    this.#keepsContext = keepsContext;
  }

  /** The message that `compressed` stands for. Throws before it would exceed MAX_INFLATED_BYTES. */
  inflate(compressed: Buffer): Buffer {
    let input = Buffer.concat([compressed, TAIL]);
    let output: Buffer = NOTHING;
    for (let blocks = 0; input.length > 0; blocks++) {
      if (blocks === MAX_FINAL_BLOCKS) throw wsError('RFC 7692 §7.2.3.4', 'too many final blocks in one message', 1007);
      const { buffer, consumed } = this.#inflateOnce(input, MAX_INFLATED_BYTES - output.length);
      output = output.length === 0 ? buffer : Buffer.concat([output, buffer]);
      this.#remember(buffer);
      input = input.subarray(consumed);
      // What follows a final block at the very end is the tail that we appended (RFC 7692 §7.2.3.4).
      if (input.length <= TAIL.length + 1) break;
    }
    if (!this.#keepsContext) this.#window = NOTHING;
    return output;
  }

  #inflateOnce(input: Buffer, room: number): { buffer: Buffer; consumed: number } {
    const options = {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: Math.max(room, 1),
      info: true,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    };
    try {
      // With `info`, zlib also hands over its engine, which knows how far it read.
      const result = inflateRawSync(input, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      return { buffer: result.buffer, consumed: Math.max(1, result.engine.bytesWritten) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
      throw wsError('RFC 7692 §6.2', `a message can't be inflated: ${messageOf(error)}`, 1007);
    }
  }

  /** The last 32 KiB of what went before is what the next message may refer to (RFC 7692 §7.2.3.2). */
  #remember(output: Buffer): void {
    if (output.length >= WINDOW_BYTES) this.#window = Buffer.from(output.subarray(-WINDOW_BYTES));
    else if (output.length > 0) {
      const room = WINDOW_BYTES - output.length;
      this.#window = Buffer.concat([this.#window.subarray(-room), output]);
    }
  }
}

export function tooLarge(): Error {
  return wsError('RFC 6455 §7.4.1', `a compressed message of more than ${MAX_INFLATED_BYTES} bytes`, 1009);
}

/** How one side's messages are inflated, where the handshake agreed on compression at all (RFC 7692 §5 and §7.1). */
export function negotiatedInflation(from: Side, handshake: Handshake | undefined): Inflation | undefined {
  const agreed = handshake?.response.get('sec-websocket-extensions') ?? '';
  const extension = agreed.split(',').find((item) => /^\s*permessage-deflate\s*(;|$)/i.test(item));
  if (extension === undefined) return undefined;
  const parameters = extension.split(';').map((parameter) => parameter.trim().toLowerCase());
  return new Inflation(!parameters.includes(`${from}_no_context_takeover`));
}
