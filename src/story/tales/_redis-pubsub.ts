/** Redis publish/subscribe: who was subscribed when something was published. https://redis.io/docs/latest/develop/interact/pubsub/ */
import {
  bare,
  globMatch,
  type RespCommand,
  type RespPush,
  type RespValue,
  textOf,
} from '../../protocols/resp/index.ts';
import { fingerprint, type Ledger, type Message, type Sighting } from '../ledger.ts';
import { Mailbox } from '../mailbox.ts';
import type { SeenFrame } from '../teller.ts';
import type { RedisStory } from './_redis-story.ts';

interface Subscription {
  readonly peer: string;
  readonly connection: number;
  /** A channel, or a pattern where `kind` is `psubscribe`. */
  readonly name: string;
  readonly kind: string;
  readonly mailbox: Mailbox;
}

export class PubSubStory implements RedisStory {
  readonly #ledger: Ledger;
  readonly #subscriptions: Subscription[] = [];
  readonly #published = new WeakMap<RespCommand, Message>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  command(seen: SeenFrame, command: RespCommand): boolean {
    if (command.name === 'PUBLISH' || command.name === 'SPUBLISH') {
      const [channel, body] = command.args;
      if (!channel || !body) return false;
      const name = channel.toString();
      const takers = this.#subscriptions.filter((one) => takes(one, name, command.name === 'SPUBLISH'));
      const people = takers.map((one) => one.peer);
      const message = this.#ledger.publish(seen, body, body.length, {
        verb: command.name,
        from: 'client',
        route: people.length === 0 ? name : `${name} → ${people.join(', ')}`,
      });
      for (const taker of takers) taker.mailbox.add(message);
      this.#published.set(command, message);
      return true;
    }
    return /^[PS]?(UN)?SUBSCRIBE$/.test(command.name);
  }

  reply(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    const message = this.#published.get(command);
    const receivers = bare(reply);
    if (!message || receivers.type !== 'integer' || Number(receivers.value) > 0) return;
    this.#ledger.explain(message);
    const route = command.args[0]!.toString();
    const why = `nobody subscribes to ${route} at this moment, and Redis keeps nothing`;
    this.#ledger.step(seen, message, { stage: 'dropped', verb: 'drop', from: 'server', route, why });
  }

  published(command: RespCommand): readonly Message[] {
    const message = this.#published.get(command);
    return message ? [message] : [];
  }

  push(seen: SeenFrame, { type, reply }: RespPush): void {
    const value = bare(reply);
    const items = 'items' in value ? value.items : [];
    const name = textOf(items[1]) ?? '';
    switch (type) {
      case 'subscribe':
      case 'psubscribe':
      case 'ssubscribe':
        // Subscribing twice to the same is one subscription.
        this.#drop((one) => one.connection === seen.connection && one.kind === type && one.name === name);
        this.#subscriptions.push({
          peer: seen.peer,
          connection: seen.connection,
          name,
          kind: type,
          mailbox: new Mailbox(),
        });
        return this.#ledger.note(seen, `${type.toUpperCase()} ${name}`);
      case 'unsubscribe':
      case 'punsubscribe':
      case 'sunsubscribe': {
        const kind = type.replace('un', '');
        this.#drop((one) => one.connection === seen.connection && one.kind === kind && one.name === name);
        return this.#ledger.note(seen, `${type.toUpperCase()} ${name}`);
      }
      case 'message':
      case 'smessage':
        return this.#deliver(seen, type === 'message' ? 'subscribe' : 'ssubscribe', name, name, items[2]);
      case 'pmessage':
        return this.#deliver(seen, 'psubscribe', name, `${textOf(items[2])} (${name})`, items[3]);
    }
  }

  closed(at: Sighting, connection: number): void {
    const names = this.#subscriptions.filter((one) => one.connection === connection).map((one) => one.name);
    if (names.length > 0) this.#ledger.note(at, `is gone, and with it its subscription to ${names.join(', ')}`);
    this.#drop((one) => one.connection === connection);
  }

  #deliver(seen: SeenFrame, kind: string, name: string, route: string, item: RespValue | undefined): void {
    const payload = item && bare(item);
    if (!payload || !('bytes' in payload)) return;
    const { bytes, length } = payload;
    const subscription = this.#subscriptions.find(
      (one) => one.connection === seen.connection && one.kind === kind && one.name === name,
    );
    const message = subscription?.mailbox.take(fingerprint(bytes, length)) ?? this.#ledger.recall(bytes, length);
    this.#ledger.step(seen, message, { stage: 'delivered', verb: 'message', from: 'server', route });
  }

  #drop(which: (subscription: Subscription) => boolean): void {
    for (const subscription of this.#subscriptions.filter(which)) {
      this.#subscriptions.splice(this.#subscriptions.indexOf(subscription), 1);
    }
  }
}

function takes(subscription: Subscription, channel: string, sharded: boolean): boolean {
  if (sharded) return subscription.kind === 'ssubscribe' && subscription.name === channel;
  if (subscription.kind === 'psubscribe') return globMatch(Buffer.from(subscription.name), Buffer.from(channel));
  return subscription.kind === 'subscribe' && subscription.name === channel;
}
