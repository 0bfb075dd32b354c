/** Reads along with one Redis connection and pairs replies with commands. */
import { type Conversation, type Converse, KEEP_BYTES, type Phase, type Side } from '../protocol.ts';
import { CommandReader } from './command-reader.ts';
import type { RespCommand, RespFrameValue } from './frame.ts';
import { nameOf } from './names.ts';
import { Pairing } from './pairing.ts';
import { RespReader } from './reader.ts';
import type { RespValue } from './value.ts';

/** Redis lets an operator raise proto-max-bulk-len; a reader that cuts bodies need not care. */
const LIMITS = { maxBulkBytes: Number.MAX_SAFE_INTEGER, keepBytes: KEEP_BYTES, keepRaw: KEEP_BYTES };

export class RespConversation implements Conversation {
  readonly #emit: Converse['emit'];
  readonly #commands = new CommandReader(LIMITS);
  readonly #replies = new RespReader(LIMITS);
  readonly #pairing = new Pairing();
  /** Until the first command that belongs to no handshake. */
  #opening = true;

  constructor(emit: Converse['emit']) {
    this.#emit = emit;
  }

  push(from: Side, chunk: Buffer): void {
    if (from === 'client') {
      const reader = this.#commands;
      reader.push(chunk);
      for (let words = reader.next(); words !== undefined; words = reader.next()) this.#command(words);
    } else {
      const reader = this.#replies;
      reader.push(chunk);
      for (let value = reader.next(); value !== undefined; value = reader.next()) this.#reply(value);
    }
  }

  end(_from: Side): void {
    // RESP has no unit that only the end of the stream completes.
  }

  #command(words: Buffer[]): void {
    const reader = this.#commands;
    const info = nameOf(words);
    const command: RespCommand = {
      kind: 'command',
      name: info.name,
      args: words.slice(info.words),
      argCount: reader.argCount - info.words,
      cut: reader.cut,
    };
    let phase: Phase = 'open';
    if (info.closing) phase = 'closing';
    else if (this.#opening) {
      if (info.opening) phase = 'opening';
      else this.#opening = false;
    }
    this.#pairing.sent(command, phase, reader.sizeBytes, info.special);
    this.#frame('client', phase, info.name, reader.sizeBytes, reader.raw, command);
  }

  #reply(value: RespValue): void {
    const reader = this.#replies;
    const { push, command, phase = 'open' } = this.#pairing.received(value);
    if (push !== undefined) {
      this.#frame('server', phase, push, reader.sizeBytes, reader.raw, {
        kind: 'push',
        reply: value,
        type: push,
        command,
      });
    } else {
      this.#frame('server', phase, 'reply', reader.sizeBytes, reader.raw, { kind: 'reply', reply: value, command });
    }
  }

  #frame(from: Side, phase: Phase, name: string, sizeBytes: number, raw: Buffer, value: RespFrameValue): void {
    this.#emit({ protocol: 'resp', from, phase, name, sizeBytes, raw, value });
  }
}
