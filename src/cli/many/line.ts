/** What a line of `msgplay run` says: which scenarios to play, each with its options, and all else. */
import { type Command, CommanderError } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { flagOf, type RawOptions } from '../../lab/scenario/options.ts';
import { parse } from '../_command.ts';
import { isProgram } from '../_files.ts';
import type { Summary } from '../_scenarios.ts';
import {
  type Extensions,
  extensionNames,
  ownFlagsWithValues,
  ownNames,
  type RunFlags,
  runParser,
} from '../flags/run-flags.ts';
import type { Cast } from '../output/cast.ts';
import { ownScenarioNames } from '../own/folder.ts';
import { settled } from '../settings/apply.ts';
import { summaries } from '../written/summaries.ts';

/** Stands between scenarios that have options of their own. */
const COMMA = ',';

/** A scenario of a line, with what was typed for its options. Plain JSON. */
export interface Entry {
  readonly word: string;
  readonly raw: RawOptions;
}

export interface Line {
  readonly entries: readonly Entry[];
  /** What holds for all of them, wherever on the line it stands. */
  readonly flags: RunFlags;
}

/** Reads a line; the scenarios that it mentions are loaded, since their options are flags. Throws a UsageError. */
export async function readLine(args: readonly string[], cast: Cast): Promise<Line> {
  const known = await summaries();
  const extensions = await extensionNames();
  const parts: Part[] = [];
  for (const words of partsOf(args)) parts.push(await readPart(words, known, extensions, cast));
  const named = new Set(parts.flatMap((part) => part.named));
  const entries = parts.flatMap(({ named: first, selected, raw }) =>
    [...first, ...selected.filter((name) => !named.has(name))].map((word) => ({ word, raw })),
  );
  const flags = Object.assign({}, ...merged(parts)) as RunFlags;
  const isGiven = (name: string): boolean => parts.some(({ given }) => given.has(name));
  const found = await settled({ profile: flags.profile, backend: flags.backend, isGiven });
  return { entries, flags: Object.assign({}, flags, ...found.map(({ name, word }) => ({ [name]: word }))) };
}

/** What was typed for a scenario, of what it can do something with: `job-queue --crash`. */
export function labelOf({ name, options }: Pick<Summary, 'name' | 'options'>, raw: RawOptions): string {
  const words = Object.keys(options).flatMap((option) => {
    const typed = raw[option];
    if (typed === undefined || typed === false) return [];
    return typed === true ? [flagOf(option)] : [flagOf(option), String(typed)];
  });
  return [name, ...words].join(' ');
}

/** What stands between two commas, read. */
interface Part {
  readonly named: readonly string[];
  readonly selected: readonly string[];
  /** The options of its scenarios. */
  readonly raw: RawOptions;
  /** Our own flags, as far as they were given or have a default. */
  readonly own: { readonly [name: string]: unknown };
  /** Those that were given. */
  readonly given: ReadonlySet<string>;
}

function partsOf(args: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of args) {
    if (word === COMMA) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  if (parts.length > 1 && parts.some((part) => part.length === 0)) {
    throw new UsageError('A comma stands between two scenarios; here it has only one beside it.', {
      hint: 'For example: msgplay run job-queue --crash , pubsub --via redis',
    });
  }
  return parts;
}

async function readPart(
  args: readonly string[],
  known: readonly Summary[],
  extensions: Extensions,
  cast: Cast,
): Promise<Part> {
  const names = mentionedIn(args, new Set([...known.map(({ name }) => name), ...(await ownScenarioNames())]));
  const named = await cast.declared(names);
  // Whichever of them are selected: until the line is read, the options of any may stand on it.
  const isSelecting = args.some((word) => /^--(all|tag)(=|$)/.test(word));
  const others = isSelecting ? known.map(({ name }) => name).filter((name) => !names.includes(name)) : [];
  const mentioned = { named, selected: await cast.declared(others) };
  const parsed = await parseRun(runParser(extensions, mentioned), args);
  const all = parsed.opts<RunFlags>();
  const ours = ownNames(mentioned);
  const own = Object.entries(all).filter(([name]) => ours.has(name));
  return {
    named: parsed.args,
    selected: isSelecting ? selectedBy(all.tag ?? [], known) : [],
    raw: Object.fromEntries(Object.entries(all).filter(([name]) => !ours.has(name))) as RawOptions,
    own: Object.fromEntries(own),
    given: new Set(own.map(([name]) => name).filter((name) => parsed.getOptionValueSource(name) !== 'default')),
  };
}

/** All of them, or those with one of the tags, in the order of the course. */
function selectedBy(tags: readonly string[], known: readonly Summary[]): string[] {
  const all = [...new Set(known.flatMap((one) => one.tags))];
  const unknown = tags.find((tag) => !all.includes(tag));
  if (unknown !== undefined) {
    throw new UsageError(`No scenario has the tag '${unknown}'.`, {
      hint: didYouMean(unknown, all) ?? `There are ${all.join(', ')}.`,
    });
  }
  const selected = tags.length === 0 ? known : known.filter((one) => one.tags.some((tag) => tags.includes(tag)));
  return selected.map(({ name }) => name);
}

/** The flags of all parts: lists are joined, and of the others the last that was given counts. */
function merged(parts: readonly Part[]): object[] {
  const lists: { [name: string]: unknown[] } = {};
  for (const { own } of parts) {
    for (const [name, value] of Object.entries(own)) {
      if (Array.isArray(value)) lists[name] = [...(lists[name] ?? []), ...value];
    }
  }
  const given = parts.map((part) =>
    Object.fromEntries(Object.entries(part.own).filter(([name]) => part.given.has(name))),
  );
  return [...parts.map(({ own }) => own), ...given, lists];
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

/** The scenarios that a line mentions; what follows one of our own flags that want a value is that value. */
function mentionedIn(args: readonly string[], known: ReadonlySet<string>): string[] {
  const wantingValues = ownFlagsWithValues();
  const words = args.filter((word, index) => !word.startsWith('-') && !wantingValues.has(args[index - 1] ?? ''));
  return [...new Set(words)].filter((word) => known.has(word) || isProgram(word));
}
