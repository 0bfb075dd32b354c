/** The story of each scenario, peer by peer, as it was when somebody last read it and found it good. */
import { expect, test } from 'vitest';
import { storyPerPeer, withoutEmptyPolls } from '../helpers/per-peer.ts';
import { ofType, play, scenarios } from '../helpers/play.ts';
import { BY_THE_CLOCK, SETTLED } from '../helpers/settled.ts';

const all = (await scenarios()).filter(({ name }) => !BY_THE_CLOCK.has(name));

test.each(all.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
  const { events } = await play(scenario, SETTLED[name]);
  const told = ofType(events, 'step').map(({ text }) => text);
  const checks = ofType(events, 'check').map(({ title, passed }) => `${passed ? '✓' : '✗'} ${title}`);
  const story = { steps: told, checks, peers: withoutEmptyPolls(storyPerPeer(events)) };
  await expect(`${JSON.stringify(story, null, 2)}\n`).toMatchFileSnapshot(`stories/${name}.json`);
});
