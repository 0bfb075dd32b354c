/** Who is subscribed to what, and delivery. */
import { globMatch } from '../../../protocols/resp/index.ts';
import type { Session } from './session.ts';

/** Subscribers by channel or pattern, in the order in which they came. */
type Registry = Map<string, Set<Session>>;

function add(registry: Registry, name: string, session: Session): void {
  let sessions = registry.get(name);
  if (sessions === undefined) {
    sessions = new Set();
    registry.set(name, sessions);
  }
  sessions.add(session);
}

function remove(registry: Registry, name: string, session: Session): void {
  const sessions = registry.get(name);
  sessions?.delete(session);
  if (sessions?.size === 0) registry.delete(name);
}

export type SubscriptionKind = 'channels' | 'patterns' | 'shards';

export class Channels {
  readonly channels: Registry = new Map();
  readonly patterns: Registry = new Map();
  readonly shards: Registry = new Map();
  readonly #patternBytes = new Map<string, Buffer>();

  /** False when it was subscribed already. */
  subscribe(session: Session, kind: SubscriptionKind, name: string): boolean {
    if (session[kind].has(name)) return false;
    session[kind].add(name);
    add(this[kind], name, session);
    if (kind === 'patterns') this.#patternBytes.set(name, Buffer.from(name, 'latin1'));
    return true;
  }

  unsubscribe(session: Session, kind: SubscriptionKind, name: string): boolean {
    if (!session[kind].delete(name)) return false;
    remove(this[kind], name, session);
    if (kind === 'patterns' && !this.patterns.has(name)) this.#patternBytes.delete(name);
    return true;
  }

  forget(session: Session): void {
    for (const kind of ['channels', 'patterns', 'shards'] as const) {
      for (const name of [...session[kind]]) this.unsubscribe(session, kind, name);
    }
  }

  /** Delivers a message; answers how many got it. */
  publish(channel: string, message: string): number {
    let count = 0;
    const sessions = this.channels.get(channel);
    if (sessions !== undefined) {
      for (const session of sessions) deliver(session, 'message', channel, message);
      count += sessions.size;
    }
    if (this.patterns.size > 0) {
      const bytes = Buffer.from(channel, 'latin1');
      for (const [pattern, subscribers] of this.patterns) {
        const glob = this.#patternBytes.get(pattern);
        if (glob === undefined || !globMatch(glob, bytes)) continue;
        for (const session of subscribers) deliver(session, 'pmessage', pattern, channel, message);
        count += subscribers.size;
      }
    }
    return count;
  }

  publishShard(channel: string, message: string): number {
    const sessions = this.shards.get(channel);
    if (sessions === undefined) return 0;
    for (const session of sessions) deliver(session, 'smessage', channel, message);
    return sessions.size;
  }
}

function deliver(session: Session, ...items: string[]): void {
  session.keyspace.witness?.received(session, items.at(-2) ?? '');
  session.push(items);
}
