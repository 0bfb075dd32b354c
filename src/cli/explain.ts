/** `msgplay explain`: the idea of a scenario, a picture, what to look for, what to try; or what a word means. */

import { UsageError } from '../core/errors.ts';
import { findWords, namesLike, type Word } from '../core/glossary/word.ts';
import type { Dictionary, Language } from '../core/language.ts';
import { plainTable, wrap } from '../core/text/columns.ts';
import { printableWithin } from '../core/text/printable.ts';
import { findPages, scenarioNames } from '../lab/scenario/course.ts';
import { GUIDE_HEADINGS, type Guide } from '../lab/scenario/guide.ts';
import { flagOf, type OptionSpec, type OptionSpecs } from '../lab/scenario/options.ts';
import { isFile } from './_files.ts';
import { addLanguageFlag, readLanguage } from './flags/language.ts';
import { print } from './output/output.ts';
import { styled, terminalLook } from './output/terminal.ts';
import { ownFile } from './own/folder.ts';
import { hasSettings } from './settings/place.ts';
import { glossary } from './written/glossary.ts';
import { summaries } from './written/summaries.ts';

const ABOUT = 'Tells the idea of a scenario, what to look for in its trace, and what to try; or what a word means.';
const EXAMPLES = ['job-queue', 'prefetch', '312'].map((word) => `\n  msgplay explain ${word}`).join('');

export async function explain(args: readonly string[]): Promise<number> {
  const { words, lang } = await read(args);
  const name = words.join(' ').trim();
  if (name === '') {
    throw new UsageError('Which scenario, or which word?', { hint: 'See: msgplay list' });
  }
  print(await textOf(name, readLanguage(lang)));
  return 0;
}

/** The parser loads where there is something to parse: to load it takes longer than all else. */
async function read(args: readonly string[]): Promise<{ words: readonly string[]; lang?: string | undefined }> {
  if (!args.some((word) => word.startsWith('-')) && !hasSettings()) return { words: args };
  const { command, parse } = await import('./_command.ts');
  const parser = command('explain', ABOUT);
  parser
    .argument('[scenario|word...]', 'a name, a file, or a word of a page')
    .addHelpText('after', `\nExamples:${EXAMPLES}`);
  addLanguageFlag(parser);
  const parsed = parse(parser, args);
  await (await import('./settings/apply.ts')).applySettings(parsed);
  return { words: parsed.args, lang: parsed.opts<{ lang?: string }>().lang };
}

/** What there is to tell of a scenario or a word. A scenario goes before a word of the same name: its guide says more. */
export async function textOf(name: string, language: Language): Promise<string> {
  if (isFile(name)) return fileText(name, language);
  const own = await ownFile(name);
  if (own !== undefined) return fileText(own, language);
  const known = await summaries();
  const summary = known.find((one) => one.name === name);
  const pages = summary && (await findPages(name));
  if (pages) {
    const { words, guide } = pages;
    return toText(
      { ...summary, title: guide.en.title, guide: guide[language], words: language === 'ko' ? words : {} },
      language,
    );
  }
  const words = await glossary();
  const found = findWords(words, name);
  if (found.length > 0)
    return wordsText(found, language, new Map(known.map(({ name, title }) => [name, title[language]])));
  const like = namesLike(words, name, await scenarioNames());
  throw new UsageError(`There is no scenario or word '${name}'.`, {
    hint: like.length > 0 ? `Did you mean ${alternatives(like)}?` : 'See: msgplay list',
  });
}

/** A scenario file explains itself, or not. */
async function fileText(file: string, language: Language): Promise<string> {
  const { findScenario } = await import('./_scenarios.ts');
  const found = await findScenario(file);
  const { name, title, options, explain: own, translations } = printableWithin(found.declared);
  await found.close();
  const translation = language === 'en' ? undefined : translations?.[language];
  const guide = translation?.guide ?? (own && { title, ...own });
  return toText({ name, title, options, guide, words: translation?.words ?? {} }, language);
}

/** `ack, nack or acks`. */
function alternatives(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');
}

const SHOWN_BY: Record<Language, string> = { en: 'What shows it', ko: '볼 수 있는 곳' };

function wordsText(words: readonly Word[], language: Language, titles: ReadonlyMap<string, string>): string {
  const { width } = terminalLook();
  const paragraphs = words.map(({ names: { en, ko }, meaning, shownBy }) => {
    const [head = '', ...others] = language === 'en' ? [...en, ...ko] : [en[0] ?? '', ...ko, ...en.slice(1)];
    const shown = shownBy.flatMap((line) => {
      const title = titles.get(line.split(' ')[0] ?? '');
      return title === undefined ? [] : [[`msgplay run ${line}`, title]];
    });
    return [
      styled('bold', head),
      ...(others.length > 0 ? wrap(others.join(', '), width - 2).map((line) => `  ${styled('dim', line)}`) : []),
      ...wrap(meaning[language], width - 2).map((line) => `  ${line}`),
      ...(shown.length > 0 ? ['', styled('bold', SHOWN_BY[language]), ...indented(shown)] : []),
    ].join('\n');
  });
  return `${paragraphs.join('\n\n')}\n`;
}

const OPTIONS: Record<Language, string> = { en: 'Options', ko: '옵션' };

interface Explained {
  readonly name: string;
  readonly title: string;
  readonly options: OptionSpecs;
  readonly guide: Guide | undefined;
  /** What its options' help is in the language. */
  readonly words: Dictionary;
}

function toText({ name, title, options, guide, words }: Explained, language: Language): string {
  const [, lookHeading, tryHeading, productionHeading, readHeading] = GUIDE_HEADINGS[language];
  const section = (heading: string, lines: readonly string[] = []): string[] =>
    lines.length === 0 ? [] : [[styled('bold', heading), ...lines].join('\n')];
  const rows = Object.entries(options).map(([option, spec]) => [
    flagOf(option),
    words[spec.help] ?? spec.help,
    rangeOf(spec, language),
  ]);
  const sections = [
    `${styled('bold', name)}  ${guide?.title ?? title}`,
    ...(guide ? [guide.idea, guide.picture] : []),
    ...section(
      lookHeading,
      guide?.look.map((line) => `  • ${line}`),
    ),
    ...section(OPTIONS[language], rows.length > 0 ? indented(rows) : []),
    ...section(tryHeading, guide && indented(guide.try.map(({ command: line, shows }) => [line, shows]))),
    ...section(productionHeading, guide?.production?.split('\n')),
    ...section(
      readHeading,
      guide?.read?.map(({ title: page, url }) => `  ${page}: ${url}`),
    ),
  ];
  return `${sections.filter((one) => one !== '').join('\n\n')}\n`;
}

/** What an option accepts. */
export function limitsOf(spec: OptionSpec, language: Language = 'en'): string {
  switch (spec.type) {
    case 'integer':
    case 'number':
      return language === 'ko' ? `${spec.min}~${spec.max}` : `${spec.min} to ${spec.max}`;
    case 'choice':
      return spec.choices.join(', ');
    default:
      return '';
  }
}

const USUALLY: Record<Language, string> = { en: 'default', ko: '기본값' };

/** What an option accepts, and what it is when nobody says. */
export function rangeOf(spec: OptionSpec, language: Language = 'en'): string {
  if (spec.type === 'flag') return '';
  const usually = `${USUALLY[language]} ${spec.default}`;
  const limits = limitsOf(spec, language);
  return limits === '' ? usually : `${limits}${spec.type === 'choice' ? '; ' : ', '}${usually}`;
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return plainTable([], rows).map((line) => `  ${line}`);
}
