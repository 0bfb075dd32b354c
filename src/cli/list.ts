/** `msgplay list`: the scenarios. */
import type { Language } from '../core/language.ts';
import { addLanguageFlag, readLanguage } from './_language.ts';
import { print } from './_output.ts';
import { passedScenarios } from './_progress.ts';
import type { Summary } from './_scenarios.ts';
import { byChapter, summaries } from './_summaries.ts';

const HINT: Record<Language, string> = {
  en: 'Run the next: msgplay next    Run one: msgplay run pubsub    Learn about it: msgplay explain pubsub',
  ko: '다음 단원: msgplay next    실행: msgplay run pubsub    설명: msgplay explain pubsub',
};

export async function list(args: readonly string[]): Promise<number> {
  const { json, lang } = await read(args);
  const scenarios = await summaries();
  print(json ? `${JSON.stringify(scenarios, null, 2)}\n` : toText(scenarios, readLanguage(lang), passedScenarios()));
  return 0;
}

/** The parser loads where there is something to parse: to load it takes longer than all else. */
async function read(args: readonly string[]): Promise<{ json?: true; lang?: string }> {
  if (args.length === 0) return {};
  const { command, parse } = await import('./_command.ts');
  const parser = command('list', 'Lists the scenarios.').option('--json', 'as JSON');
  addLanguageFlag(parser);
  parser.addHelpText('after', '\nExample:\n  msgplay list --json');
  return parse(parser, args).opts();
}

/** A lesson that was run already has a tick. */
function toText(scenarios: readonly Summary[], language: Language, passed: ReadonlySet<string>): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const [chapter, members] of byChapter(scenarios, language)) {
    const rows = members.map(
      ({ name, title }) => `${passed.has(name) ? '✓' : ' '} ${name.padEnd(width)}  ${title[language]}`,
    );
    lines.push(chapter, ...rows, '');
  }
  lines.push(HINT[language]);
  return `${lines.join('\n')}\n`;
}
