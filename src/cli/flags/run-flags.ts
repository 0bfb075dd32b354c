/** The flags of `msgplay run`: its own, those about servers, and the options of the scenarios that a line mentions. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { showSecrets } from '../../core/secrets.ts';
import type { Declared } from '../../lab/guest/wire.ts';
import { flagOf, type OptionSpec, type RawOptions } from '../../lab/scenario/options.ts';
import { backendNames } from '../../lab/servers/provision.ts';
import { command } from '../_command.ts';
import { rangeOf } from '../explain.ts';
import { reporterNames } from '../output/reporters.ts';
import { isInteractive } from '../output/terminal.ts';
import { type Pace, readPace } from '../running/pace.ts';
import { readStepping, type StepFlags, type Stepping } from '../running/reader.ts';
import { addWebFlag } from '../web/flag.ts';
import { addBackendFlags, type BackendFlags, collect } from './backend-flags.ts';
import { addLookFlags, type LookFlags, type LookSettings, readLook } from './look-flags.ts';
import { readNumber } from './numbers.ts';

const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 86_400;
const MAX_SEED = 2 ** 31;
const MAX_REPEAT = 1_000_000;
const MAX_JOBS = 256;

export type StageFlags = BackendFlags &
  LookFlags & {
    readonly strictNames?: true;
    readonly showSecrets?: true;
    readonly pace?: string;
    readonly seed?: string;
    readonly timeout: string;
  };

export type RunFlags = StageFlags &
  StepFlags &
  RawOptions & {
    readonly all?: true;
    readonly tag?: readonly string[];
    readonly jobs?: string;
    /** The same, where `--jobs` is an option of a scenario. */
    readonly j?: string;
    readonly repeat?: string;
    readonly untilFailure?: true;
    readonly failFast?: true;
  };

/** What the flags say about every scenario of a line. */
export interface RunSettings extends LookSettings {
  readonly strictNames: boolean;
  readonly stepping: Stepping | undefined;
  readonly pace: Pace | undefined;
  readonly timeoutMs: number;
}

/** Throws a UsageError for what can't be meant. */
export function readSettings(flags: StageFlags & StepFlags): RunSettings {
  if (flags.showSecrets) showSecrets();
  return {
    ...readLook(flags),
    strictNames: flags.strictNames ?? false,
    stepping: readStepping(flags, isInteractive()),
    pace: flags.pace === undefined ? undefined : readPace(flags.pace),
    timeoutMs: readNumber('--timeout', flags.timeout, { min: 0.1, max: MAX_TIMEOUT_S, whole: false }) * 1000,
  };
}

/** How many runs a line makes of its scenarios, and in what manner. */
export interface Amount {
  /** Each scenario is run so often; infinite where only a failure ends it. */
  readonly repeat: number;
  readonly untilFailure: boolean;
  /** So many run at a time. */
  readonly jobs: number;
  /** Nothing more is begun once something has failed. */
  readonly failFast: boolean;
  /** Undefined where nobody chose: then each repetition has its own. */
  readonly seed: number | undefined;
}

/** Undefined where nobody chose. Throws a UsageError for what can't be meant. */
export function readSeed({ seed }: StageFlags): number | undefined {
  return seed === undefined ? undefined : readNumber('--seed', seed, { min: 0, max: MAX_SEED, whole: true });
}

/** Throws a UsageError for what can't be meant. */
export function readAmount(flags: RunFlags): Amount {
  const whole = (flag: string, typed: string | undefined, max: number): number | undefined =>
    typed === undefined ? undefined : readNumber(flag, typed, { min: 1, max, whole: true });
  const jobs = whole('--jobs', flags.jobs ?? flags.j, MAX_JOBS) ?? 1;
  const shown = (['step', 'pause', 'answers', 'pace'] as const).find((flag) => flags[flag] !== undefined);
  if (jobs > 1 && shown !== undefined) {
    throw new UsageError(`--${shown} follows a run while it happens: with --jobs ${jobs} several happen at a time.`, {
      hint: 'Leave one of them out.',
    });
  }
  const untilFailure = flags.untilFailure ?? false;
  return {
    repeat: whole('--repeat', flags.repeat, MAX_REPEAT) ?? (untilFailure ? Number.POSITIVE_INFINITY : 1),
    untilFailure,
    jobs,
    failFast: (flags.failFast ?? false) || untilFailure,
    seed: readSeed(flags),
  };
}

/** What flags can name, found by listing. */
export interface Extensions {
  readonly formats: readonly string[];
  readonly backends: readonly string[];
}

/** Where only the flags themselves matter. */
const NONE: Extensions = { formats: [], backends: [] };

export async function extensionNames(): Promise<Extensions> {
  const [formats, backends] = await Promise.all([reporterNames(), backendNames()]);
  return { formats, backends };
}

/** The scenarios that a line is about. */
export interface Mentioned {
  /** By their names. */
  readonly named: readonly Declared[];
  /** By `--all` or `--tag`. */
  readonly selected: readonly Declared[];
}

/**
 * Several scenarios have an option of this name. Where one of them is named, it is that scenario's, and ours is `-j`
 * alone.
 */
const JOBS = '--jobs';

const hasJobs = ({ options }: Declared): boolean => Object.keys(options).some((name) => flagOf(name) === JOBS);

export function runParser(extensions: Extensions, { named, selected }: Mentioned): Command {
  const parser = command('run', 'Runs scenarios and prints their trace.');
  parser
    .usage('<scenario|file>... [scenario options] [options] [, <scenario>...]')
    .argument('[scenario...]', 'names, or files of your own');
  parser.allowExcessArguments(true);
  const isTheirs = named.some(hasJobs);
  addScenarioOptions(parser, [...named, ...selected], isTheirs);
  addOwnOptions(parser, extensions, isTheirs);
  return parser.addHelpText('after', examplesOf(named));
}

/** The names under which a parser keeps what is said by our own flags. */
export function ownNames({ named }: Mentioned): ReadonlySet<string> {
  const { options } = addOwnOptions(command('run', ''), NONE, named.some(hasJobs));
  return new Set(options.map((option) => option.attributeName()));
}

function addOwnOptions(parser: Command, extensions: Extensions, isJobsTheirs = false): Command {
  parser.optionsGroup('Options:');
  parser
    .option('--all', 'run every scenario')
    .addOption(
      new Option('--tag <tag>', 'run those with this tag; msgplay list --json tells them (repeatable)').argParser(
        collect,
      ),
    )
    .option(`${isJobsTheirs ? '-j' : '-j, --jobs'} <number>`, 'run so many at a time; the output stays in order')
    .option('--repeat <number>', 'run each so often, with seeds 1, 2, 3, … unless --seed chooses one')
    .option('--until-failure', 'repeat until something fails; --repeat is the most then')
    .option('--fail-fast', 'begin nothing more once something has failed')
    .option('--watch', 'run again each time that a file of yours is saved')
    .option('--step', 'stop at each step, and ask what will happen')
    .option('--answers <numbers>', 'the answers to what it asks, like 1,3,2; needs no terminal')
    .option('--pause', 'stop at each step');
  return addStageFlags(parser, extensions, '; embedded,local runs on both and compares');
}

/** The flags about where and how scenarios are played, shared by the commands that play some. */
export function addStageFlags(parser: Command, { formats, backends }: Extensions, alsoOfBackends = ''): Command {
  parser.optionsGroup('Servers:');
  addBackendFlags(parser, backends, alsoOfBackends);
  parser.optionsGroup('Options:');
  parser
    .option('--strict-names', 'on a server of yours, end a run that makes something under a name not from lab.name')
    .option('--show-secrets', 'hide no passwords and tokens');
  addLookFlags(parser, formats);
  addWebFlag(parser);
  return parser
    .option('--pace <pace>', 'show it slowly: 1s for each event, or 10x slower than it was')
    .option('--seed <number>', 'the same seed makes the same random choices (default: 1)')
    .addOption(
      new Option('--timeout <seconds>', 'the longest one run may take').default(
        String(DEFAULT_TIMEOUT_S),
        String(DEFAULT_TIMEOUT_S),
      ),
    );
}

/** Our own flags that are followed by a value. */
export function ownFlagsWithValues(): ReadonlySet<string> {
  const { options } = addOwnOptions(command('run', ''), NONE);
  return new Set(
    options.flatMap(({ short, long, required }) => (required ? [short, long].filter((one) => one !== undefined) : [])),
  );
}

function addScenarioOptions(parser: Command, scenarios: readonly Declared[], isJobsTheirs: boolean): void {
  const own = ['--help', ...addOwnOptions(command('run', ''), NONE).options.map(({ long }) => long)];
  const seen = new Map<string, { readonly scenario: Declared; readonly spec: OptionSpec }>();
  for (const scenario of scenarios) {
    parser.optionsGroup(`Options of ${scenario.name}:`);
    for (const [name, spec] of Object.entries(scenario.options)) {
      const flag = flagOf(name);
      if (flag === JOBS && !isJobsTheirs) continue;
      // It could never be given.
      if (flag !== JOBS && own.includes(flag)) throw calledLikeOurs(flag, scenario);
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
  const help = range ? `${spec.help} (${range})` : spec.help;
  const option = new Option(spec.type === 'flag' ? flag : `${flag} <${spec.type}>`, help);
  // `--no-dlx` is the option `noDlx`, and not the end of an option `dlx`.
  option.negate = false;
  parser.addOption(option);
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
