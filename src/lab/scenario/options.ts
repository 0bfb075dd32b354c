/** The options of a scenario: declared once, they become flags with help, prompts, and typed values. */
import { UsageError } from '../../core/errors.ts';
import { parseNumber } from '../../core/text/numbers.ts';
import { didYouMean } from '../../core/text/suggest.ts';

/** A number within bounds, which are allowed themselves. */
export interface NumberOption {
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** A few words for the help: what it changes. */
  readonly help: string;
}

/** Off unless it is given. */
export interface FlagOption {
  readonly type: 'flag';
  /** A few words for the help: what it changes. */
  readonly help: string;
}

/** One of several words. */
export interface ChoiceOption<Choice extends string = string> {
  readonly type: 'choice';
  readonly choices: readonly Choice[];
  readonly default: Choice;
  /** A few words for the help: what it changes. */
  readonly help: string;
}

/** Any text. */
export interface TextOption {
  readonly type: 'text';
  readonly default: string;
  /** A few words for the help: what it changes. */
  readonly help: string;
}

/** How one option is declared. */
export type OptionSpec = NumberOption | FlagOption | ChoiceOption | TextOption;

/** Keyed by name in camelCase; `slowWorker` is the flag `--slow-worker`. */
export type OptionSpecs = { readonly [name: string]: OptionSpec };

/** The value of an option that is declared so. */
export type OptionValue<Spec extends OptionSpec> = Spec extends NumberOption
  ? number
  : Spec extends FlagOption
    ? boolean
    : Spec extends ChoiceOption<infer Choice>
      ? Choice
      : string;

/** The values of all options of a scenario, by name. */
export type OptionValues<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: OptionValue<Specs[Name]> };

/** What was typed for each option: nothing, a text, or `true` for a flag. */
export type RawOptions = { readonly [name: string]: string | boolean | undefined };

/** Turns what was typed into values; throws a UsageError that names the option, what is wrong, and what would do. */
export function readOptions<Specs extends OptionSpecs>(specs: Specs, raw: RawOptions): OptionValues<Specs> {
  const entries = Object.entries(specs).map(([name, spec]) => [name, readOption(name, spec, raw[name])]);
  return Object.fromEntries(entries) as OptionValues<Specs>;
}

export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function readOption(name: string, spec: OptionSpec, raw: string | boolean | undefined): number | boolean | string {
  switch (spec.type) {
    case 'flag':
      return raw === true || raw === 'true';
    case 'integer':
    case 'number':
      return raw === undefined ? spec.default : readNumber(name, spec, String(raw));
    case 'choice':
      return raw === undefined ? spec.default : readChoice(name, spec, String(raw));
    case 'text':
      return raw === undefined ? spec.default : String(raw);
  }
}

function readNumber(name: string, { type, min, max }: NumberOption, typed: string): number {
  const value = parseNumber(typed) ?? Number.NaN;
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  const right = type === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
  if (right && value >= min && value <= max) return value;
  throw new UsageError(`${flagOf(name)} takes ${kind} from ${min} to ${max}, not '${typed}'.`);
}

function readChoice(name: string, { choices }: ChoiceOption, typed: string): string {
  if (choices.includes(typed)) return typed;
  throw new UsageError(`${flagOf(name)} takes ${choices.join(', ')}, not '${typed}'.`, {
    hint: didYouMean(typed, choices),
  });
}
