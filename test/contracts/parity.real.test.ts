/** The same scenario on embedded and on real servers tells the same story, and says the same on the wire, peer by peer. */
import { describe, expect, test } from 'vitest';
import { framesPerPeer, storyPerPeer, withoutEmptyPolls } from '../helpers/per-peer.ts';
import { EMBEDDED, LOCAL, play, scenario, scenarios } from '../helpers/play.ts';
import { missing, titled } from '../helpers/servers.ts';
import { ASKED_AGAIN, BY_CHANCE, BY_THE_CLOCK, SETTLED } from '../helpers/settled.ts';

/** Other options than those under which a scenario is compared anyway. */
const VARIANTS: [string, Record<string, string | boolean>][] = [
  ['job-queue', { ...SETTLED['job-queue'], via: 'redis' }],
  ['backpressure', { overflow: 'reject-publish' }],
  ['pubsub', { events: '5' }],
  ['routing', { mandatory: true }],
  ['rpc', { direct: true, lasting: true }],
];
const all = (await scenarios()).map(({ name }) => name).filter((name) => !BY_THE_CLOCK.has(name));
const cases = [...all.map((name) => [name, SETTLED[name] ?? {}] as const), ...VARIANTS];

const why = await missing('local', ['rabbitmq', 'redis', 'stomp']);
describe.skipIf(why !== undefined)(titled('embedded and real servers', why), () => {
  test.each(cases)('%s %o', { timeout: 60_000 }, async (name, raw) => {
    const one = await scenario(name);
    const embedded = await play(one, raw, EMBEDDED);
    const real = await play(one, raw, LOCAL);
    expect(embedded.outcome).toBe('passed');
    expect(real.outcome).toBe('passed');
    const [chance] = BY_CHANCE[name] ?? [];
    if (chance === 'story') return;
    const story = ({ events }: typeof real) => {
      const told = withoutEmptyPolls(storyPerPeer(events));
      return chance === 'order' ? Object.entries(told).map(([peer, lines]) => [peer, lines.sort()]) : told;
    };
    expect(story(embedded)).toEqual(story(real));
    const frames = ({ events }: typeof real) => framesPerPeer(events, ASKED_AGAIN[name]);
    if (chance === undefined) expect(frames(embedded)).toEqual(frames(real));
  });
});
