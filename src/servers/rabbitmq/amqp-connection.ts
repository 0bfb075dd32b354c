/** One AMQP connection: opens it, keeps its channels, and ends it as the specification says (AMQP 0-9-1 §2.2.4). */
import type { Duplex } from 'node:stream';
import { ProtocolError } from '../../core/errors.ts';
import { decoderOf } from '../../protocols/amqp/compile.ts';
import { FRAME, FRAME_MIN_SIZE, FrameWriter, PROTOCOL_HEADER } from '../../protocols/amqp/encode.ts';
import type { ReplyCode } from '../../protocols/amqp/faults.ts';
import { type AmqpArgs, type AmqpMethodName, methodById } from '../../protocols/amqp/methods.ts';
import { FrameReader, type FrameSink } from '../../protocols/amqp/reader.ts';
import { AmqpChannel, type ChannelLine } from './amqp-channel.ts';
import { login, MECHANISMS } from './amqp-login.ts';
import { SERVER_PROPERTIES, TUNING } from './amqp-properties.ts';
import type { Broker } from './broker.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox } from './outbox.ts';
import { channelError, notAllowed, Refusal } from './refusal.ts';
import type { Session } from './session.ts';
import type { User } from './users.ts';

type State = 'header' | 'starting' | 'tuning' | 'opening' | 'running' | 'closing' | 'closed';

/** How long a client may take to open a connection, and to agree that it is closed, in ms. */
const HANDSHAKE_MS = 10_000;
const FAREWELL_MS = 30_000;

export class AmqpConnection implements FrameSink, ChannelLine {
  readonly writer = new FrameWriter();
  readonly #stream: Duplex;
  readonly #broker: Broker;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #channels = new Map<number, AmqpChannel>();
  readonly #stopWatching: () => void;
  #state: State = 'header';
  #stopDeadline: () => void;
  #heartbeat: Heartbeat | undefined;
  #user: User | undefined;
  #session: Session | undefined;
  #capabilities: { [name: string]: unknown } = {};
  #channelMax: number = TUNING.channelMax;
  frameMax: number = TUNING.frameMax;
  /** Waits with reading until memory is there again; has been told so. */
  #isHeldBack = false;
  #isToldBlocked = false;

  constructor(stream: Duplex, broker: Broker) {
    this.#stream = stream;
    this.#broker = broker;
    this.#reader = new FrameReader(this, { header: 'must', frameMax: TUNING.frameMax });
    this.#outbox = new Outbox(stream, this.writer, {
      beforeWrite: () => this.#beforeWrite(),
      relieved: () => this.#relieved(),
    });
    this.#stopDeadline = broker.clock.after(HANDSHAKE_MS, () => stream.destroy());
    this.#stopWatching = broker.watchMemory((isShort) => this.#memoryChanged(isShort));
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => stream.end());
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.#gone());
  }

  get canSend(): boolean {
    return this.#outbox.canTake;
  }

  get wantsCancels(): boolean {
    return this.#capabilities.consumer_cancel_notify === true;
  }

  touch(): void {
    this.#outbox.schedule();
  }

  account(bytes: number): void {
    this.#broker.account(bytes);
  }

  /** Tells the client that the server goes, and goes. */
  shutDown(): void {
    if (this.#state === 'running')
      this.#fail(new Refusal(320, "broker forced connection closure with reason 'shutdown'"), 0);
    this.#outbox.flush();
    this.#stream.end();
    this.#gone();
  }

  #receive(chunk: Buffer): void {
    this.#heartbeat?.received();
    if (this.#state === 'closed') return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#answer(error, 0, 0);
      // The stream can't be cut into frames any more: nothing that follows means anything.
      if (error instanceof ProtocolError) this.#hangUp();
    }
    if (this.#outbox.isOverfull || this.#isHeldBack) this.#stream.pause();
  }

  protocolHeader(header: Buffer): void {
    if (!header.equals(PROTOCOL_HEADER)) {
      this.#stream.write(PROTOCOL_HEADER);
      this.#hangUp();
      return;
    }
    this.#state = 'starting';
    this.#send('connection.start', {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: SERVER_PROPERTIES,
      mechanisms: MECHANISMS,
      locales: 'en_US',
    });
  }

  frame(type: number, number: number, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closed') return;
    if (type === FRAME.heartbeat) return;
    let id = 0;
    const isContent = type === FRAME.header || this.#channels.get(number)?.content.isOpen;
    try {
      if (type === FRAME.header) {
        const channel = this.#contentChannel(number);
        const publish = channel?.content.header(bytes, start, end);
        if (publish) channel!.publish(publish);
        return;
      }
      id = end - start < 4 ? 0 : bytes.readUInt32BE(start);
      const method = methodById(id);
      if (method === undefined) throw new Refusal(503, `unknown method ${id >>> 16}/${id & 0xffff}`);
      this.#method(number, method, bytes, start + 4, end);
    } catch (error) {
      this.#answer(error, number, isContent ? PUBLISH_ID : id);
    }
  }

  body(number: number, _size: number, _offset: number, bytes: Buffer, start: number, end: number): void {
    if (this.#state === 'closed') return;
    try {
      this.#contentChannel(number)?.content.body(bytes, start, end);
    } catch (error) {
      this.#answer(error, number, 0);
    }
  }

  bodyEnd(number: number): void {
    if (this.#state === 'closed') return;
    try {
      const channel = this.#contentChannel(number);
      const publish = channel?.content.bodyEnd();
      if (publish) channel!.publish(publish);
    } catch (error) {
      this.#answer(error, number, PUBLISH_ID);
    }
  }

  /** The channel that a part of a content belongs to; none where what comes is to be ignored. */
  #contentChannel(number: number): AmqpChannel | undefined {
    const channel = this.#channels.get(number);
    if (this.#state === 'closing' || channel?.isClosing) return undefined;
    if (!channel?.isOpened) throw new Refusal(505, 'expected method frame, got non method frame instead');
    if (this.#broker.isShort) this.#holdBack();
    return channel;
  }

  #method(number: number, method: AmqpMethodName, bytes: Buffer, start: number, end: number): void {
    if (number === 0) {
      const handler = HANDSHAKE[method];
      if (this.#state === 'closing') {
        if (method === 'connection.close-ok') this.#hangUp();
        if (method === 'connection.close') this.#send('connection.close-ok');
        return;
      }
      if (!handler?.in.includes(this.#state)) {
        throw channelError(`unexpected method in connection state ${this.#state}`);
      }
      handler.run(this, decoderOf(method)(copy(bytes, start, end), 0, end - start) as never);
      return;
    }
    if (this.#state !== 'running') {
      if (this.#state === 'closing') return;
      throw new Refusal(505, `method on channel ${number} in connection state ${this.#state}`);
    }
    const channel = this.#channels.get(number) ?? this.#newChannel(number);
    if (channel.isClosing) {
      if (method === 'channel.close-ok') this.#channels.delete(number);
      if (method === 'channel.close') channel.send('channel.close-ok');
      return;
    }
    if (channel.content.isOpen) throw channel.content.interruption;
    if (method === 'basic.publish' && channel.isOpened) {
      channel.content.begin(decoderOf(method)(bytes, start, end));
      return;
    }
    if (method === 'channel.close' && channel.isOpened) {
      channel.beforeWrite();
      channel.close();
      this.#channels.delete(number);
      channel.send('channel.close-ok');
      return;
    }
    // Arguments may point into bytes that are only lent.
    channel.handle(method, decoderOf(method)(copy(bytes, start, end), 0, end - start));
  }

  #newChannel(number: number): AmqpChannel {
    if (this.#channels.size >= this.#channelMax) {
      throw new AnonymousRefusal(
        530,
        `number of channels opened (${this.#channels.size}) has reached the negotiated channel_max (${this.#channelMax})`,
      );
    }
    const channel = new AmqpChannel(number, this.#session!, this);
    this.#channels.set(number, channel);
    return channel;
  }

  start(args: AmqpArgs['connection.start-ok']): void {
    const { capabilities } = args.clientProperties;
    if (capabilities !== null && typeof capabilities === 'object') {
      this.#capabilities = capabilities as { [name: string]: unknown };
    }
    this.#user = login(this.#broker, args.mechanism, args.response);
    this.#state = 'tuning';
    this.#send('connection.tune', TUNING);
  }

  tune({ channelMax, frameMax, heartbeat }: AmqpArgs['connection.tune-ok']): void {
    negotiate('frame_max', frameMax, FRAME_MIN_SIZE, TUNING.frameMax);
    negotiate('channel_max', channelMax, 1, TUNING.channelMax);
    this.#channelMax = channelMax;
    this.frameMax = frameMax;
    this.#reader.frameMax = frameMax;
    if (heartbeat > 0) {
      this.#heartbeat = new Heartbeat(this.#broker.clock, {
        sendMs: heartbeat * 1000,
        receiveMs: heartbeat * 1000,
        beat: () => {
          this.writer.heartbeat();
          this.#outbox.schedule();
        },
        lost: () => this.#stream.destroy(),
      });
    }
    this.#state = 'opening';
  }

  open({ virtualHost }: AmqpArgs['connection.open']): void {
    this.#session = this.#broker.enter(this.#user!, virtualHost);
    this.#state = 'running';
    this.#stopDeadline();
    this.#send('connection.open-ok');
  }

  close(): void {
    this.#leave();
    this.#send('connection.close-ok');
    this.#hangUp();
  }

  updateSecret(): void {
    this.#send('connection.update-secret-ok');
  }

  #send<M extends AmqpMethodName>(method: M, args: Partial<AmqpArgs[M]> = {}): void {
    this.writer.method(0, method, args);
    this.#outbox.schedule();
  }

  /** Answers what went wrong: on the channel where that is enough, by closing the connection where it is not. */
  #answer(error: unknown, number: number, id: number): void {
    const refusal = asRefusal(error);
    const known = refusal instanceof AnonymousRefusal ? 0 : id;
    const classId = known >>> 16;
    const methodId = known & 0xffff;
    const channel = this.#channels.get(number);
    if (refusal.isFatal || number === 0 || !channel) {
      this.#fail(refusal, known);
      return;
    }
    channel.beforeWrite();
    channel.close();
    channel.isClosing = true;
    channel.send('channel.close', { replyCode: refusal.code, replyText: refusal.replyText, classId, methodId });
  }

  #fail(refusal: Refusal, id: number): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    const isEarly = this.#state === 'header' || this.#state === 'starting' || this.#state === 'tuning';
    this.#leave();
    if (!isEarly || this.#mayTell(refusal)) {
      const [classId, methodId] = isEarly ? [0, 0] : [id >>> 16, id & 0xffff];
      this.#send('connection.close', { replyCode: refusal.code, replyText: refusal.replyText, classId, methodId });
    }
    if (isEarly) {
      this.#hangUp();
      return;
    }
    this.#state = 'closing';
    this.#stopDeadline();
    this.#stopDeadline = this.#broker.clock.after(FAREWELL_MS, () => this.#stream.destroy());
  }

  /** Before a connection is open RabbitMQ tells a client only that its login was refused, and only one that expects it. */
  #mayTell(refusal: Refusal): boolean {
    return refusal.code === 403 && this.#capabilities.authentication_failure_close === true;
  }

  /** Gives back all that the client holds. */
  #leave(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
    if (this.#session) this.#session.vhost.leave(this.#session);
    this.#session = undefined;
  }

  /** Sends what waits and ends the connection from our side. */
  #hangUp(): void {
    this.#outbox.flush();
    this.#heartbeat?.stop();
    this.#state = 'closed';
    this.#stream.end();
    this.#stopDeadline();
    this.#stopDeadline = this.#broker.clock.after(FAREWELL_MS, () => this.#stream.destroy());
  }

  #gone(): void {
    this.#state = 'closed';
    this.#stopDeadline();
    this.#stopWatching();
    this.#heartbeat?.stop();
    this.#leave();
  }

  #beforeWrite(): void {
    for (const channel of this.#channels.values()) channel.beforeWrite();
    if (this.writer.size > 0) this.#heartbeat?.sent();
  }

  #relieved(): void {
    if (!this.#isHeldBack && !this.#outbox.isOverfull) this.#stream.resume();
    for (const channel of this.#channels.values()) channel.core.wakeConsumers();
  }

  /** A client that publishes while memory is short has to wait, and is told so where it can understand it. */
  #holdBack(): void {
    this.#isHeldBack = true;
    if (this.#isToldBlocked || this.#capabilities['connection.blocked'] !== true) return;
    this.#isToldBlocked = true;
    this.#send('connection.blocked', { reason: 'low on memory' });
  }

  #memoryChanged(isShort: boolean): void {
    if (isShort) return;
    if (this.#isToldBlocked) this.#send('connection.unblocked');
    this.#isToldBlocked = false;
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    if (!this.#outbox.isOverfull) this.#stream.resume();
  }
}

/** A refusal that no method caused. */
class AnonymousRefusal extends Refusal {}

const PUBLISH_ID = (60 << 16) | 40;

/** The methods of channel 0, and the states in which a client may send them. */
const HANDSHAKE: {
  [method: string]: { in: readonly State[]; run: (connection: AmqpConnection, args: never) => void };
} = {
  'connection.start-ok': { in: ['starting'], run: (connection, args) => connection.start(args) },
  'connection.tune-ok': { in: ['tuning'], run: (connection, args) => connection.tune(args) },
  'connection.open': { in: ['opening'], run: (connection, args) => connection.open(args) },
  'connection.close': { in: ['running'], run: (connection) => connection.close() },
  'connection.update-secret': { in: ['running'], run: (connection) => connection.updateSecret() },
};

/** Refuses a value that the client chose outside of what it was offered; 0 is no limit, which was not offered. */
function negotiate(field: string, value: number, min: number, max: number): void {
  if (value !== 0 && value < min) {
    throw notAllowed(`negotiated ${field} = ${value} is lower than the minimum allowed value (${min})`);
  }
  if (value === 0 || value > max) {
    const detail = value === 0 && field === 'channel_max' ? ' (no limit)' : '';
    throw notAllowed(`negotiated ${field} = ${value}${detail} is higher than the maximum allowed value (${max})`);
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ProtocolError) return new Refusal((error.code ?? 501) as ReplyCode, error.message);
  throw error;
}

const copy = (bytes: Buffer, start: number, end: number): Buffer => Buffer.from(bytes.subarray(start, end));
