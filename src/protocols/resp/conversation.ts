/** Reads along with one Redis connection and pairs replies with commands. */
import { type Conversation, type Converse, KEEP_BYTES, type Phase, type Side } from '../protocol.ts';
import { CommandReader, type CutArg } from './command-reader.ts';
import type { RespCommand, RespFrameValue } from './frame.ts';
import { nameOf } from './names.ts';
import { Pairing } from './pairing.ts';
import { RespReader } from './reader.ts';
import { Silence } from './silence.ts';
import { bare, type RespValue } from './value.ts';

const NOTHING = Buffer.alloc(0);
/** Redis lets an operator raise proto-max-bulk-len; a reader that cuts bodies need not care. */
const LIMITS = { maxBulkBytes: Number.MAX_SAFE_INTEGER, keepBytes: KEEP_BYTES, keepRaw: KEEP_BYTES };

export class RespConversation implements Conversation {
  readonly #emit: Converse['emit'];
  readonly #commands = new CommandReader(LIMITS);
  readonly #replies = new RespReader(LIMITS);
  readonly #pairing = new Pairing();
  readonly #silence = new Silence();
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
      for (;;) {
        reader.inside = this.#pairing.answersExec ? this.#inside : undefined;
        const value = reader.next();
        if (value === undefined) break;
        this.#reply(value);
      }
    }
  }

  end(_from: Side): void {
    // RESP has no unit that only the end of the stream completes.
  }

  #command(words: Buffer[]): void {
    const reader = this.#commands;
    const info = nameOf(words);
    const { cutArgs } = reader;
    const whole: RespCommand = {
      kind: 'command',
      name: info.name,
      args: words.slice(info.words),
      argCount: reader.argCount - info.words,
      cut: reader.cut,
      silent: this.#silence.sent(info.name, words),
    };
    const command = cutArgs === undefined ? whole : { ...whole, cutArgs: shifted(cutArgs, info.words) };
    let phase: Phase = 'open';
    if (info.closing) phase = 'closing';
    else if (this.#opening) {
      if (info.opening) phase = 'opening';
      else this.#opening = false;
    }
    if (!command.silent) this.#pairing.sent(command, phase, reader.sizeBytes, info.special);
    this.#frame('client', phase, info.name, reader.sizeBytes, reader.raw, command);
  }

  /** A value inside EXEC's reply: pushes are told as such, and are no replies; see `Pairing.inside`. */
  readonly #inside = (value: RespValue, index: number): boolean => {
    const found = this.#pairing.inside(value, index);
    if (found?.push === undefined) return true;
    const { push: type, command, isReply } = found;
    // Its bytes are counted with EXEC's reply.
    this.#frame('server', 'open', type, 0, NOTHING, { kind: 'push', reply: value, type, command });
    return isReply;
  };

  #reply(value: RespValue): void {
    const reader = this.#replies;
    const paired = this.#pairing.received(value);
    const { push, command, phase = 'open' } = paired;
    if (push === undefined && bare(value).type === 'simple') this.#pairing.noteQueued(paired, bare(value));
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

/** What the reader tells of all words, told of those behind the name. */
function shifted(cutArgs: ReadonlyMap<number, CutArg>, words: number): Map<number, CutArg> {
  return new Map([...cutArgs].map(([index, arg]) => [index - words, arg]));
}
