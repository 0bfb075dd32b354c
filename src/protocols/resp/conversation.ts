/** Reads along with one Redis connection and pairs replies with commands. */
import { type Conversation, type Converse, KEEP_BYTES, type Phase, type Side } from '../protocol.ts';
import { CommandReader, type CutArg } from './command-reader.ts';
import type { RespCommand, RespFrame, RespFrameValue } from './frame.ts';
import { nameOf } from './names.ts';
import { Pairing } from './pairing.ts';
import { RespReader } from './reader.ts';
import { Silence } from './silence.ts';
import { bare, type RespValue } from './value.ts';

const NO_UNIT: Unit = { sizeBytes: 0, rawSource: Buffer.alloc(0), rawFrom: 0, rawTo: 0 };
/** Redis lets an operator raise proto-max-bulk-len; a reader that cuts bodies need not care. */
const LIMITS = { maxBulkBytes: Number.MAX_SAFE_INTEGER, keepBytes: KEEP_BYTES, keepRaw: KEEP_BYTES };

export class RespConversation implements Conversation {
  readonly #emit: Converse['emit'];
  readonly #commands = new CommandReader(LIMITS);
  readonly #replies = new RespReader(LIMITS);
  readonly #pairing = new Pairing();
  readonly #silence = new Silence();
  /** EXEC of a transaction that switches replies, as long as it is not answered. */
  #switching: RespCommand | undefined;
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
        reader.missing = this.#pairing.unanswered.length;
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
    const answered = this.#silence.sent(info.name, words);
    const silent = answered === 'no';
    // From here on only what is behind the name.
    for (let word = 0; word < info.words; word++) words.shift();
    const whole: RespCommand = {
      kind: 'command',
      name: info.name,
      args: words,
      argCount: reader.argCount - info.words,
      cut: reader.cut,
      silent,
    };
    const refused = silent && this.#silence.isRefused ? ({ refused: true } as const) : undefined;
    const command =
      cutArgs || refused ? { ...whole, ...(cutArgs && { cutArgs: shifted(cutArgs, info.words) }), ...refused } : whole;
    let phase: Phase = 'open';
    if (info.closing) phase = 'closing';
    else if (this.#opening) {
      if (info.opening) phase = 'opening';
      else this.#opening = false;
    }
    if (info.name === 'EXEC' && this.#silence.isOpen) this.#switching ??= command;
    if (!silent) this.#pairing.sent(command, phase, reader.sizeBytes, info.special, answered);
    this.#frame('client', phase, info.name, reader, command);
  }

  /** A value inside EXEC's reply: pushes are told as such, and are no replies; see `Pairing.inside`. */
  readonly #inside = (value: RespValue, index: number): boolean => {
    const found = this.#pairing.inside(value, index);
    if (found?.push === undefined) return true;
    const { push: type, command, isReply } = found;
    // Its bytes are counted with EXEC's reply.
    this.#frame('server', 'open', type, NO_UNIT, { kind: 'push', reply: value, type, command });
    return isReply;
  };

  #reply(value: RespValue): void {
    const reader = this.#replies;
    const { unanswered } = this.#pairing;
    const paired = this.#pairing.received(value);
    const { push, command, phase = 'open' } = paired;
    if (push === undefined && bare(value).type === 'simple') this.#pairing.noteQueued(paired, bare(value));
    if (push !== undefined) {
      this.#frame('server', phase, push, reader, {
        kind: 'push',
        reply: value,
        type: push,
        command,
      });
    } else {
      const isPart = command?.name === 'EXEC' && 'items' in bare(value);
      if (command && command === this.#switching) {
        this.#switching = undefined;
        this.#silence.told(isPart);
        this.#pairing.drop(isPart ? 'if not done' : 'if done');
      }
      const reply = { kind: 'reply', reply: value, command } as const;
      this.#frame('server', phase, 'reply', reader, isPart && unanswered.length > 0 ? { ...reply, unanswered } : reply);
    }
  }

  #frame(
    from: Side,
    phase: Phase,
    name: string,
    { sizeBytes, rawSource, rawFrom, rawTo }: Unit,
    value: RespFrameValue,
  ): void {
    this.#emit(new ReadFrame(from, phase, name, sizeBytes, value, rawSource, rawFrom, rawTo));
  }
}

/** Where a reader has found the bytes of a frame. */
type Unit = Pick<RespReader, 'sizeBytes' | 'rawSource' | 'rawFrom' | 'rawTo'>;

/** A view of bytes costs as much as reading a short command does, and few look at it: it is made when it is asked for. */
class ReadFrame implements RespFrame {
  readonly protocol = 'resp';
  readonly from: Side;
  readonly phase: Phase;
  readonly name: string;
  readonly sizeBytes: number;
  readonly value: RespFrameValue;
  readonly #source: Buffer;
  readonly #rawFrom: number;
  readonly #rawTo: number;

  constructor(
    from: Side,
    phase: Phase,
    name: string,
    sizeBytes: number,
    value: RespFrameValue,
    source: Buffer,
    rawFrom: number,
    rawTo: number,
  ) {
    this.from = from;
    this.phase = phase;
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.value = value;
    this.#source = source;
    this.#rawFrom = rawFrom;
    this.#rawTo = rawTo;
  }

  get raw(): Buffer {
    return this.#source.subarray(this.#rawFrom, this.#rawTo);
  }
}

/** What the reader tells of all words, told of those behind the name. */
function shifted(cutArgs: ReadonlyMap<number, CutArg>, words: number): Map<number, CutArg> {
  return new Map([...cutArgs].map(([index, arg]) => [index - words, arg]));
}
