/** The story of each scenario, peer by peer, as it was when somebody last read it and found it good. */
import { expect, test } from 'vitest';
import { storyPerPeer } from '../helpers/per-peer.ts';
import { ofType, play, scenarios } from '../helpers/play.ts';

/** Options for those of which, by default, chance and the clock decide who does what. */
const OPTIONS: { readonly [name: string]: Record<string, string> } = {
  'job-queue': { workers: '1', jobs: '4', join: '0' },
  'http-vs-ws': { updates: '3' },
};

/** Under any options the clock decides which comes first: a mail whose wait is over, or the one behind it. */
const BY_THE_CLOCK = ['retry-backoff'];

const all = (await scenarios()).filter(({ name }) => !BY_THE_CLOCK.includes(name));

test.each(all.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
  const { events } = await play(scenario, OPTIONS[name]);
  const told = ofType(events, 'step').map(({ text }) => text);
  const checks = ofType(events, 'check').map(({ title, passed }) => `${passed ? '✓' : '✗'} ${title}`);
  const peers = Object.entries(storyPerPeer(events)).map(([peer, lines]) => [peer, withoutEmptyPolls(lines)]);
  const story = { steps: told, checks, peers: Object.fromEntries(peers) };
  await expect(`${JSON.stringify(story, null, 2)}\n`).toMatchFileSnapshot(`stories/${name}.json`);
});

/** How often a poll finds nothing depends on the clock, so polls that find nothing don't count. */
function withoutEmptyPolls(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('| [] |'));
}
