/** `msgplay explain`: the idea of a scenario, a picture, what to look for, what to try; or what a word means. */
import { Chalk } from 'chalk';
import { plainTable, wrap } from '../core/columns.ts';
import { UsageError } from '../core/errors.ts';
import { findWords, namesLike, type Word } from '../core/glossary/index.ts';
import type { Language } from '../core/language.ts';
import { course, findLesson, scenarioNames } from '../lab/course.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { GUIDE_HEADINGS, type Guide } from '../lab/guide.ts';
import { flagOf, type OptionSpec } from '../lab/options.ts';
import { command, parse } from './_command.ts';
import { isFile } from './_files.ts';
import { addLanguageFlag, readLanguage } from './_language.ts';
import { print } from './_output.ts';
import { findScenario } from './_scenarios.ts';
import { terminalLook } from './_terminal.ts';

const ABOUT = 'Tells the idea of a scenario, what to look for in its trace, and what to try; or what a word means.';
const EXAMPLES = ['job-queue', 'prefetch', '312'].map((word) => `\n  msgplay explain ${word}`).join('');

export async function explain(args: readonly string[]): Promise<number> {
  const parser = command('explain', ABOUT);
  parser
    .argument('[scenario|word...]', 'a name, a file, or a word of a page')
    .addHelpText('after', `\nExamples:${EXAMPLES}`);
  addLanguageFlag(parser);
  const parsed = parse(parser, args);
  const name = parsed.args.join(' ').trim();
  if (name === '') {
    throw new UsageError('Which scenario, or which word?', { hint: 'See: msgplay list' });
  }
  const language = readLanguage(parsed.opts<{ lang?: string }>().lang);
  print(await textOf(name, language));
  return 0;
}

/** A scenario goes before a word of the same name: its guide says more. */
async function textOf(name: string, language: Language): Promise<string> {
  if (isFile(name) || (await findLesson(name))) {
    const found = await findScenario(name);
    const text = toText(found.declared, language);
    await found.close();
    return text;
  }
  const words = findWords(name);
  if (words.length > 0) return wordsText(words, language);
  const like = namesLike(name, await scenarioNames());
  throw new UsageError(`There is no scenario or word '${name}'.`, {
    hint: like.length > 0 ? `Did you mean ${alternatives(like)}?` : 'See: msgplay list',
  });
}

/** `ack, nack or acks`. */
function alternatives(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');
}

const SHOWN_BY: Record<Language, string> = { en: 'What shows it', ko: '볼 수 있는 곳' };

async function wordsText(words: readonly Word[], language: Language): Promise<string> {
  const { width, colorLevel } = terminalLook();
  const { bold, dim } = new Chalk({ level: colorLevel });
  const titles = new Map((await course()).map(({ scenario, guide }) => [scenario.name, guide[language].title]));
  const paragraphs = words.map(({ names: { en, ko }, meaning, shownBy }) => {
    const [head = '', ...others] = language === 'en' ? [...en, ...ko] : [en[0] ?? '', ...ko, ...en.slice(1)];
    const shown = shownBy.flatMap((line) => {
      const title = titles.get(line.split(' ')[0] ?? '');
      return title === undefined ? [] : [[`msgplay run ${line}`, title]];
    });
    return [
      bold(head),
      ...(others.length > 0 ? wrap(others.join(', '), width - 2).map((line) => `  ${dim(line)}`) : []),
      ...wrap(meaning[language], width - 2).map((line) => `  ${line}`),
      ...(shown.length > 0 ? ['', bold(SHOWN_BY[language]), ...indented(shown)] : []),
    ].join('\n');
  });
  return `${paragraphs.join('\n\n')}\n`;
}

const OPTIONS: Record<Language, string> = { en: 'Options', ko: '옵션' };

function toText({ name, title, explain, translations, options }: Declared, language: Language): string {
  const { bold } = new Chalk({ level: terminalLook().colorLevel });
  const translation = language === 'en' ? undefined : translations?.[language];
  const guide: Guide | undefined = translation?.guide ?? (explain && { title, ...explain });
  const [, lookHeading, tryHeading, productionHeading, readHeading] = GUIDE_HEADINGS[language];
  const section = (heading: string, lines: readonly string[] = []): string[] =>
    lines.length === 0 ? [] : [[bold(heading), ...lines].join('\n')];
  const rows = Object.entries(options).map(([option, spec]) => [
    flagOf(option),
    translation?.words[spec.help] ?? spec.help,
    rangeOf(spec),
  ]);
  const sections = [
    `${bold(name)}  ${guide?.title ?? title}`,
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

/** What an option accepts, and what it is when nobody says. */
export function rangeOf(spec: OptionSpec): string {
  switch (spec.type) {
    case 'flag':
      return '';
    case 'integer':
    case 'number':
      return `${spec.min} to ${spec.max}, default ${spec.default}`;
    case 'choice':
      return `${spec.choices.join(', ')}; default ${spec.default}`;
    case 'text':
      return `default ${spec.default}`;
  }
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return plainTable([], rows).map((line) => `  ${line}`);
}
