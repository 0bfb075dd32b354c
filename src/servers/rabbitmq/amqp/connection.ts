/** One AMQP connection: its frames, its channels, and its end (AMQP 0-9-1 §2.2.4). */
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../../core/errors.ts';
import { FRAME, FrameWriter, PROTOCOL_HEADER } from '../../../protocols/amqp/encode.ts';
import { FrameFault, type ReplyCode } from '../../../protocols/amqp/faults.ts';
import { type AmqpArgs, type AmqpMethodName, methodById, methodId } from '../../../protocols/amqp/methods.ts';
import { FrameReader, type FrameSink } from '../../../protocols/amqp/reader.ts';
import { contained, tellFault } from '../../contain.ts';
import { comesFromHere } from '../../loopback.ts';
import type { Broker } from '../broker/broker.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import { AnonymousRefusal, channelError, Refusal } from '../refusal.ts';
import { Heartbeat } from '../transport/heartbeat.ts';
import { Outbox, type OutboxOwner } from '../transport/outbox.ts';
import { StreamWire } from '../transport/wire.ts';
import { argumentsOf, Crash, decoded } from './arguments.ts';
import { type ChannelLine, WireChannel } from './channel.ts';
import { frameRefusal, unexpectedFrame, unknownFrame } from './frame-errors.ts';
import { Negotiation } from './negotiation.ts';
import { TUNING } from './properties.ts';

/** How long a client may take to open a connection, and to agree that it is closed, in ms. */
const HANDSHAKE_MS = 10_000;
const FAREWELL_MS = 30_000;

/** `AMQP`, SASL, 1.0.0. */
const AMQP_1_0_HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');

const PUBLISH_ID = methodId('basic.publish');
/** What a content header holds at least, in bytes: class, weight, size of the body. */
const HEADER_MIN = 12;
/** So much of a body that can't be anywhere is kept, and what came with it, in bytes. */
const STRAY = 16;
const NOTHING = Buffer.alloc(0);

export class AmqpConnection implements FrameSink, ChannelLine, OutboxOwner {
  readonly writer = new FrameWriter();
  readonly #wire: StreamWire;
  readonly #broker: Broker;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #channels = new Map<number, WireChannel>();
  readonly #negotiation: Negotiation;
  readonly #stopWatching: () => void;
  #state: 'header' | 'open' | 'closing' | 'closed' = 'header';
  #heartbeat: Heartbeat | undefined;
  #stopDeadline: () => void;
  /** Why the body frame that is coming in will not be taken. */
  #refused: { readonly error: unknown } | undefined;
  /** How a body frame begins that belongs to no channel. */
  #stray = NOTHING;
  /** Nothing is read until there is memory again; whether the client was told so. */
  #isHeldBack = false;
  #isToldBlocked = false;

  constructor(stream: Duplex, broker: Broker) {
    this.#wire = new StreamWire(stream);
    this.#broker = broker;
    this.#reader = new FrameReader(this, { header: 'must', frameMax: TUNING.frameMax, anyType: true });
    this.#outbox = new Outbox(this.#wire, this.writer, this);
    this.#negotiation = new Negotiation(broker, comesFromHere(stream), (method, args) => this.#send(method, args));
    this.#stopDeadline = broker.clock.after(HANDSHAKE_MS, () => this.#wire.destroy());
    this.#stopWatching = broker.watchMemory((isShort) => this.#memoryChanged(isShort));
    const failed = (error: unknown) => this.failed(error);
    this.#wire.listen({
      received: contained((bytes: Buffer) => this.#receive(bytes), failed),
      drained: contained(() => this.#outbox.pressure.relieve(), failed),
      closed: contained(() => this.#gone(), failed),
    });
  }

  get canSend(): boolean {
    return this.#outbox.pressure.canTake;
  }

  get mayRead(): boolean {
    return !this.#isHeldBack;
  }

  get frameMax(): number {
    return this.#negotiation.limits.frameMax;
  }

  get wantsCancels(): boolean {
    return this.#negotiation.can('consumer_cancel_notify');
  }

  get #isRunning(): boolean {
    return this.#state === 'open' && this.#negotiation.phase === 'running';
  }

  touch(): void {
    this.#outbox.schedule();
  }

  account(bytes: number): void {
    this.#broker.account(bytes);
  }

  /** Tells the client that the server goes, and goes. */
  shutDown(): void {
    const reason = "broker forced connection closure with reason 'shutdown'";
    if (this.#isRunning) this.#fail(new Refusal(320, reason), 0);
    this.#outbox.flush();
    this.#wire.end();
    this.#gone();
  }

  #receive(chunk: Buffer): void {
    this.#heartbeat?.received();
    if (this.#state === 'closed') return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (error instanceof ProtocolError && this.#state === 'header') return this.#refuseHeader();
      this.#answer(error, 0, 0);
      // The stream can't be cut into frames any more: nothing that follows means anything.
      if (error instanceof ProtocolError) this.#hangUp();
    }
    this.#outbox.pressure.regulate();
  }

  protocolHeader(header: Buffer): void {
    if (!header.equals(PROTOCOL_HEADER)) {
      this.#refuseHeader();
      return;
    }
    this.#state = 'open';
    this.#negotiation.begin();
  }

  /** Whatever a client begins with, it is told which protocol is spoken here. */
  #refuseHeader(): void {
    this.#wire.write([this.#broker.traits.headerOfAmqp10 ? AMQP_1_0_HEADER : PROTOCOL_HEADER]);
    this.#hangUp();
  }

  frame(type: number, number: number, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closed') return;
    let id = this.#contentId(number);
    try {
      if (type !== FRAME.method || end - start < 4) this.#noMethod(type, number, bytes.subarray(start, end));
      else {
        const named = bytes.readUInt32BE(start);
        if (id === 0) id = named;
        const method = methodById(named);
        if (method === undefined) throw new Crash();
        if (number === 0) this.#connectionMethod(method, bytes, start + 4, end);
        else this.#channelMethod(number, method, bytes, start + 4, end);
      }
    } catch (error) {
      this.#answer(error, number, id);
    }
  }

  /** A frame that is no method, and no body. */
  #noMethod(type: number, number: number, payload: Buffer): void {
    if (this.#state === 'closing') return;
    if (number !== 0 && !this.#isRunning) throw unexpectedFrame(type, payload);
    const isHeader = type === FRAME.header && payload.length >= HEADER_MIN;
    if (!isHeader && (type !== FRAME.heartbeat || payload.length > 0)) throw unknownFrame(type, payload);
    if (isHeader && number !== 0) {
      const channel = this.#contentChannel(number);
      const publish = channel?.content.header(payload, 0, payload.length);
      if (publish) channel?.publish(publish);
    } else if (isHeader || number !== 0) throw unexpectedFrame(type, payload);
  }

  body(number: number, _size: number, _offset: number, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closed' || this.#refused) return;
    try {
      if (number !== 0 && this.#isRunning) this.#contentChannel(number)?.content.body(bytes, start, end);
      else if (this.#stray.length <= STRAY) this.#stray = Buffer.concat([this.#stray, bytes.subarray(start, end)]);
    } catch (error) {
      // Whether the frame ends as it must comes first.
      this.#refused = { error };
    }
  }

  bodyEnd(number: number): void {
    if (this.#state === 'closed') return;
    const [refused, stray, id] = [this.#refused, this.#stray, this.#contentId(number)];
    this.#refused = undefined;
    this.#stray = NOTHING;
    try {
      if (refused) throw refused.error;
      if (this.#state === 'closing') return;
      if (number === 0 || !this.#isRunning) throw unexpectedFrame(FRAME.body, stray);
      const channel = this.#contentChannel(number);
      const publish = channel?.content.bodyEnd();
      if (publish) channel?.publish(publish);
    } catch (error) {
      this.#answer(error, number, id);
    }
  }

  /** The method whose content a channel waits for; 0 where it waits for none. */
  #contentId(number: number): number {
    return this.#channels.get(number)?.content.isOpen ? PUBLISH_ID : 0;
  }

  /** The channel that a part of a content belongs to; none where what comes is to be ignored. */
  #contentChannel(number: number): WireChannel | undefined {
    const channel = this.#channels.get(number);
    if (this.#state === 'closing' || channel?.isClosing) return undefined;
    if (!channel?.isOpened) throw new Refusal(505, 'expected method frame, got non method frame instead');
    if (this.#broker.isShort) this.#holdBack();
    return channel;
  }

  #connectionMethod(method: AmqpMethodName, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closing') {
      if (method === 'connection.close-ok') this.#hangUp();
      if (method === 'connection.close') this.#send('connection.close-ok');
    } else if (!this.#isRunning) {
      this.#negotiation.handle(method, argumentsOf(method, bytes, start, end));
      this.#reader.frameMax = this.frameMax;
      if (this.#isRunning) this.#begin();
    } else if (method === 'connection.close') {
      this.#leave();
      this.#send('connection.close-ok');
      this.#hangUp();
    } else if (method === 'connection.update-secret') this.#send('connection.update-secret-ok');
    else throw channelError('unexpected method in connection state running');
  }

  /** The negotiation is over. */
  #begin(): void {
    this.#stopDeadline();
    const beatMs = this.#negotiation.limits.heartbeat * 1000;
    if (beatMs === 0) return;
    this.#heartbeat = new Heartbeat(this.#broker.clock, {
      sendMs: beatMs,
      receiveMs: beatMs,
      beat: () => {
        this.writer.heartbeat();
        this.#outbox.flush();
      },
      beatCounts: false,
      lost: () => this.#wire.destroy(),
    });
  }

  #channelMethod(number: number, method: AmqpMethodName, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closing') return;
    const { session } = this.#negotiation;
    if (!session) throw new Refusal(505, `${method} on channel ${number} before the connection is open`);
    const channel = this.#channels.get(number) ?? this.#newChannel(number, session);
    if (channel.isClosing) {
      if (method === 'channel.close-ok') this.#channels.delete(number);
      if (method === 'channel.close') channel.send('channel.close-ok');
    } else if (channel.content.isOpen) {
      throw channel.content.interruption;
    } else if (method === 'basic.publish' && channel.isOpened) {
      channel.content.begin(decoded(method, bytes, start, end));
    } else if (method === 'channel.close' && channel.isOpened) {
      channel.beforeWrite();
      channel.close();
      this.#channels.delete(number);
      channel.send('channel.close-ok');
    } else {
      channel.handle(method, argumentsOf(method, bytes, start, end));
    }
  }

  #newChannel(number: number, session: VhostClient): WireChannel {
    const { limits } = this.#negotiation;
    const count = this.#channels.size;
    if (count >= limits.channelMax) {
      const text = `number of channels opened (${count}) has reached the negotiated channel_max (${limits.channelMax})`;
      throw new AnonymousRefusal(530, text);
    }
    const channel = new WireChannel(number, session, this);
    this.#channels.set(number, channel);
    return channel;
  }

  #send<M extends AmqpMethodName>(method: M, args: Partial<AmqpArgs[M]> = {}): void {
    this.writer.method(0, method, args);
    this.#outbox.schedule();
  }

  /** Answers what went wrong: on the channel where that is enough, by closing the connection where it is not. */
  #answer(error: unknown, number: number, cause: number): void {
    if (error instanceof Crash) return this.#wire.destroy();
    const refusal = asRefusal(error);
    const id = refusal instanceof AnonymousRefusal || refusal.code === 541 ? 0 : cause;
    const channel = this.#channels.get(number);
    if (refusal.isFatal || number === 0 || !channel) {
      this.#fail(refusal, id);
      return;
    }
    channel.beforeWrite();
    channel.close();
    channel.isClosing = true;
    channel.send('channel.close', closing(refusal, id));
  }

  /** A fault of ours ends the connection as RabbitMQ's own do: with 541, where the client can still be told. */
  failed(error: unknown): void {
    tellFault('The embedded RabbitMQ ends an AMQP connection over an error', error);
    try {
      this.#fail(new Refusal(541, ''), 0);
      this.#outbox.flush();
    } catch {
      this.#state = 'closed';
    }
    if (this.#state === 'closed') this.#wire.destroy();
  }

  #fail(refusal: Refusal, id: number): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    const phase = this.#negotiation.phase;
    this.#leave();
    if (phase === 'running' || phase === 'opening') {
      this.#send('connection.close', closing(refusal, id));
      this.#state = 'closing';
      this.#stopDeadline();
      this.#stopDeadline = this.#broker.clock.after(FAREWELL_MS, () => this.#wire.destroy());
      return;
    }
    if (this.#negotiation.mayTell(refusal)) this.#send('connection.close', closing(refusal, 0));
    this.#hangUp();
  }

  /** Gives back all that the client holds. */
  #leave(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
    const session = this.#negotiation.session;
    session?.vhost.leave(session);
  }

  /** Sends what waits and ends the connection from our side. */
  #hangUp(): void {
    this.#outbox.flush();
    this.#heartbeat?.stop();
    this.#state = 'closed';
    this.#wire.end();
    this.#stopDeadline();
    this.#stopDeadline = this.#broker.clock.after(FAREWELL_MS, () => this.#wire.destroy());
  }

  #gone(): void {
    this.#state = 'closed';
    this.#stopDeadline();
    this.#stopWatching();
    this.#heartbeat?.stop();
    this.#leave();
  }

  beforeWrite(): void {
    for (const channel of this.#channels.values()) channel.beforeWrite();
    if (this.writer.size > 0) this.#heartbeat?.sent();
  }

  relieved(): void {
    for (const channel of this.#channels.values()) channel.core.wakeConsumers();
  }

  /** A client that publishes while memory is short has to wait, and is told so where it can understand it. */
  #holdBack(): void {
    this.#isHeldBack = true;
    if (this.#isToldBlocked || !this.#negotiation.can('connection.blocked')) return;
    this.#isToldBlocked = true;
    this.#send('connection.blocked', { reason: 'low on memory' });
  }

  #memoryChanged(isShort: boolean): void {
    if (isShort) return;
    if (this.#isToldBlocked) this.#send('connection.unblocked');
    this.#isToldBlocked = false;
    this.#isHeldBack = false;
    this.#outbox.pressure.regulate();
  }
}

function closing({ code, replyText }: Refusal, id: number) {
  return { replyCode: code, replyText, classId: id >>> 16, methodId: id & 0xffff };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FrameFault) return frameRefusal(error);
  if (error instanceof ProtocolError) return new Refusal((error.code ?? 501) as ReplyCode, error.message);
  throw error;
}
