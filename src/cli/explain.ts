/** `msgplay explain`: the idea of a scenario, a picture, what to look for, what to try. */
import { Chalk } from 'chalk';
import { plainTable } from '../core/columns.ts';
import { UsageError } from '../core/errors.ts';
import type { Language } from '../core/language.ts';
import type { Declared } from '../lab/guest/wire.ts';
import { GUIDE_HEADINGS, type Guide } from '../lab/guide.ts';
import { flagOf, type OptionSpec } from '../lab/options.ts';
import { command, parse } from './_command.ts';
import { addLanguageFlag, readLanguage } from './_language.ts';
import { print } from './_output.ts';
import { findScenario } from './_scenarios.ts';
import { terminalLook } from './_terminal.ts';

export async function explain(args: readonly string[]): Promise<number> {
  const parser = command('explain', 'Tells the idea of a scenario, what to look for in its trace, and what to try.');
  parser.argument('[scenario]', 'its name, or a file').addHelpText('after', '\nExample:\n  msgplay explain job-queue');
  addLanguageFlag(parser);
  const parsed = parse(parser, args);
  const [name] = parsed.args;
  if (name === undefined) {
    throw new UsageError('Which scenario?', { hint: 'See: msgplay list' });
  }
  const found = await findScenario(name);
  print(toText(found.declared, readLanguage(parsed.opts<{ lang?: string }>().lang)));
  await found.close();
  return 0;
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
