/** A virtual host: what clients may ask of its exchanges and queues, with RabbitMQ's checks and answers. */
import type { Clock } from '../../../core/time/clock.ts';
import { type FieldTable, fieldType } from '../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../differences.ts';
import { Exchange, isExchangeType } from '../exchanges/exchange.ts';
import { assertMatchMode } from '../exchanges/headers.ts';
import { Topology } from '../exchanges/topology.ts';
import type { DeathReason } from '../messages/dead-letter.ts';
import type { Message } from '../messages/message.ts';
import type { Witness } from '../messages/witness.ts';
import { assertArguments } from '../queues/arguments.ts';
import { Kinds } from '../queues/kinds/index.ts';
import { Queue, type QueueHost, type QueueOwner } from '../queues/queue.ts';
import { Stream, type StreamForm } from '../queues/stream.ts';
import {
  accessRefused,
  commandInvalid,
  naming,
  notFound,
  preconditionFailed,
  type Refusal,
  resourceLocked,
} from '../refusal.ts';
import { DeadLetters } from './dead-letters.ts';
import type { BindingRequest, ExchangeDeclaration, QueueDeclaration, QueueSummary } from './declarations.ts';
import { DirectReplies } from './direct-replies.ts';
import { assertSame, assertSameArguments } from './equivalence.ts';
import { assertNotDefault, assertNotReserved, withoutLineBreaks } from './names.ts';
import { assertPermitted, type Permission, type User } from './users.ts';

/** Somebody who was let in, and owns the exclusive queues that they declared. */
export interface Client extends QueueOwner {
  readonly user: User;
}

/** What a virtual host needs of its broker. */
export interface VirtualHostEnvironment {
  readonly clock: Clock;
  readonly witness: Witness | undefined;
  readonly traits: BrokerTraits;
  /** A name that nobody guesses, behind a prefix: `amq.gen-…`. */
  uniqueName(prefix: string): string;
  /** Random bytes, so many. */
  random(length: number): Buffer;
  account(bytes: number): void;
}

export class VirtualHost implements QueueHost {
  readonly name: string;
  readonly clock: Clock;
  readonly witness: Witness | undefined;
  readonly traits: BrokerTraits;
  readonly topology: Topology;
  readonly replies: DirectReplies;
  readonly #environment: VirtualHostEnvironment;
  readonly #deadLetters: DeadLetters;
  readonly #kinds: Kinds;

  constructor(name: string, environment: VirtualHostEnvironment) {
    this.name = name;
    this.clock = environment.clock;
    this.witness = environment.witness;
    this.traits = environment.traits;
    this.topology = new Topology(environment.traits);
    this.#kinds = new Kinds(environment.traits);
    this.replies = new DirectReplies(environment);
    this.#environment = environment;
    this.#deadLetters = new DeadLetters(this.topology, this.replies, environment);
  }

  get #streamForm(): StreamForm {
    const { sortedHeaders, deliveryModeInStreams } = this.traits;
    return { sortsHeaders: sortedHeaders, tellsDeliveryMode: deliveryModeInStreams };
  }

  declareExchange(session: Client, declaration: ExchangeDeclaration): void {
    const { type, arguments: args } = declaration;
    if (!isExchangeType(type)) throw this.#unknownType(type);
    const name = withoutLineBreaks(declaration.name);
    const title = this.#title('exchange', name);
    assertNotDefault(name);
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
    this.topology.addExchange(new Exchange({ ...declaration, name, type }, this.traits));
  }

  /** Finds an exchange, or refuses as a passive declaration does. */
  exchange(name: string): Exchange {
    const exchange = this.topology.exchanges.get(name);
    if (!exchange) throw this.#missing('exchange', name);
    return exchange;
  }

  checkExchange(name: string): void {
    assertNotDefault(name);
    this.exchange(withoutLineBreaks(name));
  }

  deleteExchange(session: Client, given: string, ifUnused: boolean): void {
    const name = withoutLineBreaks(given);
    assertNotDefault(name);
    if (name.startsWith('amq.')) {
      throw accessRefused(`deletion of system ${this.#title('exchange', name)} not allowed`);
    }
    this.#permit(session, 'configure', 'exchange', name);
    const exchange = this.topology.exchanges.get(name);
    if (!exchange) return;
    if (ifUnused && exchange.outgoing.size > 0) throw preconditionFailed(`${this.#title('exchange', name)} in use`);
    this.topology.removeExchange(exchange);
  }

  declareQueue(session: Client, declaration: QueueDeclaration): QueueSummary {
    const { isExclusive, isAutoDelete, arguments: args } = declaration;
    const given = withoutLineBreaks(declaration.name);
    if (this.replies.isName(given)) return this.#replyQueue(given);
    const isDurable = declaration.isDurable && !isExclusive;
    const asked = this.#kinds.named(args);
    if (given === '' && asked?.canBeServerNamed === false) {
      throw preconditionFailed(`Cannot declare a server-named queue for type ${asked.moduleName}`);
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
      const { kind, arguments: current } = known.spec;
      const { typeOfEveryQueue } = this.traits;
      const compared = kind.arguments.filter((key) => !typeOfEveryQueue || key !== 'x-queue-type');
      assertSameArguments(compared, title, current, args);
      if (typeOfEveryQueue) assertSame('x-queue-type', title, kind.name, this.#kinds.of(title, args).name);
      known.touch();
      return known;
    }
    const deadLetters = this.#exchangeArgument('x-dead-letter-exchange', args, title);
    if (deadLetters !== undefined) {
      this.#permit(session, 'read', 'queue', name);
      this.#permit(session, 'write', 'exchange', deadLetters);
    }
    const kind = this.#kinds.of(title, args);
    assertArguments(kind, title, args);
    kind.checkArguments(args);
    kind.checkProperties(title, { isDurable, isExclusive, isAutoDelete });
    const options = kind.readOptions(args);
    const spec = { name, title, kind, isDurable, isAutoDelete, owner, arguments: args, options };
    const queue = kind.isLog ? new Stream(spec, this, this.#streamForm) : new Queue(spec, this);
    this.topology.addQueue(queue);
    if (isExclusive) session.owned.add(queue);
    return queue;
  }

  /** The queue that direct replies seem to come from, or one that somebody waits at for one. */
  #replyQueue(name: string): QueueSummary {
    this.replies.assertNameReadable(name);
    if (!this.replies.has(name)) throw this.#missing('queue', name);
    return { name, length: 0, consumerCount: 1 };
  }

  /** Finds a queue that this session may use. */
  queue(session: Client, name: string): Queue {
    const queue = this.topology.queues.get(name);
    if (!queue) throw this.#missing('queue', name);
    if (queue.spec.owner !== undefined && queue.spec.owner !== session) throw this.#locked(name);
    return queue;
  }

  /** Finds a queue as a passive declaration does. */
  checkQueue(session: Client, given: string): QueueSummary {
    const name = withoutLineBreaks(given);
    if (this.replies.isName(name)) return this.#replyQueue(name);
    const queue = this.queue(session, name);
    queue.touch();
    return queue;
  }

  /** Finds a queue that this session may read. */
  readable(session: Client, name: string): Queue {
    this.#permit(session, 'read', 'queue', name);
    return this.queue(session, name);
  }

  /** Drops what waits in a queue and tells how much that was. */
  purgeQueue(session: Client, name: string): number {
    const queue = this.readable(session, name);
    queue.spec.kind.checkPurge(queue.title);
    return queue.purge();
  }

  deleteQueue(session: Client, given: string, ifUnused: boolean, ifEmpty: boolean): number {
    const name = withoutLineBreaks(given);
    this.#permit(session, 'configure', 'queue', name);
    if (!this.topology.queues.has(name)) return 0;
    const queue = this.queue(session, name);
    queue.spec.kind.checkDelete(queue.title, { ifUnused, ifEmpty });
    const isLog = queue.spec.kind.isLog;
    if (ifEmpty && !isLog && queue.length > 0) throw preconditionFailed(`${queue.title} not empty`);
    if (ifUnused && !isLog && queue.consumerCount > 0) throw preconditionFailed(`${queue.title} in use`);
    return this.removeQueue(queue);
  }

  removeQueue(queue: Queue): number {
    this.topology.removeQueue(queue);
    queue.spec.owner?.owned.delete(queue);
    return queue.delete();
  }

  bind(session: Client, request: BindingRequest): void {
    const { source, destination } = this.#bindingEnds(session, request);
    if (!source) throw this.#missing('exchange', withoutLineBreaks(request.source));
    if (!destination) throw this.#missing(request.destinationType, withoutLineBreaks(request.destination));
    if (source.spec.type === 'headers') assertMatchMode(request.arguments);
    this.#assertUsable(session, destination);
    this.topology.bind(source, destination, request.routingKey, request.arguments);
  }

  /** What is not bound can be unbound: nothing happens. */
  unbind(session: Client, request: BindingRequest): void {
    const { source, destination } = this.#bindingEnds(session, request);
    if (!source || !destination) return;
    this.#assertUsable(session, destination);
    this.topology.unbind(source, destination, request.routingKey, request.arguments);
  }

  #bindingEnds(session: Client, request: BindingRequest): { source?: Exchange; destination?: Queue | Exchange } {
    const source = withoutLineBreaks(request.source);
    const destination = withoutLineBreaks(request.destination);
    this.#permit(session, 'write', request.destinationType, destination);
    if (request.destinationType === 'exchange') assertNotDefault(destination);
    assertNotDefault(source);
    this.#permit(session, 'read', 'exchange', source);
    const { exchanges, queues } = this.topology;
    const from = exchanges.get(source);
    const to = (request.destinationType === 'queue' ? queues : exchanges).get(destination);
    return { ...(from && { source: from }), ...(to && { destination: to }) };
  }

  #assertUsable(session: Client, destination: Queue | Exchange): void {
    if (destination.resource === 'queue') this.queue(session, destination.name);
  }

  /** Finds an exchange that this session may publish to. */
  writable(session: Client, name: string): Exchange {
    this.#permit(session, 'write', 'exchange', name);
    const exchange = this.exchange(name);
    if (exchange.spec.isInternal) throw accessRefused(`cannot publish to internal ${this.#title('exchange', name)}`);
    return exchange;
  }

  account(bytes: number): void {
    this.#environment.account(bytes);
  }

  uniqueName(prefix: string): string {
    return this.#environment.uniqueName(prefix);
  }

  died(queue: Queue, message: Message, reason: DeathReason): void {
    this.#deadLetters.add(queue, message, reason);
  }

  /** Ends what ends with its session. */
  leave(session: Client): void {
    for (const queue of [...session.owned]) this.removeQueue(queue);
  }

  /** Drops what a restart does not bring back: everything but durable things and what their queues keep. */
  restart(): void {
    for (const queue of [...this.topology.queues.values()]) {
      if (!queue.spec.isDurable) this.removeQueue(queue);
      else {
        queue.dropTransient();
        queue.touch();
      }
    }
    for (const exchange of [...this.topology.exchanges.values()]) {
      if (!exchange.spec.isDurable) this.topology.removeExchange(exchange);
    }
  }

  #unknownType(type: string): Refusal {
    const text = `unknown exchange type '${type}'`;
    return this.traits.unknownTypeEndsConnection ? commandInvalid(text) : preconditionFailed(text);
  }

  #permit(session: Client, permission: Permission, kind: 'queue' | 'exchange', name: string): void {
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

  #exchangeArgument(key: string, args: FieldTable, title: string): string | undefined {
    const value = args[key];
    if (value === undefined || typeof value === 'string') return value;
    throw preconditionFailed(`invalid type '${fieldType(value)}' for arg '${key}' in ${title}`);
  }
}
