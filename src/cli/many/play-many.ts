/** Plays all the runs that a line asks for: how often, and how many at a time. */

import { itemAt } from '../../core/collections/present.ts';
import { UsageError } from '../../core/errors.ts';
import { needsOf } from '../../lab/scenario/scenario.ts';
import type { BackendChoice } from '../../lab/servers/provision.ts';
import { backendChoices, backendSides } from '../flags/backend-flags.ts';
import { type Amount, type RunSettings, readAmount, readSettings } from '../flags/run-flags.ts';
import type { Cast } from '../output/cast.ts';
import { printFor, remark } from '../output/output.ts';
import { rememberPassed } from '../output/progress.ts';
import { detailOf, type Reports, together } from '../output/reports.ts';
import type { Interrupts } from '../running/interrupts.ts';
import { endedBy, type Play, play } from '../running/play.ts';
import { inOrder } from './in-order.ts';
import { type Entry, type Line, labelOf } from './line.ts';
import { Progress } from './progress.ts';
import { Recording, recorded, show } from './recording.ts';
import { RunFiles } from './run-files.ts';
import { Sided } from './sided.ts';
import type { Row } from './summary.ts';
import { type Done, type Turn, turnsOf } from './turns.ts';
import { Unserved } from './unserved.ts';
import { Workers } from './workers.ts';

/** What all runs of a line have in common. */
export interface House {
  readonly cast: Cast;
  readonly reports: Reports;
  readonly interrupts: Interrupts;
}

/** A line that was found to make sense. */
export interface Plan extends Line {
  readonly settings: RunSettings;
  readonly amount: Amount;
  readonly sides: readonly BackendChoice[];
  /** The scenarios, loaded and with their options, for their first run in this process. */
  readonly plays: readonly Play[];
}

/** Throws a UsageError for what can't be meant, before anything runs. */
export async function planOf(line: Line, cast: Cast): Promise<Plan> {
  const { entries, flags } = line;
  const plan = { settings: readSettings(flags), amount: readAmount(flags), sides: backendChoices(flags) };
  const plays: Play[] = [];
  for (const entry of entries) {
    plays.push(
      await cast.play(entry.word, entry.raw).catch((error: unknown) => {
        throw entries.length > 1 ? ofOne(entry, error) : error;
      }),
    );
  }
  return { ...line, ...plan, plays };
}

/** Of several scenarios the one that an error is about. */
function ofOne({ word, raw }: Entry, error: unknown): unknown {
  if (!(error instanceof UsageError) || error.message.includes(word)) return error;
  const ofJobs = raw.jobs === undefined ? undefined : `--jobs is an option of ${word}; -j runs several at a time.`;
  return new UsageError(`${word}: ${error.message}`, { hint: error.hint ?? ofJobs, cause: error });
}

/** Resolves with how it went, a row for each scenario of the line. */
export async function playMany(plan: Plan, house: House): Promise<Row[]> {
  const { entries, amount, plays, sides } = plan;
  const { signal } = house.interrupts;
  const labels = plays.map(({ scenario }, index) => labelOf(scenario, entries[index]?.raw ?? {}));
  const rows = labels.map((label) => ({ label, done: [] as Done[], differences: 0 }));
  const files = amount.jobs > 1 || sides.length > 1 ? new RunFiles() : undefined;
  const players = files && amount.jobs > 1 ? inProcesses(plan, house, files) : here(plan, house, files);
  const sided = new Sided(backendSides(plan.flags), plan.settings.language, remark);
  const progress = new Progress(entries.length * sides.length * amount.repeat, amount.jobs === 1);
  const unserved = new Unserved((index) => {
    const { scenario, options } = itemAt(plays, index);
    return needsOf(scenario, options);
  });
  try {
    await inOrder({
      tasks: worthwhile(turnsOf(entries, amount, sides.length), signal, unserved),
      atOnce: amount.jobs,
      perform: async (turn) => {
        const label = labels[turn.index] ?? turn.entry.word;
        progress.begin(label);
        const done = await players
          .perform({ ...turn, unserved: unserved.why(turn) })
          .finally(() => progress.end(label));
        unserved.see(done);
        return done;
      },
      take: async (done) => {
        await players.show(done);
        tellError(done, labels.length > 1);
        const row = rows[done.turn.index];
        row?.done.push(done);
        if (row && (await sided.differs(done))) row.differences += 1;
        for (const file of sided.filesOf(done)) files?.forget(file);
      },
      isLast: ({ played }) => amount.failFast && played.exitCode !== 0,
    });
  } finally {
    progress.close();
    await players.close();
    files?.close();
    if (unserved.leftOut > 0) remark(`msgplay: left out ${unserved.leftOut} more runs, for want of the same servers.`);
    rememberPassed(rows.flatMap(({ done }) => done.flatMap(({ played }) => lessonPassed(played))));
  }
  return rows;
}

/** Whoever plays. */
interface Players {
  /** Rejects only for what is a bug. */
  perform(turn: Turn): Promise<Done>;
  /** Shows what was not shown while it was played. */
  show(done: Done): Promise<void>;
  close(): Promise<void>;
}

/** In this process, shown while it happens; recorded, too, where it is compared. */
function here({ settings, sides, plays }: Plan, { cast, reports, interrupts }: House, files?: RunFiles): Players {
  const { signal, leaving } = interrupts;
  const first = new Map(plays.entries());
  return {
    async perform(turn) {
      const { word, raw } = turn.entry;
      const one = first.get(turn.index) ?? (await cast.play(word, raw));
      first.delete(turn.index);
      const stage = {
        ...settings,
        seed: turn.seed,
        backends: sideOf(sides, turn),
        signal,
        leaving,
        unserved: turn.unserved,
      };
      if (!files) return { turn, played: await play(one, { ...stage, reports }), began: true, said: [] };
      const file = files.next();
      const recording = new Recording(file, 'yes');
      const played = await play(one, { ...stage, reports: together(reports, recording) });
      const error = recording.close();
      return { turn, file, played: error ? endedBy(played.name, error) : played, began: recording.began, said: [] };
    },
    async show() {},
    async close() {},
  };
}

/** Each in a process of its own, shown when its turn comes. */
function inProcesses({ flags, settings, sides }: Plan, { reports, interrupts }: House, files: RunFiles): Players {
  const frames = detailOf([reports.frames(settings.layer), sides.length > 1 ? 'yes' : 'no']);
  const workers = new Workers({ flags, frames }, files.directory, interrupts.signal);
  return {
    perform: (turn) => workers.perform(turn, files.next()),
    async show({ file = '', began, played, said }) {
      const events = recorded(file, played.error?.message ?? 'it was cut off here');
      await show(events, settings, (look) => (began ? reports.begin(look) : reports.beginFiles(look)));
      for (const { where, text } of said) printFor(where, text);
    },
    close: () => workers.close(),
  };
}

function sideOf(sides: readonly BackendChoice[], { side }: Turn): BackendChoice {
  const choice = sides[side];
  if (choice === undefined) throw new Error(`there is no side ${side}`);
  return choice;
}

/** Those that are worth a try, until the user gives up. */
function* worthwhile(all: Iterable<Turn>, signal: AbortSignal, unserved: Unserved): Generator<Turn, void> {
  for (const turn of all) {
    if (signal.aborted) return;
    if (!unserved.leavesOut(turn)) yield turn;
  }
}

function tellError({ played: { name, error } }: Done, isNamed: boolean): void {
  if (!error) return;
  remark(`msgplay: ${isNamed ? `${name}: ` : ''}${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
}

function lessonPassed({ name, exitCode, isLesson }: Done['played']): string[] {
  return exitCode === 0 && isLesson ? [name] : [];
}
