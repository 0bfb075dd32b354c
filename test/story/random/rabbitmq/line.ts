/** A wire in memory: what is under way in either direction moves when it is told to. */

import type { Ender } from '../../../../src/core/events.ts';
import type { Conversation, Frame, Protocol } from '../../../../src/protocols/protocol.ts';
import { Pipe } from './pipe.ts';
import type { Ending, Unit, Wire, WireEvents } from './wire.ts';

/** What a client wrote, and the number of the frame that the tap saw in it. */
interface UnderWay {
  readonly unit: Unit;
  readonly seq: number;
}

export class Line implements Wire {
  readonly pipe: Pipe;
  readonly #conversation: Conversation;
  readonly #events: WireEvents;
  readonly #up: UnderWay[] = [];
  readonly #down: Buffer[] = [];
  /** What the tap read of the server and the client has not seen. */
  readonly #heard: Frame[] = [];
  /** The number of the frame that the tap read last. */
  #seq = 0;
  #serverEnded = false;
  isClosed = false;

  constructor(protocol: Protocol, events: WireEvents) {
    this.#events = events;
    this.#conversation = protocol.converse({
      emit: (frame) => {
        this.#seq = events.saw(frame);
        if (frame.from === 'server') this.#heard.push(frame);
      },
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

  /** The tap sees it at once. */
  write(unit: Unit): void {
    if (this.isClosed) return;
    this.#conversation.push('client', unit.bytes);
    this.#up.push({ unit, seq: this.#seq });
  }

  async read(count: number): Promise<void> {
    this.#give(this.#up.splice(0, Math.min(count, this.#up.length)));
    await settled();
  }

  #give(units: readonly UnderWay[]): void {
    for (const { unit, seq } of units) this.#events.reads(unit, seq, () => this.pipe.give(unit.bytes));
  }

  /** The tap sees all that the server has said, and the client gets it. */
  hear(): Frame[] {
    if (this.isClosed) return [];
    for (const bytes of this.#down.splice(0)) this.#conversation.push('server', bytes);
    if (this.#serverEnded) {
      this.#conversation.end('server');
      this.isClosed = true;
      this.#events.closed('server');
      this.pipe.destroy();
    }
    return this.#heard.splice(0);
  }

  async end(by: Ender, { unread = false, late = false }: Ending = {}): Promise<void> {
    if (this.isClosed) return;
    if (unread) this.#up.length = 0;
    if (by === 'client') this.#conversation.end('client');
    this.isClosed = true;
    this.#events.closed(by);
    if (!late) await this.notice();
  }

  async notice(): Promise<void> {
    this.#events.notices(() => this.#give(this.#up.splice(0)));
    await settled();
    this.#events.notices(() => this.pipe.destroy());
    await settled();
  }
}

/** The server writes when its current work is done. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await undefined;
}
