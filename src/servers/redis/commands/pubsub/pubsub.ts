/** Publish and subscribe. Commands from https://redis.io/docs/latest/commands/?group=pubsub */
import { globMatch } from '../../../../protocols/resp/index.ts';
import type { SubscriptionKind } from '../../clients/channels.ts';
import type { Clients } from '../../clients/clients.ts';
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import type { Server } from '../../dispatch/command.ts';
import { ReplyError } from '../../errors.ts';

const WORDS: Record<SubscriptionKind, [on: string, off: string]> = {
  channels: ['subscribe', 'unsubscribe'],
  patterns: ['psubscribe', 'punsubscribe'],
  shards: ['ssubscribe', 'sunsubscribe'],
};

function confirm(s: Session, word: string, name: string | undefined, kind: SubscriptionKind): void {
  const { wire } = s;
  wire.push(3);
  wire.latin1(word);
  if (name === undefined) wire.null();
  else wire.latin1(name);
  wire.integer(kind === 'shards' ? s.shards.size : s.subscriptions);
}

function subscribeTo(server: Server, s: Session, a: readonly string[], kind: SubscriptionKind): void {
  if (s.mayNotBlock && s.version === 2 && s.connection === undefined) {
    throw new ReplyError(`ERR ${WORDS[kind][0].toUpperCase()} isn't allowed for a DENY BLOCKING client`);
  }
  for (const name of a.slice(1)) {
    server.clients.channels.subscribe(s, kind, name);
    confirm(s, WORDS[kind][0], name, kind);
  }
}

function unsubscribeFrom(server: Server, s: Session, a: readonly string[], kind: SubscriptionKind): void {
  const names = a.length > 1 ? a.slice(1) : [...s[kind]];
  for (const name of names) {
    server.clients.channels.unsubscribe(s, kind, name);
    confirm(s, WORDS[kind][1], name, kind);
  }
  if (names.length === 0) confirm(s, WORDS[kind][1], undefined, kind);
}

export function subscribe(s: Session, a: Args<-2>, server: Server): void {
  subscribeTo(server, s, a, 'channels');
}

export function psubscribe(s: Session, a: Args<-2>, server: Server): void {
  subscribeTo(server, s, a, 'patterns');
}

export function ssubscribe(s: Session, a: Args<-2>, server: Server): void {
  subscribeTo(server, s, a, 'shards');
}

export function unsubscribe(s: Session, a: Args<-1>, server: Server): void {
  unsubscribeFrom(server, s, a, 'channels');
}

export function punsubscribe(s: Session, a: Args<-1>, server: Server): void {
  unsubscribeFrom(server, s, a, 'patterns');
}

export function sunsubscribe(s: Session, a: Args<-1>, server: Server): void {
  unsubscribeFrom(server, s, a, 'shards');
}

export function publish(s: Session, a: Args<3>, server: Server): void {
  s.out.integer(server.clients.channels.publish(a[1], a[2]));
}

export function spublish(s: Session, a: Args<3>, server: Server): void {
  s.out.integer(server.clients.channels.publishShard(a[1], a[2]));
}

function names({ channels }: Clients, s: Session, kind: 'channels' | 'shards', pattern: string | undefined): void {
  const all = [...channels[kind].keys()];
  const bytes = pattern === undefined ? undefined : Buffer.from(pattern, 'latin1');
  s.bulks(bytes === undefined ? all : all.filter((name) => globMatch(bytes, Buffer.from(name, 'latin1'))));
}

function numbers(
  { channels: registry }: Clients,
  s: Session,
  kind: 'channels' | 'shards',
  channels: readonly string[],
): void {
  s.out.array(channels.length * 2);
  for (const channel of channels) {
    s.bulk(channel);
    s.out.integer(registry[kind].get(channel)?.size ?? 0);
  }
}

export function pubsubChannels(s: Session, a: Args<-2>, server: Server): void {
  names(server.clients, s, 'channels', a[2]);
}

export function pubsubShardchannels(s: Session, a: Args<-2>, server: Server): void {
  names(server.clients, s, 'shards', a[2]);
}

export function pubsubNumsub(s: Session, a: Args<-2>, server: Server): void {
  numbers(server.clients, s, 'channels', a.slice(2));
}

export function pubsubShardnumsub(s: Session, a: Args<-2>, server: Server): void {
  numbers(server.clients, s, 'shards', a.slice(2));
}

export function pubsubNumpat(s: Session, _a: Args<2>, server: Server): void {
  s.out.integer(server.clients.channels.patterns.size);
}

export function pubsubHelp(s: Session): void {
  s.bulks([
    'PUBSUB CHANNELS [<pattern>] | NUMPAT | NUMSUB [<channel>...] | SHARDCHANNELS [<pattern>] | SHARDNUMSUB [<channel>...]',
  ]);
}
