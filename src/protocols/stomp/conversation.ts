/** Reads along with a STOMP session. */
import { ProtocolError } from '../../core/errors.ts';
import type { Conversation, Converse, Phase, Side } from '../protocol.ts';
import { KEEP_BYTES } from '../protocol.ts';
import { header, type StompValue, type StompVersion } from './frame.ts';
import { StompReader } from './reader.ts';

const OPENING: ReadonlySet<string> = new Set(['CONNECT', 'STOMP', 'CONNECTED']);

export class StompConversation implements Conversation {
  readonly #emit: Converse['emit'];
  readonly #readers: Record<Side, StompReader>;
  #closing = false;

  constructor(options: Converse) {
    this.#emit = options.emit;
    // The body of a frame is somebody else's to limit: here it is only counted.
    const limits = { bodyKeep: KEEP_BYTES, bodyMax: Number.MAX_SAFE_INTEGER };
    this.#readers = {
      client: new StompReader((...frame) => this.#tell('client', ...frame), limits),
      server: new StompReader((...frame) => this.#tell('server', ...frame), limits),
    };
  }

  push(from: Side, chunk: Buffer): void {
    this.#readers[from].push(chunk);
  }

  end(from: Side): void {
    if (!this.#readers[from].atRest) {
      throw new ProtocolError('the stream ended within a frame', { clause: 'STOMP 1.2, Augmented BNF' });
    }
  }

  #tell(from: Side, value: StompValue, sizeBytes: number, raw: Buffer): void {
    if (value.command === 'DISCONNECT') this.#closing = true;
    if (value.command === 'CONNECTED') this.#agree(header(value, 'version'));
    const phase: Phase = OPENING.has(value.command) ? 'opening' : this.#closing ? 'closing' : 'open';
    this.#emit({ protocol: 'stomp', from, phase, name: value.command, sizeBytes, raw, value });
  }

  /** A server that names no version speaks 1.0. */
  #agree(version: string | undefined): void {
    const agreed: StompVersion = version === '1.1' || version === '1.2' ? version : '1.0';
    this.#readers.client.version = agreed;
    this.#readers.server.version = agreed;
  }
}
