/** The story of each scenario, peer by peer, as it was when somebody last read it and found it good. */
import { expect, test } from 'vitest';
import { storyPerPeer } from '../helpers/per-peer.ts';
import { ofType, play, scenario } from '../helpers/play.ts';

const CASES: [string, string, Record<string, string | boolean>][] = [
  ['hello-queue', 'hello-queue', {}],
  ['http-request', 'http-request', {}],
  ['job-queue', 'job-queue', { workers: '1', jobs: '4', join: '0' }],
  ['backpressure', 'backpressure', {}],
  ['priorities', 'priorities', {}],
  ['ordering', 'ordering', {}],
  ['pubsub', 'pubsub', {}],
  ['routing', 'routing', {}],
  ['topics', 'topics', {}],
  ['headers', 'headers', {}],
  ['rpc', 'rpc', {}],
  ['request-fanout', 'request-fanout', {}],
  ['streams', 'streams', {}],
  ['stomp-chat', 'stomp-chat', {}],
  ['http-vs-ws', 'http-vs-ws', { updates: '3' }],
  ['acks', 'acks', {}],
  ['publisher-confirms', 'publisher-confirms', {}],
  ['durability', 'durability', {}],
  ['dead-letter', 'dead-letter', {}],
  ['delayed', 'delayed', {}],
  ['idempotency', 'idempotency', {}],
  ['outbox', 'outbox', {}],
  ['redis-dictionary', 'redis-dictionary', {}],
  ['redis-streams', 'redis-streams', {}],
  ['keyspace-events', 'keyspace-events', {}],
];

test.each(CASES)('%s', async (file, name, raw) => {
  const { events } = await play(await scenario(name), raw);
  const told = ofType(events, 'step').map(({ text }) => text);
  const checks = ofType(events, 'check').map(({ title, passed }) => `${passed ? '✓' : '✗'} ${title}`);
  const peers = Object.entries(storyPerPeer(events)).map(([peer, lines]) => [peer, withoutEmptyPolls(lines)]);
  const story = { steps: told, checks, peers: Object.fromEntries(peers) };
  await expect(`${JSON.stringify(story, null, 2)}\n`).toMatchFileSnapshot(`stories/${file}.json`);
});

/** How often a poll finds nothing depends on the clock, so polls that find nothing don't count. */
function withoutEmptyPolls(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('| [] |'));
}
