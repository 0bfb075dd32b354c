/** The same scenario on embedded and on real servers tells the same story, and says the same on the wire, peer by peer. */
import { describe, expect, test } from 'vitest';
import { framesPerPeer, storyPerPeer } from '../helpers/per-peer.ts';
import { EMBEDDED, LOCAL, play, scenario } from '../helpers/play.ts';
import { missing, titled } from '../helpers/servers.ts';

/** Options under which what each peer does follows from the scenario alone, and not from who is faster. */
const CASES: [string, Record<string, string | boolean>][] = [
  ['hello-queue', {}],
  ['job-queue', { workers: '1', jobs: '6', join: '0' }],
  ['job-queue', { workers: '1', jobs: '6', join: '0', via: 'redis' }],
  ['backpressure', {}],
  ['backpressure', { overflow: 'reject-publish' }],
  ['priorities', {}],
  ['pubsub', {}],
  ['pubsub', { events: '5' }],
  ['routing', { mandatory: true }],
  ['topics', {}],
  ['headers', {}],
  ['rpc', {}],
  ['rpc', { direct: true, lasting: true }],
  ['request-fanout', {}],
  ['acks', {}],
  ['durability', {}],
  ['idempotency', {}],
  ['outbox', {}],
  ['redis-streams', {}],
  ['stomp-chat', {}],
];

const why = await missing('local', ['rabbitmq', 'redis', 'stomp']);
describe.skipIf(why !== undefined)(titled('embedded and real servers', why), () => {
  test.each(CASES)('%s %o', { timeout: 60_000 }, async (name, raw) => {
    const one = await scenario(name);
    const embedded = await play(one, raw, EMBEDDED);
    const real = await play(one, raw, LOCAL);
    expect(embedded.outcome).toBe('passed');
    expect(real.outcome).toBe('passed');
    expect(storyPerPeer(embedded.events)).toEqual(storyPerPeer(real.events));
    expect(framesPerPeer(embedded.events)).toEqual(framesPerPeer(real.events));
  });
});
