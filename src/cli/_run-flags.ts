/** The flags of `msgplay run`: its own, those about servers, and the options of the scenarios that a line mentions. */
import { type Command, Option } from 'commander';
import { UsageError } from '../core/errors.ts';
import { parseNumber } from '../core/numbers.ts';
import { showSecrets } from '../core/secrets.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { flagOf, type OptionSpec, type RawOptions } from '../lab/options.ts';
import { addBackendFlags, type BackendFlags } from './_backend-flags.ts';
import { command } from './_command.ts';
import { addLookFlags, type LookFlags, type LookSettings, readLook } from './_look-flags.ts';
import { type Pace, readPace } from './_pace.ts';
import { readStepping, type StepFlags, type Stepping } from './_reader.ts';
import { isInteractive } from './_terminal.ts';
import { rangeOf } from './explain.ts';

const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 86_400;
const MAX_SEED = 2 ** 31;

export type RunFlags = BackendFlags &
  LookFlags &
  StepFlags &
  RawOptions & {
    readonly all?: true;
    readonly strictNames?: true;
    readonly showSecrets?: true;
    readonly pace?: string;
    readonly seed: string;
    readonly timeout: string;
  };

/** What the flags say about every scenario of a line. */
export interface Settings extends LookSettings {
  readonly strictNames: boolean;
  readonly stepping: Stepping | undefined;
  readonly pace: Pace | undefined;
  readonly seed: number;
  readonly timeoutMs: number;
}

/** Throws a UsageError for what can't be meant. */
export function readSettings(flags: RunFlags): Settings {
  if (flags.showSecrets) showSecrets();
  return {
    ...readLook(flags),
    strictNames: flags.strictNames ?? false,
    stepping: readStepping(flags, isInteractive()),
    pace: flags.pace === undefined ? undefined : readPace(flags.pace),
    seed: readNumber('--seed', flags.seed, { min: 0, max: MAX_SEED, whole: true }),
    timeoutMs: readNumber('--timeout', flags.timeout, { min: 0.1, max: MAX_TIMEOUT_S, whole: false }) * 1000,
  };
}

export function runParser(formats: readonly string[], scenarios: readonly Declared[]): Command {
  const parser = command('run', 'Runs scenarios and prints their trace.');
  parser
    .usage('<scenario|file>... [scenario options] [options]')
    .argument('[scenario...]', 'names, or files of your own');
  parser.allowExcessArguments(true);
  addScenarioOptions(parser, scenarios);
  addOwnOptions(parser, formats);
  return parser.addHelpText('after', examplesOf(scenarios));
}

function addOwnOptions(parser: Command, formats: readonly string[]): Command {
  parser.optionsGroup('Servers:');
  addBackendFlags(parser);
  parser.optionsGroup('Options:');
  parser
    .option('--all', 'run every scenario')
    .option('--strict-names', 'on a server of yours, end a run that makes something under a name not from lab.name')
    .option('--show-secrets', 'hide no passwords and tokens');
  addLookFlags(parser, formats);
  parser
    .option('--step', 'stop at each step, and ask what will happen')
    .option('--answers <numbers>', 'the answers to what it asks, like 1,3,2; needs no terminal')
    .option('--pause', 'stop at each step')
    .option('--pace <pace>', 'show it slowly: 1s for each event, or 10x slower than it was');
  return parser
    .addOption(new Option('--seed <number>', 'the same seed makes the same random choices').default('1', '1'))
    .addOption(
      new Option('--timeout <seconds>', 'the longest one run may take').default(
        String(DEFAULT_TIMEOUT_S),
        String(DEFAULT_TIMEOUT_S),
      ),
    );
}

/** Our own flags that are followed by a value. */
export function ownFlagsWithValues(): ReadonlySet<string> {
  const { options } = addOwnOptions(command('run', ''), []);
  return new Set(options.flatMap(({ long, required }) => (required && long ? [long] : [])));
}

function addScenarioOptions(parser: Command, scenarios: readonly Declared[]): void {
  const own = ['--help', ...addOwnOptions(command('run', ''), []).options.map(({ long }) => long)];
  const seen = new Map<string, { readonly scenario: Declared; readonly spec: OptionSpec }>();
  for (const scenario of scenarios) {
    parser.optionsGroup(`Options of ${scenario.name}:`);
    for (const [name, spec] of Object.entries(scenario.options)) {
      const flag = flagOf(name);
      // It could never be given.
      if (own.includes(flag)) throw calledLikeOurs(flag, scenario);
      const other = seen.get(flag);
      // Two scenarios may have an option of the same name; each reads it in its own way.
      if (!other) addScenarioOption(parser, flag, spec);
      else if ((other.spec.type === 'flag') !== (spec.type === 'flag')) throw clash(flag, other.scenario, scenario);
      seen.set(flag, { scenario, spec });
    }
  }
}

function addScenarioOption(parser: Command, flag: string, spec: OptionSpec): void {
  const range = rangeOf(spec);
  parser.option(spec.type === 'flag' ? flag : `${flag} <${spec.type}>`, range ? `${spec.help} (${range})` : spec.help);
}

function clash(flag: string, one: Declared, other: Declared): UsageError {
  return new UsageError(`${one.name} and ${other.name} mean different things by ${flag}: one wants a value, one not.`, {
    hint: 'Run them one after the other.',
  });
}

function calledLikeOurs(flag: string, scenario: Declared): UsageError {
  return new UsageError(`The option ${flag} of ${scenario.name} is called like one of msgplay's own.`, {
    hint: 'Give it another name in the scenario.',
  });
}

/** Examples of the scenario asked for. */
function examplesOf(scenarios: readonly Declared[]): string {
  const own = scenarios.flatMap(({ explain }) => (explain?.try ?? []).map(({ command: line }) => line));
  const lines = own.length > 0 ? own.slice(0, 3) : ['msgplay run job-queue --crash --backend local'];
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

export function readNumber(
  flag: string,
  typed: string,
  { min, max, whole }: { min: number; max: number; whole: boolean },
) {
  const value = parseNumber(typed);
  if (value !== undefined && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${flag} takes ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, not '${typed}'.`);
}
