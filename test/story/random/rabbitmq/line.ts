/** One connection through a tap, without sockets: what is under way in either direction moves when it is told to. */
import type { Conversation, Frame } from '../../../../src/protocols/protocol.ts';
import type { Ender } from '../../../../src/story/teller.ts';
import { Pipe } from './pipe.ts';

/** Bytes that a client writes in one go, and what they are to the server. */
export interface Unit {
  readonly bytes: Buffer;
  /** The AMQP channel that they belong to. */
  readonly channel: number;
  /** The frames that the tap read in them. */
  readonly seqs: readonly number[];
  /** Called when the server is about to read them: the publishes that may become messages then. */
  readonly publishes: (seqs: readonly number[]) => number[];
}

export interface LineEvents {
  /** The server reads this now. */
  reads(unit: Unit, read: () => void): void;
  /** The tap saw that both ends are closed. */
  closed(by: Ender): void;
}

export class Line {
  readonly connection: number;
  readonly pipe: Pipe;
  readonly #conversation: Conversation;
  readonly #events: LineEvents;
  readonly #up: Unit[] = [];
  readonly #down: Buffer[] = [];
  /** What the tap read of the server and the client has not seen. */
  readonly #heard: Frame[] = [];
  /** The frames that the tap read in what is being written. */
  #seqs: number[] = [];
  #serverEnded = false;
  isClosed = false;

  constructor(
    connection: number,
    converse: (emit: (frame: Frame) => void) => Conversation,
    saw: (frame: Frame) => number,
    events: LineEvents,
  ) {
    this.connection = connection;
    this.#events = events;
    this.#conversation = converse((frame) => {
      this.#seqs.push(saw(frame));
      if (frame.from === 'server') this.#heard.push(frame);
    });
    this.pipe = new Pipe({
      said: (bytes) => this.#down.push(bytes),
      ended: () => {
        this.#serverEnded = true;
      },
    });
  }

  get isBusy(): boolean {
    return !this.isClosed && (this.#up.length > 0 || this.#down.length > 0 || this.#serverEnded);
  }

  /** The client writes; the tap sees it at once. */
  write(bytes: Buffer, channel: number, publishes: Unit['publishes']): void {
    if (this.isClosed) return;
    this.#seqs = [];
    this.#conversation.push('client', bytes);
    this.#up.push({ bytes, channel, seqs: this.#seqs, publishes });
  }

  /** The server reads up to so many of what the client wrote. */
  async read(count: number): Promise<void> {
    for (let left = count; left > 0 && this.#up.length > 0; left--) {
      const unit = this.#up.shift() as Unit;
      this.#events.reads(unit, () => this.pipe.give(unit.bytes));
    }
    await settled();
  }

  /** The tap sees all that the server has said, and the client gets it. */
  hear(): Frame[] {
    if (this.isClosed) return [];
    for (const bytes of this.#down.splice(0)) this.#conversation.push('server', bytes);
    if (this.#serverEnded) {
      this.#conversation.end('server');
      this.#close('server');
    }
    return this.#heard.splice(0);
  }

  /** The client, or the tap, ends it: what is under way to the server may still get there. */
  async end(by: Ender, unread: boolean): Promise<void> {
    if (this.isClosed) return;
    const told = this.#up.splice(0);
    if (by === 'client') this.#conversation.end('client');
    this.isClosed = true;
    this.#events.closed(by);
    for (const unit of unread ? [] : told) this.#events.reads(unit, () => this.pipe.give(unit.bytes));
    await settled();
    this.pipe.destroy();
    await settled();
  }

  #close(by: Ender): void {
    this.isClosed = true;
    this.#events.closed(by);
    this.pipe.destroy();
  }
}

/** The server writes when its current work is done. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await undefined;
}
