/** Plays scenarios in this process and keeps their events. */
import type { EventOf, NoteEvent, TraceEvent } from '../../src/core/events.ts';
import type { Service } from '../../src/core/services.ts';
import { worded } from '../../src/core/statements/index.ts';
import type { Run, RunResult } from '../../src/lab/plan.ts';
import { run } from '../../src/lab/run.ts';
import { course, findLesson } from '../../src/lab/scenario/course.ts';
import { type RawOptions, readOptions } from '../../src/lab/scenario/options.ts';
import { defineScenario, type Lab, needsOf, type Scenario } from '../../src/lab/scenario/scenario.ts';
import type { BackendChoice } from '../../src/lab/servers/provision.ts';

export const EMBEDDED: BackendChoice = { perService: {}, urls: {}, ports: {} };
export const LOCAL: BackendChoice = { ...EMBEDDED, everywhere: 'local' };

export async function scenarios(): Promise<Scenario[]> {
  return (await course()).map((lesson) => lesson.scenario);
}

export async function scenario(name: string): Promise<Scenario> {
  const lesson = await findLesson(name);
  if (lesson === undefined) throw new Error(`there is no scenario ${name}`);
  return lesson.scenario;
}

export interface Played extends RunResult {
  readonly events: readonly TraceEvent[];
}

/** Plays a scenario to its end. */
export async function play(
  played: Scenario,
  raw: RawOptions = {},
  backends: BackendChoice = EMBEDDED,
  changes: Partial<Run> = {},
): Promise<Played> {
  const events: TraceEvent[] = [];
  const result = await run({
    scenario: played,
    options: readOptions(played.options, raw),
    backends,
    seed: 1,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    tellFrames: 'with bytes',
    sink: (event) => events.push(event),
    progress: () => {},
    ...changes,
  });
  expectNoContradiction(events);
  return { ...result, events };
}

/** Where the story finds itself contradicted by what a server did, it is wrong: no test may pass over that. */
function expectNoContradiction(events: readonly TraceEvent[]): void {
  const wrong = ofType(events, 'note').filter(({ debug }) => debug);
  if (wrong.length > 0) throw new Error(wrong.map(sayingOf).join('\n'));
}

/** What a note says. */
export function sayingOf({ text, statement }: NoteEvent): string {
  return statement ? worded(statement) : (text ?? '');
}

export function ofType<Type extends TraceEvent['type']>(events: readonly TraceEvent[], type: Type): EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

export function defaultNeeds(played: Scenario): readonly Service[] {
  return needsOf(played, readOptions(played.options, {}));
}

/** A scenario that does this. */
export function doing(run: (lab: Lab) => Promise<void>, needs: Service[] = []): Run['scenario'] {
  return defineScenario({
    name: 'doing',
    title: 'It does',
    options: {},
    needs,
    about: () => '',
    explain: { idea: '', picture: '', look: [], try: [] },
    run,
  }) as Run['scenario'];
}

/** What the notes of a run say. */
export const notesOf = ({ events }: Played): string[] => ofType(events, 'note').map(sayingOf);
