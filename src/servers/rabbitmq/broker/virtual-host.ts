/** A virtual host: what clients may ask of its exchanges and queues, with RabbitMQ's checks and answers. */
import type { Clock } from '../../../core/clock.ts';
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import { fieldType } from '../../../protocols/amqp/table.ts';
import { Exchange, isExchangeType } from '../exchanges/exchange.ts';
import { Topology } from '../exchanges/topology.ts';
import { type DeathReason, deadLetter, isCycle } from '../messages/dead-letter.ts';
import type { Message } from '../messages/message.ts';
import { ARGUMENTS, readQueueArguments } from '../queues/arguments.ts';
import { Queue, type QueueHost } from '../queues/queue.ts';
import {
  accessRefused,
  commandInvalid,
  naming,
  notFound,
  notImplemented,
  preconditionFailed,
  type Refusal,
  resourceLocked,
} from '../refusal.ts';
import { term } from '../terms.ts';
import { assertSame, assertSameArguments } from './equivalence.ts';
import { assertPermitted, type Permission, type User } from './users.ts';

/** Somebody who was let in. */
export interface Guest {
  readonly user: User;
  /** The exclusive queues it declared, which end with it. */
  readonly owned: Set<Queue>;
}

export interface QueueDeclaration {
  readonly name: string;
  readonly isDurable: boolean;
  readonly isExclusive: boolean;
  readonly isAutoDelete: boolean;
  readonly arguments: FieldTable;
}

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
}

export interface BindingRequest {
  readonly source: string;
  readonly destinationType: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** What a declaration is answered with. */
export interface QueueSummary {
  readonly name: string;
  readonly length: number;
  readonly consumerCount: number;
}

const REPLY_TO = 'amq.rabbitmq.reply-to';

/** What a virtual host needs of its broker. */
export interface VirtualHostEnvironment {
  readonly clock: Clock;
  /** A name that nobody guesses, behind a prefix: `amq.gen-…`. */
  uniqueName(prefix: string): string;
  account(bytes: number): void;
}

export class VirtualHost implements QueueHost {
  readonly name: string;
  readonly clock: Clock;
  readonly topology = new Topology();
  /** Where answers to a direct reply-to go, by the name that the question carried. */
  readonly replies = new Map<string, (message: Message) => void>();
  readonly #environment: VirtualHostEnvironment;
  readonly #deaths: { queue: Queue; message: Message; reason: DeathReason }[] = [];
  #isBurying = false;

  constructor(name: string, environment: VirtualHostEnvironment) {
    this.name = name;
    this.clock = environment.clock;
    this.#environment = environment;
  }

  declareExchange(session: Guest, declaration: ExchangeDeclaration): void {
    const { type, arguments: args } = declaration;
    if (!isExchangeType(type)) throw commandInvalid(`unknown exchange type '${type}'`);
    const name = withoutLineBreaks(declaration.name);
    const title = this.#title('exchange', name);
    this.#assertNotDefault(name);
    this.#permit(session, 'configure', 'exchange', name);
    const known = this.topology.exchanges.get(name);
    if (known) {
      const { spec } = known;
      assertSame('type', title, spec.type, type);
      assertSame('durable', title, spec.isDurable, declaration.isDurable);
      assertSame('auto_delete', title, spec.isAutoDelete, declaration.isAutoDelete);
      assertSame('internal', title, spec.isInternal, declaration.isInternal);
      assertSameArguments(['alternate-exchange'], title, spec.arguments, args);
      return;
    }
    assertNotReserved('exchange', name);
    const alternate = this.#exchangeArgument('alternate-exchange', args, title);
    if (alternate !== undefined) {
      this.#permit(session, 'read', 'exchange', name);
      this.#permit(session, 'write', 'exchange', alternate);
    }
    this.topology.addExchange(new Exchange({ ...declaration, name, type }));
  }

  /** Finds an exchange, or refuses as a passive declaration does. */
  exchange(name: string): Exchange {
    const exchange = this.topology.exchanges.get(name);
    if (!exchange) throw this.#missing('exchange', name);
    return exchange;
  }

  checkExchange(name: string): void {
    this.#assertNotDefault(name);
    this.exchange(withoutLineBreaks(name));
  }

  deleteExchange(session: Guest, given: string, ifUnused: boolean): void {
    const name = withoutLineBreaks(given);
    this.#assertNotDefault(name);
    if (name.startsWith('amq.')) {
      throw accessRefused(`deletion of system ${this.#title('exchange', name)} not allowed`);
    }
    this.#permit(session, 'configure', 'exchange', name);
    const exchange = this.topology.exchanges.get(name);
    if (!exchange) return;
    if (ifUnused && exchange.outgoing.size > 0) throw preconditionFailed(`${this.#title('exchange', name)} in use`);
    this.topology.removeExchange(exchange);
  }

  declareQueue(session: Guest, declaration: QueueDeclaration): QueueSummary {
    const { isExclusive, isAutoDelete, arguments: args } = declaration;
    const given = withoutLineBreaks(declaration.name);
    if (given.startsWith(REPLY_TO)) return this.#replyQueue(given);
    const isDurable = declaration.isDurable && !isExclusive;
    if (given === '' && args['x-queue-type'] === 'quorum') {
      throw preconditionFailed('Cannot declare a server-named queue for type rabbit_quorum_queue');
    }
    const name = given === '' ? this.#environment.uniqueName('amq.gen') : given;
    if (given !== '') assertNotReserved('queue', given);
    this.#permit(session, 'configure', 'queue', name);
    const known = this.topology.queues.get(name);
    const title = this.#title('queue', name);
    const owner = isExclusive ? session : undefined;
    if (known) {
      if (known.spec.owner !== owner) throw this.#locked(name);
      assertSame('durable', title, known.spec.isDurable, isDurable);
      assertSame('auto_delete', title, known.spec.isAutoDelete, isAutoDelete);
      assertSameArguments(ARGUMENTS[known.spec.options.type], title, known.spec.arguments, args);
      known.touch();
      return known;
    }
    const deadLetters = this.#exchangeArgument('x-dead-letter-exchange', args, title);
    if (deadLetters !== undefined) {
      this.#permit(session, 'read', 'queue', name);
      this.#permit(session, 'write', 'exchange', deadLetters);
    }
    const options = readQueueArguments(title, args);
    if (options.type === 'quorum') {
      const wrong = isAutoDelete
        ? 'auto-delete'
        : isExclusive
          ? 'exclusive-owner'
          : isDurable
            ? undefined
            : 'non-durable';
      if (wrong) throw preconditionFailed(`invalid property '${wrong}' for ${title}`);
    }
    const queue = new Queue({ name, isDurable, isAutoDelete, owner, arguments: args, options }, this);
    this.topology.addQueue(queue);
    if (isExclusive) session.owned.add(queue);
    return queue;
  }

  /** The queue that direct replies seem to come from, or one that somebody waits at for one. */
  #replyQueue(name: string): QueueSummary {
    if (name !== REPLY_TO && !this.replies.has(name)) throw this.#missing('queue', name);
    return { name, length: 0, consumerCount: 1 };
  }

  /** Finds a queue that this session may use. */
  queue(session: Guest, name: string): Queue {
    const queue = this.topology.queues.get(name);
    if (!queue) throw this.#missing('queue', name);
    if (queue.spec.owner !== undefined && queue.spec.owner !== session) throw this.#locked(name);
    return queue;
  }

  /** Finds a queue as a passive declaration does. */
  checkQueue(session: Guest, given: string): QueueSummary {
    const name = withoutLineBreaks(given);
    if (name.startsWith(REPLY_TO)) return this.#replyQueue(name);
    const queue = this.queue(session, name);
    queue.touch();
    return queue;
  }

  /** Finds a queue that this session may read. */
  readable(session: Guest, name: string): Queue {
    this.#permit(session, 'read', 'queue', name);
    return this.queue(session, name);
  }

  deleteQueue(session: Guest, given: string, ifUnused: boolean, ifEmpty: boolean): number {
    const name = withoutLineBreaks(given);
    this.#permit(session, 'configure', 'queue', name);
    if (!this.topology.queues.has(name)) return 0;
    const queue = this.queue(session, name);
    if (queue.spec.options.type === 'quorum' && (ifUnused || ifEmpty)) {
      throw notImplemented(
        `cannot delete ${this.#title('queue', name)}. queue.delete operations with ${ifUnused ? 'if-unused' : 'if-empty'} ` +
          'flag set are not supported by quorum queues',
      );
    }
    if (ifEmpty && queue.length > 0) throw preconditionFailed(`${this.#title('queue', name)} not empty`);
    if (ifUnused && queue.consumerCount > 0) throw preconditionFailed(`${this.#title('queue', name)} in use`);
    return this.removeQueue(queue);
  }

  removeQueue(queue: Queue): number {
    this.topology.removeQueue(queue);
    (queue.spec.owner as Guest | undefined)?.owned.delete(queue);
    return queue.delete();
  }

  bind(session: Guest, request: BindingRequest): void {
    const { source, destination } = this.#bindingEnds(session, request);
    if (!source) throw this.#missing('exchange', withoutLineBreaks(request.source));
    if (!destination) throw this.#missing(request.destinationType, withoutLineBreaks(request.destination));
    if (source.spec.type === 'headers') assertMatchMode(request.arguments);
    this.#assertUsable(session, destination);
    this.topology.bind(source, destination, request.routingKey, request.arguments);
  }

  /** What is not bound can be unbound: nothing happens. */
  unbind(session: Guest, request: BindingRequest): void {
    const { source, destination } = this.#bindingEnds(session, request);
    if (!source || !destination) return;
    this.#assertUsable(session, destination);
    this.topology.unbind(source, destination, request.routingKey, request.arguments);
  }

  #bindingEnds(session: Guest, request: BindingRequest): { source?: Exchange; destination?: Queue | Exchange } {
    const source = withoutLineBreaks(request.source);
    const destination = withoutLineBreaks(request.destination);
    this.#permit(session, 'write', request.destinationType, destination);
    if (request.destinationType === 'exchange') this.#assertNotDefault(destination);
    this.#assertNotDefault(source);
    this.#permit(session, 'read', 'exchange', source);
    const { exchanges, queues } = this.topology;
    const from = exchanges.get(source);
    const to = (request.destinationType === 'queue' ? queues : exchanges).get(destination);
    return { ...(from && { source: from }), ...(to && { destination: to }) };
  }

  #assertUsable(session: Guest, destination: Queue | Exchange): void {
    if (destination.kind === 'queue') this.queue(session, destination.name);
  }

  /** Finds an exchange that this session may publish to. */
  writable(session: Guest, name: string): Exchange {
    this.#permit(session, 'write', 'exchange', name);
    const exchange = this.exchange(name);
    if (exchange.spec.isInternal) throw accessRefused(`cannot publish to internal ${this.#title('exchange', name)}`);
    return exchange;
  }

  /** Hands a direct reply to whoever asked; returns whether the key names somebody who asks. */
  reply(message: Message): boolean {
    if (!message.routingKey.startsWith(`${REPLY_TO}.`)) return false;
    this.replies.get(message.routingKey)?.(message);
    return true;
  }

  account(bytes: number): void {
    this.#environment.account(bytes);
  }

  uniqueName(prefix: string): string {
    return this.#environment.uniqueName(prefix);
  }

  outlived(queue: Queue): void {
    this.removeQueue(queue);
  }

  /** One death may cause others; they are dealt with in their order and not inside one another. */
  died(queue: Queue, message: Message, reason: DeathReason): void {
    if (queue.spec.options.deadLetterExchange === undefined) return;
    this.#deaths.push({ queue, message, reason });
    if (this.#isBurying) return;
    this.#isBurying = true;
    try {
      for (let death = this.#deaths.shift(); death; death = this.#deaths.shift()) {
        this.#bury(death.queue, death.message, death.reason);
      }
    } finally {
      this.#isBurying = false;
    }
  }

  #bury(queue: Queue, message: Message, reason: DeathReason): void {
    const { deadLetterExchange, deadLetterRoutingKey } = queue.spec.options;
    const exchange = this.topology.exchanges.get(deadLetterExchange!);
    if (!exchange) return;
    const dead = deadLetter(message, reason, queue.name, exchange.name, deadLetterRoutingKey, this.clock);
    if (exchange.name === '' && this.reply(dead)) return;
    for (const target of this.topology.route(exchange, dead)) {
      if (reason === 'rejected' || !isCycle(dead, target.name)) target.publish(dead);
    }
  }

  /** Ends what ends with its session. */
  leave(session: Guest): void {
    for (const queue of [...session.owned]) this.removeQueue(queue);
  }

  /** Drops what a restart does not bring back: everything but durable things and the persistent messages in them. */
  restart(): void {
    for (const queue of [...this.topology.queues.values()]) {
      if (queue.spec.isDurable) queue.keepPersistent();
      else this.removeQueue(queue);
    }
    for (const exchange of [...this.topology.exchanges.values()]) {
      if (!exchange.spec.isDurable) this.topology.removeExchange(exchange);
    }
  }

  #permit(session: Guest, permission: Permission, kind: 'queue' | 'exchange', name: string): void {
    assertPermitted(session.user, this.name, permission, kind, name);
  }

  #title(kind: 'queue' | 'exchange', name: string): string {
    return naming(kind, name, this.name);
  }

  #missing(kind: 'queue' | 'exchange', name: string): Refusal {
    return notFound(`no ${this.#title(kind, name)}`);
  }

  #locked(name: string): Refusal {
    return resourceLocked(
      `cannot obtain exclusive access to locked ${this.#title('queue', name)}. It could be originally declared on another ` +
        'connection or the exclusive property value does not match that of the original declaration.',
    );
  }

  #assertNotDefault(name: string): void {
    if (name === '') throw accessRefused('operation not permitted on the default exchange');
  }

  #exchangeArgument(key: string, args: FieldTable, title: string): string | undefined {
    const value = args[key];
    if (value === undefined || typeof value === 'string') return value;
    throw preconditionFailed(`invalid type '${fieldType(value)}' for arg '${key}' in ${title}`);
  }
}

function assertNotReserved(kind: 'queue' | 'exchange', name: string): void {
  if (name.startsWith('amq.')) throw accessRefused(`${kind} name '${name}' contains reserved prefix 'amq.*'`);
}

function assertMatchMode(args: FieldTable): void {
  const mode = args['x-match'];
  if (mode === undefined) return;
  if (typeof mode !== 'string') {
    throw preconditionFailed(`Invalid x-match field type ${fieldType(mode)} (value ${term(mode)}); expected longstr`);
  }
  if (!['all', 'any', 'all-with-x', 'any-with-x'].includes(mode)) {
    throw preconditionFailed(`Invalid x-match field value ${term(mode)}; expected all, any, all-with-x, or any-with-x`);
  }
}

const withoutLineBreaks = (name: string): string => name.replace(/[\r\n]/g, '');
