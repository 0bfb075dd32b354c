/** One STOMP session: commands in, frames out, and the broker behind them (https://www.rabbitmq.com/stomp.html). */
import { REPLY_CODES } from '../../../protocols/amqp/faults.ts';
import { encodeFrame } from '../../../protocols/stomp/encode.ts';
import type { StompHeader, StompValue, StompVersion } from '../../../protocols/stomp/frame.ts';
import type { Broker } from '../broker/broker.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import { Channel, type ChannelSink } from '../channels/channel.ts';
import type { Message } from '../messages/message.ts';
import { Refusal } from '../refusal.ts';
import { Heartbeat } from '../transport/heartbeat.ts';
import { COMMANDS, endTransactions } from './commands.ts';
import type { Deferred, StompContext, Subscription } from './context.ts';
import { HeardRefusal, StompFailure, stumble } from './failure.ts';
import type { StompLine } from './line.ts';
import { destinationOf, headerMap, messageHeaders, negotiateVersion } from './message.ts';

/** How long a client may take to log in, in ms. */
const LOGIN_MS = 10_000;
const VERSIONS = '1.0,1.1,1.2';
/** What the broker carries out without an answer; what is wrong with it is found out later. */
const LATE: ReadonlySet<string> = new Set(['SEND', 'ACK', 'NACK', 'COMMIT']);

export class StompSession implements ChannelSink, StompContext {
  readonly broker: Broker;
  readonly #line: StompLine;
  /** Whether the client is on this machine. */
  readonly #isHere: boolean;
  readonly subscriptions = new Map<string, Subscription>();
  readonly transactions = new Map<string, Deferred[]>();
  /** The queues behind temporary names, by name. */
  readonly replyQueues = new Map<string, string>();
  readonly declared = new Set<string>();
  /** The receipts that wait for a publish to be confirmed, by its number. */
  readonly #receipts = new Map<number, string>();
  readonly #gone: string[] = [];
  readonly #stopLogin: () => void;
  #hasConfirms = false;
  #heartbeat: Heartbeat | undefined;
  #session: VhostClient | undefined;
  #channel: Channel | undefined;
  #id = '';
  #isEnded = false;
  version: StompVersion = '1.0';

  constructor(broker: Broker, line: StompLine, isHere: boolean) {
    this.broker = broker;
    this.#isHere = isHere;
    this.#line = line;
    this.#stopLogin = broker.clock.after(LOGIN_MS, () => line.end());
  }

  /** The broker's session; only there once the client has logged in. */
  get session(): VhostClient {
    if (!this.#session) throw notLoggedIn();
    return this.#session;
  }

  get channel(): Channel {
    if (!this.#channel) throw notLoggedIn();
    return this.#channel;
  }

  get canSend(): boolean {
    return this.#line.canSend;
  }

  heard(): void {
    this.#heartbeat?.received();
  }

  receive(frame: StompValue): void {
    if (this.#isEnded || frame.command === 'heart-beat') return;
    const headers = this.#headers(frame);
    try {
      if (frame.command === 'CONNECT' || frame.command === 'STOMP') {
        // RabbitMQ does not foresee a second one.
        if (this.#session) this.#line.crash();
        else this.#connect(headers);
        return;
      }
      if (!this.#session) throw notLoggedIn();
      this.#command(frame, headers);
    } catch (error) {
      this.#answer(error, frame.command);
    }
  }

  #command(frame: StompValue, headers: Map<string, string>): void {
    const { command } = frame;
    const receipt = headers.get('receipt');
    if (command === 'DISCONNECT') {
      if (receipt !== undefined) this.send('RECEIPT', [['receipt-id', receipt]]);
      this.leave();
      this.#line.end();
      return;
    }
    const run = COMMANDS[command];
    if (!run) throw new StompFailure('Bad command', `Could not interpret command "${command}"\n`);
    run(this, headers, frame);
    // A message's receipt waits for its confirm.
    if (receipt !== undefined && command !== 'SEND') this.send('RECEIPT', [['receipt-id', receipt]]);
  }

  /** 1.0 knew no rule about blanks, so those before a value are dropped there. */
  #headers(frame: StompValue): Map<string, string> {
    const headers = headerMap(frame);
    if (this.version !== '1.0' || !this.#session) return headers;
    for (const [name, value] of headers) headers.set(name, value.replace(/^ +/, ''));
    return headers;
  }

  #connect(headers: ReadonlyMap<string, string>): void {
    const version = negotiateVersion(headers.get('accept-version'));
    if (!version) throw new StompFailure('Version mismatch', `Supported versions are ${VERSIONS}\n`);
    const login = headers.get('login') ?? 'guest';
    const user = this.broker.authenticate(login, headers.get('passcode') ?? 'guest');
    if (!user)
      throw new StompFailure(
        'Bad CONNECT',
        `Access refused for user '${login}'${this.broker.traits.lineFeedAfterRefusal ? '\n' : ''}`,
      );
    if (user.isLocal && !this.#isHere) throw new StompFailure('Bad CONNECT', 'non-loopback access denied');
    const host = headers.get('host') ?? '/';
    try {
      this.#session = this.broker.enter(user, host);
    } catch {
      throw new StompFailure('Bad CONNECT', `Virtual host '${host}' access denied`);
    }
    this.#stopLogin();
    this.version = version;
    this.#channel = new Channel(this.#session, this);
    this.#id = this.broker.uniqueName('session');
    const [send, receive] = this.#agreeOnHeartbeats(headers.get('heart-beat') ?? '0,0');
    this.send('CONNECTED', [
      ['server', `RabbitMQ/${this.broker.release.version}`],
      ['session', this.#id],
      ['heart-beat', `${send},${receive}`],
      ['version', version],
    ]);
  }

  /** The client says how often it sends and how often it wants to hear; both are answered in whole seconds. */
  #agreeOnHeartbeats(header: string): [number, number] {
    const [theirs = Number.NaN, ours = Number.NaN, ...rest] = header
      .split(',')
      .map((part) => (/^[+-]?\d+$/.test(part) ? Number(part) : Number.NaN));
    if (rest.length > 0 || !Number.isFinite(theirs) || !Number.isFinite(ours)) throw stumble();
    const sendMs = wholeSeconds(ours);
    const receiveMs = wholeSeconds(theirs);
    if (sendMs > 0 || receiveMs > 0) {
      this.#heartbeat = new Heartbeat(this.broker.clock, {
        sendMs,
        receiveMs,
        beat: () => this.#line.send(Buffer.from('\n')),
        beatCounts: true,
        lost: () => this.#line.end(),
      });
    }
    return [sendMs, receiveMs];
  }

  send(command: string, headers: readonly StompHeader[], body: Buffer | string = ''): void {
    this.#heartbeat?.sent();
    this.#line.send(Buffer.concat([encodeFrame(command, headers, body), TRAILING]));
  }

  deliver(consumerTag: string, deliveryTag: number, redelivered: boolean, message: Message): void {
    const subscription = this.subscriptions.get(consumerTag);
    const id = `${consumerTag}@@${this.#id}@@${deliveryTag}`;
    const headers: StompHeader[] = consumerTag.startsWith('T_') ? [['subscription', consumerTag.slice(2)]] : [];
    headers.push(['destination', destinationOf(message)], ['message-id', id], ['redelivered', String(redelivered)]);
    if (subscription && subscription.ack !== 'auto' && this.version === '1.2') headers.push(['ack', id]);
    const own = messageHeaders(message).filter(([name]) => name !== 'content-length');
    this.send('MESSAGE', [...headers, ...own], message.body);
  }

  /** Messages are never sent as mandatory. */
  returned(): void {}

  cancelled(consumerTag: string): void {
    this.#gone.push(consumerTag);
    this.#line.touch();
  }

  confirmable(): void {
    this.#hasConfirms = true;
    this.#line.touch();
  }

  /** Has the publish that comes next answered by a receipt. */
  expectReceipt(receipt: string): void {
    this.channel.selectConfirms();
    this.#receipts.set(this.channel.confirms.next, receipt);
  }

  /** Sends what was put off until everything that caused it was answered. */
  beforeWrite(): void {
    if (this.#hasConfirms) {
      this.#hasConfirms = false;
      for (const sequence of this.channel.confirms.take().confirmed) {
        const receipt = this.#receipts.get(sequence);
        this.#receipts.delete(sequence);
        if (receipt !== undefined) this.send('RECEIPT', [['receipt-id', receipt]]);
      }
    }
    for (const consumerTag of this.#gone.splice(0)) this.#tellCancelled(consumerTag);
  }

  #tellCancelled(consumerTag: string): void {
    const subscription = this.subscriptions.get(consumerTag);
    if (!subscription) return;
    this.subscriptions.delete(consumerTag);
    const detail = `The server has canceled a subscription.\nNo more messages will be delivered for "${subscription.description}".\n`;
    this.#error('Server cancelled subscription', detail, [['subscription', consumerTag.slice(2)]]);
  }

  /** Deliveries were held back, and need not be any more. */
  relieved(): void {
    this.#channel?.wakeConsumers();
  }

  #answer(error: unknown, command: string): void {
    if (error instanceof StompFailure) {
      this.#error(error.title, error.message);
    } else if (error instanceof HeardRefusal) {
      this.#refused(error.refusal);
    } else if (error instanceof Refusal) {
      if (LATE.has(command) && this.#line.losesLateErrors) this.fail();
      else this.#refused(error);
    } else if (error instanceof RangeError) {
      this.#error('Processing error', 'Processing error');
    } else throw error;
  }

  /** The broker closes the channel, and without it the session can't go on. */
  #refused({ code, replyText }: Refusal): void {
    this.#error(REPLY_CODES[code].toLowerCase(), replyText);
    this.fail();
  }

  /** A fault of ours ends the session, as one of RabbitMQ's own does. */
  stumbled(): void {
    this.#error('Processing error', 'Processing error');
    this.fail();
  }

  #error(message: string, detail: string, more: readonly StompHeader[] = []): void {
    const headers: StompHeader[] = [
      ['message', message],
      ['content-type', 'text/plain'],
      ['version', VERSIONS],
      ...more,
    ];
    this.send('ERROR', headers, detail);
  }

  /** Two subscriptions can't have one name; RabbitMQ ends the session over it. */
  failDuplicate(consumerTag: string): void {
    this.#error('Duplicated subscription identifier', `A subscription identified by '${consumerTag}' already exists.`);
    this.fail();
  }

  /** Ends the session and the connection. */
  fail(): void {
    this.leave();
    this.#line.end();
  }

  /** Gives back all that the client holds. */
  leave(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopLogin();
    this.#heartbeat?.stop();
    this.#channel?.close();
    endTransactions(this);
    if (this.#session) this.#session.vhost.leave(this.#session);
  }
}

const notLoggedIn = () => new StompFailure('Illegal command', 'You must log in using CONNECT first');

/** RabbitMQ ends every frame with a line feed. */
const TRAILING = Buffer.from('\n');

function wholeSeconds(ms: number): number {
  if (ms <= 0) return 0;
  return ms < 1000 ? 1000 : Math.floor(ms / 1000) * 1000;
}
