/** Settings as if they had been typed: what stands in the file goes behind the flags and the environment. */
import type { Command } from 'commander';
import { learnUrl } from '../../core/secrets.ts';
import { factsOf, SERVICES, urlFlag } from '../../core/services.ts';
import { redactUrl } from '../../core/urls.ts';
import { readSettingsFile, type Values } from './settings.ts';

/** A value that holds, and what says so. */
export interface Origin {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

type Word = string | readonly string[];

/** What a setting would be as an option: its name on the command line, and what would be typed. */
function typedOf(values: Values, hasUrl: (service: string) => boolean): Map<string, Word> {
  const { backend, urls = {}, ...others } = values;
  const typed = new Map<string, Word>();
  if (backend !== undefined) {
    const perService =
      typeof backend === 'string' ? [] : Object.entries(backend).filter(([service]) => !hasUrl(service));
    typed.set('backend', typeof backend === 'string' ? [backend] : perService.map((pair) => pair.join('=')));
  }
  for (const [service, url] of Object.entries(urls)) typed.set(`${service}Url`, url);
  for (const [name, value] of Object.entries(others)) typed.set(name, String(value));
  return typed;
}

/** A command line, as far as it was read. */
export interface Given {
  readonly profile?: string | undefined;
  readonly backend?: readonly string[] | undefined;
  /** Whether a flag or a variable says it. */
  isGiven(name: string): boolean;
}

/** What settings say of all that a line leaves open, the nearest first. Throws a UsageError for what can't be meant. */
export async function settled({ profile, backend, isGiven }: Given): Promise<readonly Settled[]> {
  const settings = await readSettingsFile((profile ?? process.env.MSGPLAY_PROFILE) || undefined);
  const told: Settled[] = [];
  const isTold = (name: string): boolean => isGiven(name) || told.some((one) => one.name === name);
  let places = backend;
  for (const [values, from] of [
    [settings.profile, settings.profileIn],
    [settings.base, settings.baseIn],
  ] as const) {
    // Whoever says where all servers come from means those, too, that something further off names by a URL.
    const isSettled = places?.some((word) => !word.includes('=') && word !== 'url') ?? false;
    const words = [...typedOf(values, (service) => isTold(`${service}Url`))].filter(
      ([name, word]) => word.length > 0 && !isTold(name) && !(isSettled && name.endsWith('Url')),
    );
    for (const [name, word] of words) {
      told.push({ name, word, from });
      if (name === 'backend' && typeof word !== 'string') places = word;
    }
  }
  return told;
}

export interface Settled {
  /** As the option is called. */
  readonly name: string;
  readonly word: Word;
  readonly from: string;
}

/** Gives a parsed command line what it left open; tells all that holds, also what this command has no use for. */
export async function applySettings(parsed: Command): Promise<readonly Origin[]> {
  const { profile, backend } = parsed.opts<{ profile?: string; backend?: readonly string[] }>();
  const isGiven = (name: string): boolean => !['default', undefined].includes(parsed.getOptionValueSource(name));
  const found = await settled({ profile, backend, isGiven });
  const known = new Set(parsed.options.map((option) => option.attributeName()));
  const outside = fromOutside(parsed);
  for (const { name, word } of found) if (known.has(name)) parsed.setOptionValueWithSource(name, word, 'config');
  return [...outside, ...found.map(({ name, word, from }) => ({ name, value: shown(word), from }))];
}

/** What flags and variables say already. */
function fromOutside(parsed: Command): Origin[] {
  return parsed.options.flatMap((option) => {
    const name = option.attributeName();
    const source = parsed.getOptionValueSource(name);
    if (source !== 'cli' && source !== 'env') return [];
    const value = shown(parsed.getOptionValue(name));
    return [{ name, value, from: source === 'cli' ? (option.long ?? '') : (option.envVar ?? '') }];
  });
}

/** Options without a value are `true`. */
function shown(value: unknown): string {
  const words = (Array.isArray(value) ? value : [value]).map(String);
  for (const one of words) learnUrl(one);
  return words.map(redactUrl).join(', ');
}

/** The names of settings as people read them. */
export function settingName(name: string): string {
  const service = SERVICES.find((one) => `${one}Url` === name);
  return service === undefined ? name : `${factsOf(service).title} (${urlFlag(service)})`;
}
