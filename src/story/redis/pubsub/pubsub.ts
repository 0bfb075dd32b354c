/** Redis publish/subscribe: who gets what, in the server's order. https://redis.io/docs/latest/develop/pubsub/ */
import { obtain } from '../../../core/collections/maps.ts';
import type { Statement } from '../../../core/statements/index.ts';
import {
  bare,
  globMatch,
  type RespCommand,
  type RespPush,
  type RespValue,
  textOf,
} from '../../../protocols/resp/index.ts';
import {
  type Fate,
  fingerprint,
  type Ledger,
  REACHED,
  type SeenMessage,
  type Sighting,
  Strangers,
} from '../../ledger/index.ts';
import type { SeenFrame } from '../../teller.ts';
import { argument, itemsOf } from '../body.ts';
import { isScript } from '../keys/scripts.ts';
import { type Delivery, deliveryOf, latin1 } from './delivery.ts';
import { forgottenBy } from './invalidation.ts';
import type { Notifications } from './notifications.ts';
import { Publication } from './publication.ts';
import { type Given, type Kind, Subscription } from './subscription.ts';

/** A script that was sent, and answered. */
export interface Script {
  answeredSeq: number | undefined;
}

/** So many scripts are remembered. */
const MOST_SCRIPTS = 1_000;
/** So many things that a connection was given wait for an answer; of more, none does. */
const MOST_WAITING = 1_000;
/** So many publications of lost connections are remembered. */
const MOST_LOST = 10_000;
const KINDS: Record<string, Kind> = { SUBSCRIBE: 'channel', PSUBSCRIBE: 'pattern', SSUBSCRIBE: 'shard' };
const ENDS: Record<string, Kind | 'all'> = {
  UNSUBSCRIBE: 'channel',
  PUNSUBSCRIBE: 'pattern',
  SUNSUBSCRIBE: 'shard',
  RESET: 'all',
  QUIT: 'all',
};
const CONFIRMATION = /^([ps]?)(un)?subscribe$/;
/** Where Redis tells what happens to keys: https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/ */
const NOTIFICATION = /^__key(space|event)@\d+__:(.*)$/s;
const PUBLICATION = /^S?PUBLISH$/;

export class PubSub {
  readonly #ledger: Ledger;
  readonly #own: boolean;
  readonly #notifications: Notifications;
  /** By connection, then by kind and name. */
  readonly #subscriptions = new Map<number, Map<string, Subscription>>();
  /** Those that have ended, though their connection may be told yet what it has published itself: behind the reply. */
  readonly #ended = new Map<number, Map<string, Subscription>>();
  /** What was sent and not answered yet. */
  readonly #open = new Set<Publication>();
  /** What was sent by connections that are gone, and may have been published or not. */
  readonly #lost = new Set<Publication>();
  /** What was answered to be given to somebody, and was not seen to come there yet. */
  readonly #onTheWay = new Set<Publication>();
  /** Scripts that ran, the last ones: nothing shows what they published. */
  readonly #scripts: Script[] = [];
  /** What each connection was given, from the first on that may have been published in a transaction not yet answered. */
  readonly #waiting = new Map<number, Delivery[]>();
  readonly #strangers = new Strangers();

  constructor(ledger: Ledger, own: boolean, notifications: Notifications) {
    this.#ledger = ledger;
    this.#own = own;
    this.#notifications = notifications;
  }

  /** A command that publishes, subscribes or the opposite; false for any other. */
  follows({ name }: RespCommand): boolean {
    return PUBLICATION.test(name) || CONFIRMATION.test(name.toLowerCase());
  }

  /** @param mayFail whether what it stands in may do nothing at all */
  publish(seen: SeenFrame, command: RespCommand, mayFail: boolean): Publication | undefined {
    const [channel] = command.args;
    if (!PUBLICATION.test(command.name) || !channel || command.argCount !== 2) return undefined;
    const content = argument(command, 1);
    const isSharded = command.name === 'SPUBLISH';
    const publication = new Publication(seen, channel.toString('latin1'), fingerprint(content), isSharded, mayFail);
    publication.message = this.#ledger.publish(seen, content, publication, command.name, channel.toString());
    this.#open.add(publication);
    for (const one of this.#all()) if (takes(one, publication)) one.expect(publication);
    return publication;
  }

  /** A command that subscribes, or does the opposite, has been sent. */
  subscribe(seen: SeenFrame, command: RespCommand): void {
    const { name, args } = command;
    const kind = KINDS[name];
    if (kind === undefined) return this.#unsubscribe(seen, command);
    for (const arg of args) {
      const subscription = this.#of(seen, kind, arg.toString('latin1'));
      subscription.asked++;
    }
  }

  #unsubscribe({ connection }: SeenFrame, { name, args }: RespCommand): void {
    const kind = ENDS[name];
    if (kind === undefined) return;
    const names = args.map((arg) => arg.toString('latin1'));
    for (const one of this.#subscriptions.get(connection)?.values() ?? []) {
      if (kind === 'all' || (kind === one.kind && (names.length === 0 || names.includes(one.name)))) one.end();
    }
  }

  /** Whether a connection has ever asked for a subscription, so that the server may refuse it everything else. */
  isSubscriber(connection: number): boolean {
    return this.#subscriptions.has(connection);
  }

  /** A script has been sent, which may publish. */
  script(command: RespCommand): Script | undefined {
    if (!isScript(command)) return undefined;
    const script: Script = { answeredSeq: undefined };
    this.#scripts.push(script);
    if (this.#scripts.length > MOST_SCRIPTS) this.#scripts.shift();
    return script;
  }

  #of(seen: SeenFrame, kind: Kind, name: string): Subscription {
    let mine = this.#subscriptions.get(seen.connection);
    if (mine === undefined) {
      mine = new Map();
      this.#subscriptions.set(seen.connection, mine);
    }
    let known = mine.get(`${kind} ${name}`);
    if (known === undefined) {
      this.#ended.get(seen.connection)?.delete(`${kind} ${name}`);
      known = new Subscription(kind, name, seen.seq);
      mine.set(`${kind} ${name}`, known);
      for (const publication of this.#open) if (takes(known, publication)) known.expect(publication);
    }
    return known;
  }

  /** The answer to a publication: how many got it. Undefined where nobody saw it. */
  answered(at: Sighting, publication: Publication, reply: RespValue | undefined): void {
    this.#open.delete(publication);
    publication.answeredSeq = at.seq;
    if (reply) publication.mayFail = false;
    const value = reply && bare(reply);
    if (value?.type === 'integer') {
      if (Number(value.value) > 0) return this.#givenTo(publication, Number(value.value));
      for (const one of this.#all()) one.drop(publication);
      return this.#nobody(at, publication, true);
    }
    if (publication.wasDelivered) return this.#close(publication, REACHED);
    const takers = [...this.#all()].filter((one) => one.expects(publication));
    if (takers.some((one) => one.isCertainOf(publication))) return this.#close(publication, REACHED);
    if (this.#own && takers.length === 0) return this.#nobody(at, publication, false);
    this.#close(publication, {
      kind: 'unknown',
      reason: { code: 'MAY_BE_PUBLISHED_TO', values: { channel: shown(publication) } },
    });
  }

  /** The server has given it to so many, some of whom may have been gone before it came there. */
  #givenTo(publication: Publication, count: number): void {
    const { wasDelivered, mayBeDelivered, expected, lost } = publication;
    if (wasDelivered || mayBeDelivered || expected < count) return this.#close(publication, REACHED);
    if (lost < expected) return this.#awaits(publication);
    this.#neverCame(publication);
  }

  #awaits(publication: Publication): void {
    this.#onTheWay.add(publication);
    if (this.#onTheWay.size <= MOST_LOST) return;
    for (const oldest of this.#onTheWay) return this.#came(oldest);
  }

  #came(publication: Publication): void {
    if (this.#onTheWay.delete(publication)) this.#close(publication, REACHED);
  }

  #neverCame(publication: Publication): void {
    this.#onTheWay.delete(publication);
    const reason: Statement = { code: 'SUBSCRIBER_LOST', values: { peer: publication.lostPeer } };
    this.#close(publication, { kind: 'unknown', reason });
  }

  #nobody(at: Sighting, publication: Publication, isSeen: boolean): void {
    const reason: Statement = { code: 'NOBODY_SUBSCRIBES', values: { channel: shown(publication) } };
    const verb = publication.isSharded ? 'SPUBLISH → 0' : 'PUBLISH → 0';
    const step = { stage: 'dropped', verb, from: 'server', route: shown(publication), reason } as const;
    if (publication.message) {
      if (isSeen) this.#ledger.step(at, publication.message, step);
      else this.#ledger.conclude(at, publication.message, step);
    }
    this.#close(publication, { kind: 'ended', stage: 'dropped', reason });
  }

  /** It was not published. */
  failed(at: Sighting, publication: Publication, stage: 'rejected' | 'dropped', verb: string, reason: Statement): void {
    this.#open.delete(publication);
    for (const one of this.#all()) one.drop(publication);
    const { message } = publication;
    if (message) this.#ledger.step(at, message, { stage, verb, from: 'server', route: '', reason });
    this.#close(publication, { kind: 'ended', stage, reason });
  }

  /** Nobody will see whether it was published: its connection is gone. */
  lost(publication: Publication): void {
    this.#open.delete(publication);
    this.#lost.add(publication);
    if (this.#lost.size > MOST_LOST) for (const oldest of this.#lost) return void this.#lost.delete(oldest);
  }

  /** The run is over. */
  end(): void {
    for (const publication of [...this.#onTheWay]) {
      if (publication.lost > 0) this.#neverCame(publication);
      else this.#came(publication);
    }
    const unread: Fate = { kind: 'unknown', reason: { code: 'UNREAD', values: {} } };
    for (const publication of [...this.#lost, ...this.#open]) {
      this.#close(publication, publication.wasDelivered ? REACHED : unread);
    }
  }

  #close(publication: Publication, fate: Fate): void {
    if (publication.message) this.#ledger.leave(publication.message, publication, fate);
  }

  push(seen: SeenFrame, { type, reply }: RespPush): void {
    const items = itemsOf(reply);
    const found = CONFIRMATION.exec(type);
    if (found) {
      this.#stopWaiting(seen.at, seen.connection);
      return this.#confirmed(seen, type, found[1] ?? '', found[2] !== undefined, items);
    }
    const keys = forgottenBy(type, items);
    if (keys) return this.#ledger.note(seen, { code: 'REDIS_INVALIDATED', values: { keys } });
    const delivery = deliveryOf(seen, type, items);
    if (!delivery) return;
    const waiting = this.#waiting.get(seen.connection);
    if (waiting) {
      waiting.push(delivery);
      if (waiting.length > MOST_WAITING) this.#stopWaiting(seen.at, seen.connection);
    } else if (this.#isOpen(delivery)) this.#waiting.set(seen.connection, [delivery]);
    else this.#delivered(delivery, seen.at);
  }

  /** A command was answered, or will never be: that may tell what somebody was given before. */
  settled(at: number): void {
    for (const [connection, waiting] of this.#waiting) {
      let told = 0;
      for (const delivery of waiting) {
        if (this.#isOpen(delivery)) break;
        this.#delivered(delivery, at);
        told++;
      }
      waiting.splice(0, told);
      if (waiting.length === 0) this.#waiting.delete(connection);
    }
  }

  #stopWaiting(at: number, connection: number): void {
    const waiting = this.#waiting.get(connection);
    this.#waiting.delete(connection);
    for (const delivery of waiting ?? []) this.#delivered(delivery, at);
  }

  /** Whether an answer will tell which of several it is. */
  #isOpen(delivery: Delivery): boolean {
    const subscription = this.#subscriptionOf(delivery);
    return subscription?.isOpen(this.#given(delivery, subscription), this.#open) === true;
  }

  #subscriptionOf({ seen, kind, name }: Delivery): Subscription | undefined {
    const { connection } = seen;
    const id = `${kind} ${name}`;
    return this.#subscriptions.get(connection)?.get(id) ?? this.#ended.get(connection)?.get(id);
  }

  #given({ seen, channel, content }: Delivery, subscription: Subscription | undefined): Given {
    // What a script published comes between what was published before and after it.
    const passed = subscription?.passedSeq ?? 0;
    const maybeForeign = this.#scripts.some(({ answeredSeq }) => answeredSeq === undefined || answeredSeq > passed);
    return { seq: seen.seq, channel, content: fingerprint(content), maybeForeign };
  }

  #confirmed(seen: SeenFrame, type: string, prefix: string, isEnd: boolean, items: readonly RespValue[]): void {
    const kind: Kind = prefix === 'p' ? 'pattern' : prefix === 's' ? 'shard' : 'channel';
    const name = latin1(items[1]);
    if (name !== undefined && isEnd) {
      const id = `${kind} ${name}`;
      const known = this.#subscriptions.get(seen.connection)?.get(id);
      if (known && known.asked > 0) known.begin();
      else this.#subscriptions.get(seen.connection)?.delete(id);
      if (known?.expectsFrom(seen.connection)) obtain(this.#ended, seen.connection, () => new Map()).set(id, known);
    } else if (name !== undefined) {
      const subscription = this.#of(seen, kind, name);
      subscription.asked = Math.max(0, subscription.asked - 1);
      subscription.confirmedSeq ??= seen.seq;
    }
    const values = { command: type.toUpperCase(), name: textOf(items[1]) ?? '' };
    this.#ledger.note(seen, { code: 'REDIS_SUBSCRIPTION', values });
  }

  #delivered(delivery: Delivery, at: number): void {
    const { kind, channel, route, bulk, content } = delivery;
    const seen = { ...delivery.seen, at };
    const subscription = this.#subscriptionOf(delivery);
    const given = this.#given(delivery, subscription);
    const { maybeForeign } = given;
    const found = subscription?.take(given) ?? [];
    const [, about, what = ''] = (found.length === 0 && NOTIFICATION.exec(channel)) || [];
    if (about !== undefined) {
      const key = about === 'space' ? Buffer.from(what, 'latin1') : bulk.bytes;
      return this.#notifications.came(seen, key, (later) => this.#notified(later, content, route));
    }
    this.#notifications.release(seen.at, seen.connection);
    for (const publication of found) {
      if (found.length === 1 && !maybeForeign) publication.wasDelivered = true;
      publication.mayBeDelivered = true;
      this.#came(publication);
    }
    const messages = found.flatMap(({ message }) => message ?? []);
    if (maybeForeign && messages.length > 0) messages.push(this.#ledger.unaccounted(seen, content, undefined));
    const [first, ...among] = messages;
    const look = `${kind === 'shard' ? 'S' : ''}PUBLISH ${channel} ${given.content}`;
    const stranger = (): SeenMessage => this.#strangers.cameTo(subscription ?? this, look, foreign);
    const foreign = (): SeenMessage => this.#ledger.foreign(seen, content);
    // What is no longer followed was published all the same; only its number is forgotten.
    const message = first ?? (found.length > 0 ? this.#ledger.unaccounted(seen, content, undefined) : stranger());
    this.#ledger.step(seen, message, {
      stage: 'delivered',
      verb: 'message',
      from: 'server',
      route,
      among,
      arrivedAt: delivery.seen.at,
    });
  }

  /** The server tells what happened to a key: nobody has published that. */
  #notified(seen: SeenFrame, content: Delivery['content'], route: string): void {
    const notification = this.#ledger.unaccounted(seen, content, undefined);
    this.#ledger.step(seen, notification, { stage: 'pushed', verb: 'message', from: 'server', route });
  }

  /** The connection is subscribed to nothing any more, but goes on. */
  reset(at: Sighting, connection: number): void {
    this.#stopWaiting(at.at, connection);
    for (const [name, subscription] of this.#subscriptions.get(connection) ?? []) {
      // What was asked for and is not confirmed was asked for behind it.
      if (subscription.asked > 0) subscription.begin();
      else this.#subscriptions.get(connection)?.delete(name);
    }
  }

  /** The connection is gone, and whatever it was subscribed to. */
  forget(at: Sighting, connection: number): void {
    this.#stopWaiting(at.at, connection);
    const mine = this.#subscriptions.get(connection);
    this.#subscriptions.delete(connection);
    const lost = [...(mine?.values() ?? []), ...(this.#ended.get(connection)?.values() ?? [])];
    this.#ended.delete(connection);
    for (const publication of new Set(lost.flatMap((one) => one.lose(at.peer)))) {
      if (this.#onTheWay.has(publication) && publication.lost >= publication.expected) this.#neverCame(publication);
    }
    const names = [...(mine?.values() ?? [])]
      .filter(({ confirmedSeq }) => confirmedSeq !== undefined)
      .map(({ name }) => Buffer.from(name, 'latin1').toString());
    if (names.length > 0) this.#ledger.note(at, { code: 'REDIS_SUBSCRIPTIONS_GONE', values: { names } });
  }

  *#all(): Iterable<Subscription> {
    for (const mine of this.#subscriptions.values()) yield* mine.values();
  }
}

function shown({ channel }: Publication): string {
  return Buffer.from(channel, 'latin1').toString();
}

function takes({ kind, name }: Subscription, { channel, isSharded }: Publication): boolean {
  if (isSharded) return kind === 'shard' && name === channel;
  if (kind === 'pattern') return globMatch(Buffer.from(name, 'latin1'), Buffer.from(channel, 'latin1'));
  return kind === 'channel' && name === channel;
}
