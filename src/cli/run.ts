/** `msgplay run`: plays scenarios, one after the other, and prints their traces. */
import { type Command, CommanderError } from 'commander';
import { UsageError } from '../core/errors.ts';
import { flagOf } from '../lab/options.ts';
import { backendChoice } from './_backend-flags.ts';
import { Cast } from './_cast.ts';
import { parse } from './_command.ts';
import { isProgram } from './_files.ts';
import { listenForInterrupts } from './_interrupts.ts';
import { remark } from './_output.ts';
import { type Play, type Played, play, type Stage } from './_play.ts';
import { reporterNames } from './_reporters.ts';
import { Reports } from './_reports.ts';
import { ownFlagsWithValues, type RunFlags, readSettings, runParser } from './_run-flags.ts';
import { summaries } from './_summaries.ts';

export async function runCommand(args: readonly string[]): Promise<number> {
  const known = (await summaries()).map(({ name }) => name);
  // The options of a scenario are flags, so the scenarios have to be known before the line can be read.
  const mentioned = args.includes('--all') ? known : mentionedIn(args, known);
  const cast = new Cast();
  try {
    const declared = await cast.declared(mentioned);
    const parsed = await parseRun(runParser(await reporterNames(), declared), args);
    const flags = parsed.opts<RunFlags>();
    const words = flags.all ? known : parsed.args;
    if (words.length === 0) {
      throw new UsageError('Which scenario?', { hint: 'See: msgplay list; or run all of them with --all.' });
    }
    return await playAll(words, cast, flags);
  } finally {
    await cast.close();
  }
}

/** An option that another scenario has is told whose it is. */
async function parseRun(parser: Command, args: readonly string[]): Promise<Command> {
  try {
    return parse(parser, args);
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== 'commander.unknownOption') throw error;
    const flag = /'(.*)'/.exec(error.message)?.[1] ?? '';
    const owners = (await summaries()).filter(({ options }) =>
      Object.keys(options).some((one) => flagOf(one) === flag),
    );
    if (owners.length === 0) throw error;
    const names = owners.map(({ name }) => name);
    throw new UsageError(`Unknown option '${flag}': ${names.join(' and ')} ${names.length > 1 ? 'have' : 'has'} it.`, {
      hint: `For example: msgplay run ${names[0]} --help`,
    });
  }
}

async function playAll(words: readonly string[], cast: Cast, flags: RunFlags): Promise<number> {
  const settings = readSettings(flags);
  const backends = backendChoice(flags);
  const plays: Play[] = [];
  for (const word of words) plays.push(await cast.play(word, flags));

  const reports = await Reports.open(flags);
  const interrupts = listenForInterrupts();
  const { signal, leaving } = interrupts;
  let unwritten = 0;
  const played = await inTurn(plays, { ...settings, reports, backends, signal, leaving }).finally(() => {
    interrupts.release();
    unwritten = reports.end();
  });
  if (plays.length > 1) remark(summaryOf(plays, played));
  if (signal.aborted) return interrupts.exitCode();
  return played.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? unwritten;
}

/** One that fails, or whose server is missing, does not keep the others from running. */
async function inTurn(plays: readonly Play[], stage: Stage): Promise<Played[]> {
  const played: Played[] = [];
  for (const one of plays) {
    if (stage.signal.aborted) break;
    const { error, ...how } = await play(one, stage);
    if (error && plays.length === 1) throw error;
    if (error) remark(`msgplay: ${how.name}: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
    played.push(how);
  }
  return played;
}

function summaryOf(plays: readonly Play[], played: readonly Played[]): string {
  const passed = played.filter(({ exitCode }) => exitCode === 0).length;
  const width = Math.max(...plays.map(({ scenario }) => scenario.name.length));
  const rows = plays.map(({ scenario: { name } }, index) => {
    const { exitCode, told } = played[index] ?? { exitCode: 130, told: 'not run' };
    return `  ${exitCode === 0 ? '✓' : '✗'} ${name.padEnd(width)}  ${told}`;
  });
  return [`${passed} of ${plays.length} scenarios passed`, ...rows].join('\n');
}

/** The scenarios that a line mentions; what follows one of our own flags that want a value is that value. */
function mentionedIn(args: readonly string[], known: readonly string[]): string[] {
  const wantingValues = ownFlagsWithValues();
  const words = args.filter((word, index) => !word.startsWith('-') && !wantingValues.has(args[index - 1] ?? ''));
  return [...new Set(words)].filter((word) => known.includes(word) || isProgram(word));
}
