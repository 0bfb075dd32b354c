/** How an AMQP connection is opened: who it is, within which limits, in which virtual host (AMQP 0-9-1 §2.2.4). */
import { FRAME_MIN_SIZE } from '../../../protocols/amqp/encode.ts';
import type { AmqpArgs, AmqpMethodName } from '../../../protocols/amqp/methods.ts';
import type { Broker } from '../broker/broker.ts';
import type { User } from '../broker/users.ts';
import type { VhostClient } from '../broker/vhost-client.ts';
import { channelError, notAllowed, type Refusal } from '../refusal.ts';
import { login, mechanisms } from './login.ts';
import { serverProperties, TUNING } from './properties.ts';

export type Phase = 'starting' | 'tuning' | 'opening' | 'running';

type Send = <M extends AmqpMethodName>(method: M, args?: Partial<AmqpArgs[M]>) => void;

export class Negotiation {
  readonly #broker: Broker;
  readonly #isHere: boolean;
  readonly #send: Send;
  #user: User | undefined;
  #capabilities: { [name: string]: unknown } = {};
  phase: Phase = 'starting';
  /** What was agreed on; the server's proposal until the client has answered it. */
  limits: { readonly channelMax: number; readonly frameMax: number; readonly heartbeat: number } = TUNING;
  session: VhostClient | undefined;

  /** `isHere` says whether the client is on this machine. */
  constructor(broker: Broker, isHere: boolean, send: Send) {
    this.#broker = broker;
    this.#isHere = isHere;
    this.#send = send;
  }

  /** Introduces the server. */
  begin(): void {
    this.#send('connection.start', {
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: serverProperties(this.#broker.release),
      mechanisms: mechanisms(this.#broker.traits),
      locales: 'en_US',
    });
  }

  /** Whether the client said that it can do something. */
  can(capability: string): boolean {
    return this.#capabilities[capability] === true;
  }

  /** Until the client knows its limits RabbitMQ tells it only that its login was refused, and only if it expects that. */
  mayTell(refusal: Refusal): boolean {
    return this.phase === 'opening' || (refusal.code === 403 && this.can('authentication_failure_close'));
  }

  handle(method: AmqpMethodName, args: AmqpArgs[AmqpMethodName]): void {
    const step = STEPS[this.phase];
    if (method !== step?.method) throw channelError(`unexpected method in connection state ${this.phase}`);
    step.run(this, args as never);
  }

  start(args: AmqpArgs['connection.start-ok']): void {
    const { capabilities } = args.clientProperties;
    if (capabilities !== null && typeof capabilities === 'object') {
      this.#capabilities = capabilities as { [name: string]: unknown };
    }
    this.#user = login(this.#broker, args.mechanism, args.response, this.#isHere);
    this.phase = 'tuning';
    this.#send('connection.tune', TUNING);
  }

  tune(limits: AmqpArgs['connection.tune-ok']): void {
    negotiate('frame_max', limits.frameMax, FRAME_MIN_SIZE, TUNING.frameMax);
    negotiate('channel_max', limits.channelMax, 1, TUNING.channelMax);
    this.limits = limits;
    this.phase = 'opening';
  }

  open({ virtualHost }: AmqpArgs['connection.open']): void {
    if (!this.#user) throw channelError('connection.open before a login');
    this.session = this.#broker.enter(this.#user, virtualHost);
    this.phase = 'running';
    this.#send('connection.open-ok');
  }
}

/** The one method that each phase waits for. */
const STEPS: { [S in Phase]?: { method: AmqpMethodName; run: (negotiation: Negotiation, args: never) => void } } = {
  starting: { method: 'connection.start-ok', run: (negotiation, args) => negotiation.start(args) },
  tuning: { method: 'connection.tune-ok', run: (negotiation, args) => negotiation.tune(args) },
  opening: { method: 'connection.open', run: (negotiation, args) => negotiation.open(args) },
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
