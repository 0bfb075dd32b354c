/** `msgplay run`: plays scenarios, one after the other, and prints their traces. */
import { type Command, Option } from 'commander';
import { MsgplayError, UsageError } from '../core/errors.ts';
import type { Outcome } from '../core/events.ts';
import { inEnglish } from '../core/language.ts';
import { didYouMean } from '../core/suggest.ts';
import { redactText } from '../core/urls.ts';
import { scenarioNames } from '../lab/course.ts';
import { flagOf, type OptionSpec, type RawOptions, readOptions } from '../lab/options.ts';
import { run } from '../lab/run.ts';
import type { Scenario } from '../lab/scenario.ts';
import { LAYERS, type Layer } from '../reporters/reporter.ts';
import { addBackendFlags, type BackendFlags, backendChoice } from './_backend-flags.ts';
import { command, parse } from './_command.ts';
import { isFile } from './_files.ts';
import { type Interrupts, listenForInterrupts } from './_interrupts.ts';
import { addLanguageFlag, readLanguage } from './_language.ts';
import { findReporter, reporterNames } from './_reporters.ts';
import { allScenarios, findScenario } from './_scenarios.ts';
import { remark } from './_stderr.ts';
import { isTerminal, terminalLook } from './_terminal.ts';
import { rangeOf } from './explain.ts';

const DEFAULT_TIMEOUT_S = 120;
const MOST_SEEDS = 2 ** 31;

const EXIT_CODES: Record<Outcome, number> = { passed: 0, failed: 1, 'timed-out': 4, aborted: 130 };

type RunFlags = BackendFlags & {
  readonly all?: true;
  readonly format?: string;
  readonly layer?: string;
  readonly handshakes?: true;
  readonly seed: string;
  readonly timeout: string;
  readonly lang?: string;
};

export async function runCommand(args: readonly string[]): Promise<number> {
  const known = await scenarioNames();
  // The options of a scenario are flags, so the scenarios have to be known before the line can be read.
  const mentioned = args.includes('--all') ? await allScenarios() : await mentionedScenarios(args, known);
  const parser = runParser(await reporterNames(), mentioned);
  const parsed = parse(parser, args);
  const flags = parsed.opts<RunFlags & RawOptions>();
  const scenarios = flags.all ? mentioned : await Promise.all(parsed.args.map(findScenario));
  if (scenarios.length === 0) {
    throw new UsageError('Which scenario?', { hint: 'See: msgplay list; or run all of them with --all.' });
  }
  return play(scenarios, flags);
}

async function play(scenarios: readonly Scenario[], flags: RunFlags & RawOptions): Promise<number> {
  const layer = readLayer(flags.layer);
  const reporter = await findReporter(flags.format ?? (isTerminal() ? 'pretty' : 'lines'));
  const language = readLanguage(flags.lang);
  const backends = backendChoice(flags);
  const seed = readWhole('--seed', flags.seed, 0, MOST_SEEDS);
  const timeoutMs = readWhole('--timeout', flags.timeout, 1, 86_400) * 1000;
  const plays = scenarios.map((scenario) => ({ scenario, options: readScenarioOptions(scenario, flags) }));

  const interrupts = listenForInterrupts();
  let exitCode = 0;
  for (const { scenario, options } of plays) {
    if (interrupts.signal.aborted) break;
    const handshakes = flags.handshakes ?? scenario.handshakes ?? false;
    const report = reporter.begin({ layer, handshakes, language, ...terminalLook() });
    try {
      const { outcome, error } = await run({
        scenario,
        options,
        backends,
        seed,
        timeoutMs,
        signal: interrupts.signal,
        tellFrames: reporter.frames(layer),
        sink: (event) => write(report(event), interrupts),
        progress: remark,
        strayErrors: listenForStrayErrors,
      });
      if (error instanceof MsgplayError) throw error;
      if (error instanceof Error) remark(redactText(String(error.stack)));
      exitCode ||= EXIT_CODES[outcome];
    } catch (error) {
      // One server that is missing does not keep the other scenarios from running.
      if (!(error instanceof MsgplayError) || plays.length === 1) throw error;
      remark(`msgplay: ${scenario.name}: ${error.message}${error.hint ? `\n${error.hint}` : ''}`);
      exitCode ||= error.exitCode;
    }
  }
  interrupts.release();
  return interrupts.signal.aborted ? interrupts.exitCode() : exitCode;
}

function write(text: string, { signal }: Interrupts): void {
  // Once the reader of a pipe has gone, writing on would only raise the same error again.
  if (text !== '' && (!signal.aborted || process.stdout.writable)) process.stdout.write(text);
}

/** Errors of clients that no scenario code could catch: an event without a listener, a rejection without a handler. */
function listenForStrayErrors(listener: (error: unknown) => void): () => void {
  process.on('uncaughtException', listener);
  process.on('unhandledRejection', listener);
  return () => {
    process.off('uncaughtException', listener);
    process.off('unhandledRejection', listener);
  };
}

function runParser(formats: readonly string[], scenarios: readonly Scenario[]): Command {
  const parser = command('run', 'Runs scenarios and prints their trace.');
  parser
    .usage('<scenario|file>... [scenario options] [options]')
    .argument('[scenario...]', 'names, or files of your own');
  parser.allowExcessArguments(true);
  for (const scenario of scenarios) {
    parser.optionsGroup(`Options of ${scenario.name}:`);
    for (const [name, spec] of Object.entries(scenario.options)) addScenarioOption(parser, name, spec);
  }
  parser.optionsGroup('Servers:');
  addBackendFlags(parser);
  parser.optionsGroup('Options:');
  parser
    .option('--all', 'run every scenario')
    .option(
      '--format <name>',
      `${formats.join(', ')}, or a file of yours (default: pretty on a terminal, lines otherwise)`,
    )
    .option('--layer <name>', `how near to look: ${LAYERS.join(', ')} (default: story)`)
    .option('--handshakes', 'show how connections begin and end');
  addLanguageFlag(parser);
  parser
    .addOption(new Option('--seed <number>', 'the same seed makes the same random choices').default('1', '1'))
    .addOption(
      new Option('--timeout <seconds>', 'the longest one run may take').default(
        String(DEFAULT_TIMEOUT_S),
        String(DEFAULT_TIMEOUT_S),
      ),
    )
    .addHelpText('after', '\nExample:\n  msgplay run job-queue --crash --backend local');
  return parser;
}

function addScenarioOption(parser: Command, name: string, spec: OptionSpec): void {
  const flag = flagOf(name);
  // Two scenarios may have an option of the same name; each reads it in its own way.
  if (parser.options.some(({ long }) => long === flag)) return;
  const range = rangeOf(spec);
  parser.option(spec.type === 'flag' ? flag : `${flag} <${spec.type}>`, range ? `${spec.help} (${range})` : spec.help);
}

function readScenarioOptions(scenario: Scenario, raw: RawOptions): ReturnType<typeof readOptions> {
  const options = readOptions(scenario.options, raw);
  const wrong = scenario.validate?.(options);
  if (wrong !== undefined) throw new UsageError(inEnglish(wrong));
  return options;
}

function mentionedScenarios(args: readonly string[], known: readonly string[]): Promise<Scenario[]> {
  // A file after --format is a reporter.
  const words = args.filter((word, index) => !word.startsWith('-') && args[index - 1] !== '--format');
  return Promise.all([...new Set(words)].filter((word) => known.includes(word) || isFile(word)).map(findScenario));
}

function readLayer(typed: string | undefined): Layer | undefined {
  if (typed === undefined) return undefined;
  const layer = LAYERS.find((one) => one === typed);
  if (layer) return layer;
  throw new UsageError(`There is no layer '${typed}'.`, {
    hint: didYouMean(typed, LAYERS) ?? `There are ${LAYERS.join(', ')}.`,
  });
}

function readWhole(flag: string, typed: string, min: number, max: number): number {
  const value = Number(typed);
  if (/^\d+$/.test(typed) && value >= min && value <= max) return value;
  throw new UsageError(`${flag} takes a whole number from ${min} to ${max}, not '${typed}'.`);
}
