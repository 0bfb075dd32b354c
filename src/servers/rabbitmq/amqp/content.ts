/** Puts the content of one channel's publishes together, frame by frame. */
import type { AmqpArgs } from '../../../protocols/amqp/methods.ts';
import type { BrokerTraits } from '../differences.ts';
import { preconditionFailed, Refusal } from '../refusal.ts';

export interface Publish {
  readonly args: AmqpArgs['basic.publish'];
  readonly properties: Buffer;
  readonly body: Buffer;
}

/** The longest message that is taken, in bytes: RabbitMQ's own limit. */
export const messageMax = ({ largeMessages }: Pick<BrokerTraits, 'largeMessages'>): number =>
  (largeMessages ? 128 : 16) * 1024 * 1024;

const BASIC_CLASS = 60;
const NOTHING = Buffer.alloc(0);

export class ContentAssembler {
  readonly #account: (bytes: number) => void;
  readonly #messageMax: number;
  #args: AmqpArgs['basic.publish'] | undefined;
  #properties: Buffer | undefined;
  #size = 0;
  #received = 0;
  #accounted = 0;
  #body: Buffer = NOTHING;

  constructor(account: (bytes: number) => void, messageMax: number) {
    this.#account = account;
    this.#messageMax = messageMax;
  }

  /** Whether the next frame must be a part of a content. */
  get isOpen(): boolean {
    return this.#args !== undefined;
  }

  begin(args: AmqpArgs['basic.publish']): void {
    this.#args = args;
  }

  /** What a frame means that comes where another is expected. */
  get interruption(): Refusal {
    if (!this.#args) return unexpected('expected method frame, got non method frame instead');
    return this.#properties === undefined
      ? unexpected(`expected content header for class ${BASIC_CLASS}, got non content header frame instead`)
      : unexpected('expected content body, got non content body frame instead');
  }

  /** A content header's payload, of twelve bytes at least; returns the publish where there is no body to wait for. */
  header(bytes: Buffer, start: number, end: number): Publish | undefined {
    const weight = bytes.readUInt16BE(start + 2);
    if (!this.#args || this.#properties !== undefined || weight !== 0) throw this.interruption;
    const classId = bytes.readUInt16BE(start);
    if (classId !== BASIC_CLASS) {
      throw unexpected(`expected content header for class ${BASIC_CLASS}, got one for class ${classId} instead`);
    }
    this.#size = bytes.readUInt32BE(start + 4) * 0x1_0000_0000 + bytes.readUInt32BE(start + 8);
    this.#properties = bytes.subarray(start + 12, end);
    if (this.#size === 0) return this.#complete(this.#args, this.#properties, NOTHING);
    // The bytes are only lent: what must outlive the call is copied.
    this.#properties = Buffer.from(this.#properties);
    if (this.#size > this.#messageMax) {
      const size = this.#size;
      this.abandon();
      throw preconditionFailed(`message size ${size} is larger than configured max size ${this.#messageMax}`);
    }
    return undefined;
  }

  /** A part of a body, as it arrives. */
  body(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (!this.#properties || this.#received + length > this.#size) throw this.interruption;
    if (this.#received === 0) this.#body = Buffer.allocUnsafe(length === this.#size ? length : this.#capacity(length));
    else if (this.#received + length > this.#body.length) this.#grow(this.#received + length);
    bytes.copy(this.#body, this.#received, start, end);
    this.#received += length;
    if (this.#received < this.#size) {
      this.#accounted += length;
      this.#account(length);
    }
  }

  /** A body frame ended; returns the publish when it was the last. */
  bodyEnd(): Publish | undefined {
    if (!this.#args || !this.#properties) throw this.interruption;
    return this.#received === this.#size ? this.#complete(this.#args, this.#properties, this.#body) : undefined;
  }

  /** Forgets a content that will not be completed. */
  abandon(): void {
    if (this.#accounted > 0) this.#account(-this.#accounted);
    this.#accounted = 0;
    this.#args = undefined;
    this.#properties = undefined;
    this.#size = 0;
    this.#received = 0;
    this.#body = NOTHING;
  }

  #complete(args: AmqpArgs['basic.publish'], properties: Buffer, body: Buffer): Publish {
    this.abandon();
    return { args, properties, body };
  }

  /** Room for what is announced, but no more than twice what has arrived: announcing costs nothing. */
  #capacity(arrived: number): number {
    return Math.min(this.#size, Math.max(64 * 1024, arrived * 2));
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(this.#capacity(needed));
    this.#body.copy(larger, 0, 0, this.#received);
    this.#body = larger;
  }
}

const unexpected = (text: string): Refusal => new Refusal(505, text);
