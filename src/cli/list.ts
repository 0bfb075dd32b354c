/** `msgplay list`: the scenarios. */
import type { Language } from '../core/language.ts';
import { printable, printableJson } from '../core/text/printable.ts';
import type { Summary } from './_scenarios.ts';
import { addLanguageFlag, readLanguage } from './flags/language.ts';
import { print } from './output/output.ts';
import { passedScenarios } from './output/progress.ts';
import { hasOwn, OWN_CHAPTER } from './own/folder.ts';
import type { OwnScenario } from './own/scenarios.ts';
import { hasSettings } from './settings/place.ts';
import { byChapter, summaries } from './written/summaries.ts';

const HINT: Record<Language, string> = {
  en: 'Run the next: msgplay next    Run one: msgplay run pubsub    Learn about it: msgplay explain pubsub',
  ko: '다음 단원: msgplay next    실행: msgplay run pubsub    설명: msgplay explain pubsub',
};

const HIDDEN: Record<Language, (file: string) => string> = {
  en: (file) => `✗ msgplay has a scenario of this name; run yours by its file: msgplay run ${file}`,
  ko: (file) => `✗ 같은 이름의 시나리오가 msgplay에 있다. 파일로 실행한다: msgplay run ${file}`,
};

export async function list(args: readonly string[]): Promise<number> {
  const { json, lang } = await read(args);
  const ours = await summaries();
  const own = hasOwn() ? await ownScenarios() : [];
  if (json) {
    const found = own.flatMap((one) => ('summary' in one ? [one.summary] : []));
    const all = [...ours, ...found.map((one, index) => ({ ...one, order: ours.length + index + 1 }))];
    print(`${printableJson(all, 2)}\n`);
  } else {
    const language = readLanguage(lang);
    print(`${toText(ours, language, passedScenarios())}${ownText(own, language)}${HINT[language]}\n`);
  }
  return 0;
}

/** The parser loads where there is something to parse: to load it takes longer than all else. */
async function read(args: readonly string[]): Promise<{ json?: true; lang?: string }> {
  if (args.length === 0 && !hasSettings()) return {};
  const [{ command, parse }, { applySettings }] = await Promise.all([
    import('./_command.ts'),
    import('./settings/apply.ts'),
  ]);
  const parser = command('list', 'Lists the scenarios.').option('--json', 'as JSON');
  addLanguageFlag(parser);
  parser.addHelpText('after', '\nExample:\n  msgplay list --json');
  const parsed = parse(parser, args);
  await applySettings(parsed);
  return parsed.opts();
}

async function ownScenarios(): Promise<OwnScenario[]> {
  const [{ ownScenarios: all }, { openFile }] = await Promise.all([
    import('./own/scenarios.ts'),
    import('./_scenarios.ts'),
  ]);
  return all(openFile);
}

/** Those in ./msgplay/ under a heading of their own, also those that can't be run by their names, with why. */
function ownText(own: readonly OwnScenario[], language: Language): string {
  if (own.length === 0) return '';
  const width = Math.max(...own.map(({ name }) => name.length));
  const rows = own.map((one) => `  ${printable(one.name).padEnd(width)}  ${printable(toldOf(one, language))}`);
  return `${[OWN_CHAPTER[language], ...rows, ''].join('\n')}\n`;
}

function toldOf(one: OwnScenario, language: Language): string {
  if (one.hidden) return HIDDEN[language](one.file);
  return 'summary' in one ? one.summary.title[language] : `✗ ${one.wrong}`;
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
  return `${lines.join('\n')}\n`;
}
