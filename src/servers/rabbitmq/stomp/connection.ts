/** One STOMP connection, by TCP or by WebSocket: bytes in, frames out, and its end. */
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../../core/errors.ts';
import { ContentLengthError } from '../../../protocols/stomp/content-length-error.ts';
import { StompReader } from '../../../protocols/stomp/reader.ts';
import { contained, tellFault } from '../../contain.ts';
import { comesFromHere } from '../../loopback.ts';
import type { Broker } from '../broker/broker.ts';
import { Outbox, type OutboxSource } from '../transport/outbox.ts';
import { StreamWire, type Wire } from '../transport/wire.ts';
import type { StompLine } from './line.ts';
import { StompSession } from './session.ts';

/** Why a connection ends: all is said, the server has failed, or what a client sent can't be cut into frames. */
export type StompEnd = 'done' | 'crashed' | ProtocolError;

export interface StompWire extends Wire {
  /** Whether what was sent last is dropped when the connection ends. */
  readonly losesLastWords: boolean;
  /** Whether an error is dropped that comes of what needs no answer: a message sent, an acknowledgement. */
  readonly losesLateErrors: boolean;
  /** Ends it, and says why. */
  end(why: StompEnd): void;
  /** Ends it now. */
  destroy(): void;
}

export class StompConnection implements StompLine, OutboxSource {
  readonly #wire: StompWire;
  readonly #broker: Broker;
  readonly #session: StompSession;
  readonly #outbox: Outbox;
  readonly #reader: StompReader;
  readonly #stopWatching: () => void;
  #waiting: Buffer[] = [];
  /** Bytes that wait to be written. */
  size = 0;
  #isEnding = false;
  #heldBytes = 0;

  /** `isHere` says whether the client is on this machine. */
  constructor(wire: StompWire, broker: Broker, isHere = true) {
    this.#wire = wire;
    this.#broker = broker;
    this.#session = new StompSession(broker, this, isHere);
    this.#reader = new StompReader((frame) => this.#session.receive(frame));
    this.#outbox = new Outbox(wire, this, this);
    this.#stopWatching = broker.watchMemory((isShort) => {
      if (!isShort) this.#outbox.pressure.regulate();
    });
    const failed = (error: unknown) => this.failed(error);
    wire.listen({
      received: contained((bytes: Buffer) => this.#receive(bytes), failed),
      drained: contained(() => this.#outbox.pressure.relieve(), failed),
      closed: contained(() => this.#closed(), failed),
    });
  }

  get losesLateErrors(): boolean {
    return this.#wire.losesLateErrors;
  }

  get canSend(): boolean {
    return this.#outbox.pressure.canTake;
  }

  get mayRead(): boolean {
    return !this.#broker.isShort;
  }

  relieved(): void {
    this.#session.relieved();
  }

  beforeWrite(): void {
    this.#session.beforeWrite();
  }

  send(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.size += bytes.length;
    this.#outbox.schedule();
  }

  touch(): void {
    this.#outbox.schedule();
  }

  take(): Buffer[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.size = 0;
    return waiting;
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#wire.losesLastWords) this.take();
    else this.#outbox.flush();
    this.#wire.end('done');
  }

  crash(): void {
    this.#hangUp('crashed');
  }

  /** Ends it without what waits to be sent. */
  #hangUp(why: StompEnd): void {
    this.#session.leave();
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.take();
    this.#wire.end(why);
  }

  /** A fault of ours ends the connection; the client is told what RabbitMQ tells of its own. */
  failed(error: unknown): void {
    tellFault('The embedded RabbitMQ ends a STOMP connection over an error', error);
    try {
      this.#session.stumbled();
    } catch {
      this.#isEnding = true;
      this.#wire.destroy();
    }
  }

  /** Ends the session because the server goes. */
  shutDown(): void {
    this.#session.fail();
  }

  #receive(bytes: Buffer): void {
    if (this.#isEnding) return;
    if (this.#wire.losesLastWords) this.#outbox.flush();
    this.#session.heard();
    try {
      this.#reader.push(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // RabbitMQ hangs up on what it can't cut into frames, and dies of a wrong content-length.
      this.#hangUp(error instanceof ContentLengthError ? 'crashed' : error);
    }
    this.#account(this.#reader.heldBytes);
    this.#outbox.pressure.regulate();
  }

  /** What was sent of a frame that is not complete counts as a message does. */
  #account(heldBytes: number): void {
    if (heldBytes !== this.#heldBytes) this.#broker.account(heldBytes - this.#heldBytes);
    this.#heldBytes = heldBytes;
  }

  #closed(): void {
    this.#isEnding = true;
    this.#account(0);
    this.#stopWatching();
    this.#session.leave();
  }
}

class StompStream extends StreamWire implements StompWire {
  readonly losesLastWords = false;
  readonly losesLateErrors = false;
}

/** Speaks STOMP with whoever is at the other end of a stream. */
export function acceptStomp(broker: Broker, stream: Duplex): StompConnection {
  return new StompConnection(new StompStream(stream), broker, comesFromHere(stream));
}
