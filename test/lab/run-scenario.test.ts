import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import type { TraceEvent } from '../../src/core/events.ts';
import { runScenario } from '../../src/lab/run-scenario.ts';
import { defineScenario } from '../../src/lab/scenario/scenario.ts';

const scenario = defineScenario({
  name: 'nothing',
  title: 'Nothing much',
  options: {
    times: { type: 'integer', default: 1, min: 1, max: 9, help: 'how often' },
    loud: { type: 'flag', help: 'whether to shout' },
    way: { type: 'choice', choices: ['this', 'that'], default: 'this', help: 'which way' },
  },
  needs: [],
  about: ({ times }) => `${times} times`,
  validate: ({ times, way }) => (way === 'that' && times > 5 ? 'that way goes up to five' : undefined),
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab, { times, loud, way }) {
    lab.note(`${times} ${loud} ${way} ${lab.random()}`);
    lab.check('few', times < 4);
  },
});

async function told(
  ...args: Parameters<typeof runScenario<typeof scenario.options>> extends [unknown, ...infer Rest] ? Rest : never
) {
  const events: TraceEvent[] = [];
  const result = await runScenario(scenario, { ...args[0], onEvent: (event) => events.push(event) });
  const note = events.find((event) => event.type === 'note');
  return { ...result, text: note?.type === 'note' ? note.text : '' };
}

describe('a scenario run from code', () => {
  it('has the defaults of its options, and the values it is given', async () => {
    expect((await told()).text).toMatch(/^1 false this /);
    expect((await told({ options: { times: 3, loud: true, way: 'that' } })).text).toMatch(/^3 true that /);
  });

  it('tells how it ended', async () => {
    expect((await told()).outcome).toBe('passed');
    expect((await told({ options: { times: 5 } })).outcome).toBe('failed');
    expect((await told({ signal: AbortSignal.abort() })).outcome).toBe('aborted');
  });

  it('makes the same random choices with the same seed', async () => {
    expect((await told({ seed: 7 })).text).toBe((await told({ seed: 7 })).text);
    expect((await told({ seed: 7 })).text).not.toBe((await told({ seed: 8 })).text);
  });

  it('refuses options that can’t be meant', async () => {
    await expect(told({ options: { times: 10 } })).rejects.toThrow('--times takes a whole number from 1 to 9');
    await expect(told({ options: { times: 6, way: 'that' } })).rejects.toThrow('that way goes up to five');
    const typing = told({ options: { time: 1 } as never });
    await expect(typing).rejects.toThrow(UsageError);
    await expect(typing).rejects.toThrow("The scenario nothing has no option 'time'.");
  });
});
