/** Publish and subscribe. Commands from https://redis.io/docs/latest/commands/?group=pubsub */
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { SubscriptionKind } from '../../clients/channels.ts';
import type { Session } from '../../clients/session.ts';
import type { Group } from '../../dispatch/command.ts';
import { ReplyError } from '../../errors.ts';

const group: Group = {
  name: 'pubsub',
  rows: [
    ['psubscribe', -2, 'pubsub noscript loading stale', '', psubscribe],
    ['publish', 3, 'pubsub loading stale fast', '', publish],
    ['pubsub', -2, '', '', undefined],
    ['pubsub|channels', -2, 'pubsub loading stale', '', pubsubChannels],
    ['pubsub|help', 2, 'loading stale', '', pubsubHelp],
    ['pubsub|numpat', 2, 'pubsub loading stale', '', pubsubNumpat],
    ['pubsub|numsub', -2, 'pubsub loading stale', '', pubsubNumsub],
    ['pubsub|shardchannels', -2, 'pubsub loading stale', '', pubsubShardchannels],
    ['pubsub|shardnumsub', -2, 'pubsub loading stale', '', pubsubShardnumsub],
    ['punsubscribe', -1, 'pubsub noscript loading stale', '', punsubscribe],
    ['spublish', 3, 'pubsub loading stale fast', 'not_key@1', spublish],
    ['ssubscribe', -2, 'pubsub noscript loading stale', 'not_key@1:-1,1,0', ssubscribe],
    ['subscribe', -2, 'pubsub noscript loading stale', '', subscribe],
    ['sunsubscribe', -1, 'pubsub noscript loading stale', 'not_key@1:-1,1,0', sunsubscribe],
    ['unsubscribe', -1, 'pubsub noscript loading stale', '', unsubscribe],
  ],
};
export default group;

const WORDS: Record<SubscriptionKind, [on: string, off: string]> = {
  channels: ['subscribe', 'unsubscribe'],
  patterns: ['psubscribe', 'punsubscribe'],
  shards: ['ssubscribe', 'sunsubscribe'],
};

function confirm(s: Session, word: string, name: string | undefined, kind: SubscriptionKind): void {
  s.out.push(3);
  s.out.latin1(word);
  s.bulk(name);
  s.out.integer(kind === 'shards' ? s.shards.size : s.subscriptions);
}

function subscribeTo(s: Session, a: string[], kind: SubscriptionKind): void {
  if (s.mayNotBlock && s.version === 2 && s.connection === undefined) {
    throw new ReplyError(`ERR ${WORDS[kind][0].toUpperCase()} isn't allowed for a DENY BLOCKING client`);
  }
  for (const name of a.slice(1)) {
    s.engine.channels.subscribe(s, kind, name);
    confirm(s, WORDS[kind][0], name, kind);
  }
}

function unsubscribeFrom(s: Session, a: string[], kind: SubscriptionKind): void {
  const names = a.length > 1 ? a.slice(1) : [...s[kind]];
  for (const name of names) {
    s.engine.channels.unsubscribe(s, kind, name);
    confirm(s, WORDS[kind][1], name, kind);
  }
  if (names.length === 0) confirm(s, WORDS[kind][1], undefined, kind);
}

function subscribe(s: Session, a: string[]): void {
  subscribeTo(s, a, 'channels');
}

function psubscribe(s: Session, a: string[]): void {
  subscribeTo(s, a, 'patterns');
}

function ssubscribe(s: Session, a: string[]): void {
  subscribeTo(s, a, 'shards');
}

function unsubscribe(s: Session, a: string[]): void {
  unsubscribeFrom(s, a, 'channels');
}

function punsubscribe(s: Session, a: string[]): void {
  unsubscribeFrom(s, a, 'patterns');
}

function sunsubscribe(s: Session, a: string[]): void {
  unsubscribeFrom(s, a, 'shards');
}

function publish(s: Session, a: string[]): void {
  s.out.integer(s.engine.channels.publish(a[1]!, a[2]!));
}

function spublish(s: Session, a: string[]): void {
  s.out.integer(s.engine.channels.publishShard(a[1]!, a[2]!));
}

function names(s: Session, kind: 'channels' | 'shards', pattern: string | undefined): void {
  const all = [...s.engine.channels[kind].keys()];
  const bytes = pattern === undefined ? undefined : Buffer.from(pattern, 'latin1');
  s.bulks(bytes === undefined ? all : all.filter((name) => globMatch(bytes, Buffer.from(name, 'latin1'))));
}

function numbers(s: Session, kind: 'channels' | 'shards', channels: readonly string[]): void {
  s.out.array(channels.length * 2);
  for (const channel of channels) {
    s.bulk(channel);
    s.out.integer(s.engine.channels[kind].get(channel)?.size ?? 0);
  }
}

function pubsubChannels(s: Session, a: string[]): void {
  names(s, 'channels', a[2]);
}

function pubsubShardchannels(s: Session, a: string[]): void {
  names(s, 'shards', a[2]);
}

function pubsubNumsub(s: Session, a: string[]): void {
  numbers(s, 'channels', a.slice(2));
}

function pubsubShardnumsub(s: Session, a: string[]): void {
  numbers(s, 'shards', a.slice(2));
}

function pubsubNumpat(s: Session): void {
  s.out.integer(s.engine.channels.patterns.size);
}

function pubsubHelp(s: Session): void {
  s.bulks([
    'PUBSUB CHANNELS [<pattern>] | NUMPAT | NUMSUB [<channel>...] | SHARDCHANNELS [<pattern>] | SHARDNUMSUB [<channel>...]',
  ]);
}
