/** What every scenario keeps to: on embedded servers in `npm test`, on real ones in `npm run test:real`. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Account, TraceEvent } from '../../src/core/events.ts';
import { seededRandom } from '../../src/lab/random.ts';
import type { BackendChoice } from '../../src/lab/servers/provision.ts';
import { defaultNeeds, EMBEDDED, LOCAL, ofType, play, sayingOf, scenarios } from '../helpers/play.ts';
import { randomOptions } from '../helpers/random-options.ts';
import { listening, refusals } from '../helpers/sayings.ts';
import { missing, OWN_BACKEND, titled } from '../helpers/servers.ts';

const all = await scenarios();
const choice: BackendChoice = OWN_BACKEND === 'local' ? LOCAL : EMBEDDED;

/** Options that lead through more of a scenario than its defaults do: `variants/<name>.json`. */
function variantsOf({ name }: { readonly name: string }): Record<string, string | boolean>[] {
  const file = new URL(`variants/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

for (const one of all) {
  const { scenario, sayings } = listening(one);
  const why = await missing(OWN_BACKEND, defaultNeeds(scenario));
  describe.skipIf(why !== undefined)(titled(`${scenario.name} on ${OWN_BACKEND} servers`, why), () => {
    const random = seededRandom(1);
    const reader = {
      pause: async () => {},
      choose: async (_: unknown, choices: readonly unknown[]) => Math.floor(random() * choices.length),
    };
    for (const raw of [{}, ...variantsOf(scenario)]) {
      test(`passes with ${JSON.stringify(raw)}`, { timeout: 60_000 }, async () => {
        sayings.asked.length = 0;
        const { outcome, events, error } = await play(scenario, raw, choice, { reader });
        expect(error).toBeUndefined();
        expect(ofType(events, 'check').filter(({ passed }) => !passed)).toEqual([]);
        expect(outcome).toBe('passed');
        wellFormed(events);
        // Each question has one true answer, which is one of its choices, and those can be told apart.
        if (Object.keys(raw).length === 0) {
          expect(sayings.asked.length, 'how often it asks what will happen: lab.predict').toBeGreaterThan(1);
        }
        for (const { question, choices, answers } of sayings.asked) {
          expect(new Set(choices).size, question).toBe(choices.length);
          expect(answers, question).toEqual([expect.toBeOneOf([...choices])]);
        }
        expect(ofType(events, 'answer').length).toBe(sayings.asked.length);
      });
    }

    // By now all of its variants have been played.
    test('says in Korean what it says, and lists nothing else', () => {
      const refused = refusals(scenario, randomOptions(scenario, 200)).map((text) =>
        typeof text === 'string' ? text : text.template,
      );
      const listed = Object.keys(scenario.translations?.ko?.words ?? {});
      const said = [...new Set([...sayings.texts, ...refused])];
      const missing = said.filter((text) => !listed.includes(text));
      expect(missing, `what ${scenario.name}.ko.json lacks`).toEqual([]);
      const idle = listed.filter((text) => !said.includes(text) && !sayings.names.has(text));
      expect(idle, `what ${scenario.name}.ko.json has and no run says`).toEqual([]);
    });
  });
}

describe.each(all.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
  test('explains itself', () => {
    const { explain, translations } = scenario;
    for (const guide of [explain, translations?.ko?.guide]) {
      if (guide === undefined) throw new Error('no guide');
      const { idea, picture, look, try: tries } = guide;
      expect(idea.length).toBeGreaterThan(150);
      expect(picture.split('\n').every((line) => line.length <= 110)).toBe(true);
      expect(look.length).toBeGreaterThan(1);
      expect(tries.every(({ command }) => command.startsWith(`msgplay run ${scenario.name}`))).toBe(true);
    }
  });

  test('describes each option', () => {
    for (const spec of Object.values(scenario.options)) expect(spec.help).not.toBe('');
  });
});

/** What holds for the events of any run. */
function wellFormed(events: readonly TraceEvent[]): void {
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  expect(events[0]!.type).toBe('run-start');
  expect(events.at(-1)!.type).toBe('run-end');
  expect(ofType(events, 'check').length).toBeGreaterThan(0);
  const seqs = events.map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(seqs.length);
  const frames = new Set(ofType(events, 'frame').map(({ seq }) => seq));
  for (const { frames: from, basis } of ofType(events, 'message')) {
    // What was seen names the frames that showed it; a conclusion may come from the end of a connection, which has none.
    if (basis === 'seen') expect(from.every((seq) => frames.has(seq))).toBe(true);
  }
  expect(ofType(events, 'note').filter((note) => sayingOf(note).includes('could not be decoded'))).toEqual([]);
  const { account, accounts } = ofType(events, 'run-end')[0]!.stats;
  for (const one of [account, ...Object.values(accounts)]) addsUp(one);
  // A scenario follows its messages to their ends, on a server that is its own.
  expect([account.unknown, account.foreign]).toEqual([[], 0]);
}

function addsUp({ published, reached, waiting, ended, unknown }: Account): void {
  const count = (parts: readonly { readonly count: number }[]): number =>
    parts.reduce((sum, one) => sum + one.count, 0);
  expect(reached + count(waiting) + count(ended) + count(unknown)).toBe(published);
}
