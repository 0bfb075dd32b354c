/** `msgplay` on a terminal: pick a scenario, and its options where they matter; then run it, and say how to without asking. */
import { emitKeypressEvents } from 'node:readline';
import { type Language, languageOf } from '../core/language.ts';
import { SERVICE_TITLES, SERVICES, type Service } from '../core/services.ts';
import { printable } from '../core/text/printable.ts';
import { course, type Lesson } from '../lab/scenario/course.ts';
import { flagOf, type OptionSpec, type OptionSpecs, type RawOptions, readOptions } from '../lab/scenario/options.ts';
import { needsOf } from '../lab/scenario/scenario.ts';
import { backendNames, loadBackend } from '../lab/servers/provision.ts';
import { openFile, type Summary } from './_scenarios.ts';
import { limitsOf, textOf } from './explain.ts';
import { print, remark } from './output/output.ts';
import { passedScenarios } from './output/progress.ts';
import { type Ask, asking, heading } from './output/prompts.ts';
import { type OwnScenario, ownScenarios } from './own/scenarios.ts';
import { runCommand } from './run.ts';
import { byChapter } from './written/summaries.ts';

/** What the picker leaves to flags: a URL has to be typed anyway. */
const NOT_OFFERED = 'url';

interface Words {
  readonly what: string;
  readonly next: string;
  readonly run: string;
  readonly change: string;
  readonly explain: string;
  readonly whence: (titles: string) => string;
  readonly same: string;
}

const WORDS: Record<Language, Words> = {
  en: {
    what: 'What do you want to see? (type to search, Esc leaves)',
    next: 'What now?',
    run: 'run it',
    change: 'change options',
    explain: 'explain it',
    whence: (titles) => `Where should ${titles} come from?`,
    same: 'The same without questions',
  },
  ko: {
    what: '무엇을 볼까? (입력하면 찾고, Esc로 나간다)',
    next: '이제 무엇을 할까?',
    run: '실행',
    change: '옵션 바꾸기',
    explain: '설명',
    whence: (titles) => `${titles} 서버는 어디서 가져올까?`,
    same: '질문 없이 똑같이 하려면',
  },
};

/** Escape leaves, as Ctrl-C does. */
const leaving = new AbortController();

function onKey(_text: string, { name }: { readonly name?: string } = {}): void {
  if (name === 'escape') leaving.abort();
}

/** Asks, runs, and resolves with the exit code; 130 when the person leaves instead. */
export async function pick(): Promise<number> {
  let words: string[];
  const language = languageOf(process.env);
  emitKeypressEvents(process.stdin);
  process.stdin.on('keypress', onKey);
  try {
    const [lessons, own] = await Promise.all([course(), ownScenarios(openFile)]);
    words = await pickWords(
      [...lessons.map((lesson) => lessonOffer(lesson, language)), ...own.flatMap(ownOffer(language))],
      language,
      asking(language, leaving.signal),
    );
  } catch (error) {
    // Ctrl-C or Escape while a question stands.
    if (error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name)) return 130;
    throw error;
  } finally {
    process.stdin.off('keypress', onKey);
  }
  remark(`\n${WORDS[language].same}: msgplay run ${words.join(' ')}\n`);
  return runCommand(words);
}

/** A scenario that can be picked. */
interface Offer {
  readonly name: string;
  readonly title: string;
  /** What is found by, besides. */
  readonly alias: string;
  readonly chapter: Summary['chapter'];
  readonly idea: string;
  readonly options: OptionSpecs;
  readonly helpOf: (spec: OptionSpec) => string;
  readonly needs: (typed: RawOptions) => readonly Service[];
}

function lessonOffer({ scenario, chapter, guide }: Lesson, language: Language): Offer {
  const words = language === 'en' ? undefined : scenario.translations?.[language]?.words;
  return {
    name: scenario.name,
    title: guide[language].title,
    alias: scenario.title,
    chapter: chapter.title,
    idea: guide[language].idea,
    options: scenario.options,
    helpOf: ({ help }) => words?.[help] ?? help,
    needs: (typed) => needsOf(scenario, readOptions(scenario.options, typed)),
  };
}

/** One in ./msgplay/, where it can be run by its name. */
const ownOffer =
  (language: Language) =>
  (own: OwnScenario): Offer[] => {
    // What can't be shown can't be chosen either.
    if (own.hidden || !('summary' in own) || own.name !== printable(own.name)) return [];
    const { name, title, chapter, options, needs } = own.summary;
    const offer = { name, title: title[language], alias: own.file, chapter, idea: '', options };
    return [
      { ...offer, helpOf: ({ help }) => printable(help), needs: () => SERVICES.filter((one) => needs.includes(one)) },
    ];
  };

/** What to type behind `msgplay run`. */
async function pickWords(offers: readonly Offer[], language: Language, ask: Ask): Promise<string[]> {
  const { what, next, run, change, explain } = WORDS[language];
  const passed = passedScenarios();
  const chosen = (await ask({
    type: 'search',
    message: what,
    pageSize: 20,
    default: offers.find(({ name }) => !passed.has(name)),
    source: (term: string | undefined) => choices(offers, term ?? '', language, passed),
  })) as Offer;
  for (;;) {
    const act = await ask({
      type: 'select',
      message: next,
      choices: [
        { name: run, value: 'run' },
        { name: change, value: 'change' },
        { name: explain, value: 'explain' },
      ],
    });
    if (act === 'run') return [chosen.name];
    if (act === 'change') return [chosen.name, ...(await askOptions(chosen, language, ask))];
    print(`\n${await textOf(chosen.name, language)}\n`);
  }
}

/** The options that are to be other than usual, as flags. */
async function askOptions(chosen: Offer, language: Language, ask: Ask): Promise<string[]> {
  const typed: { [name: string]: string | boolean } = {};
  for (const [name, spec] of Object.entries(chosen.options)) {
    const answer = await askOption(spec, chosen.helpOf(spec), language, ask);
    if (answer !== undefined) typed[name] = answer;
  }
  const flags = Object.entries(typed).flatMap(([name, value]) => [
    flagOf(name),
    ...(value === true ? [] : [String(value)]),
  ]);
  return [...flags, ...(await askBackend(chosen.needs(typed), language, ask))];
}

/** The scenarios under their chapters; those that a search term is about. */
function choices(offers: readonly Offer[], term: string, language: Language, passed: ReadonlySet<string>): object[] {
  const wanted = term.toLowerCase().split(/\s+/).filter(Boolean);
  const having = (saidOf: (offer: Offer) => string) =>
    offers.filter((offer) => wanted.every((word) => saidOf(offer).toLowerCase().includes(word)));
  const named = having(({ name, title, alias, chapter }) => [name, title, alias, chapter[language]].join(' '));
  // Where no title is about it, an explanation may be.
  const matching = named.length > 0 ? named : having(({ idea }) => idea);
  const width = Math.max(...offers.map(({ name }) => name.length));
  return [...byChapter(matching, language)].flatMap(([title, members]) => [
    heading(title),
    ...members.map((offer) => ({
      name: `${passed.has(offer.name) ? '✓' : ' '} ${offer.name.padEnd(width)}  ${printable(offer.title)}`,
      short: offer.name,
      value: offer,
      description: offer.idea.replace(/\s+/g, ' ').split('. ')[0]?.replace(/\.?$/, '.'),
    })),
  ]);
}

/** Asks for one option; gives what to type for it, or nothing where the default was kept. */
async function askOption(
  spec: OptionSpec,
  help: string,
  language: Language,
  ask: Ask,
): Promise<string | true | undefined> {
  // What it is when nobody says, the question shows by itself; a choice shows what there is to choose from, too.
  const limits = spec.type === 'choice' ? '' : limitsOf(spec, language);
  const message = spec.type === 'flag' ? `${help}?` : limits === '' ? help : `${help} (${limits})`;
  if (spec.type === 'flag') {
    return (await ask({ type: 'confirm', message, default: false })) ? true : undefined;
  }
  const { default: usual } = spec;
  const answer = await ask(inputFor(spec, message));
  return answer === usual ? undefined : String(answer);
}

function fit(choices: readonly string[]): { readonly name: string; readonly value: string }[] {
  return choices.map((value) => ({ name: printable(value), value }));
}

function inputFor(spec: Exclude<OptionSpec, { type: 'flag' }>, message: string) {
  switch (spec.type) {
    case 'choice':
      return { message, type: 'select' as const, choices: fit(spec.choices), default: spec.default };
    case 'text':
      return { message, type: 'input' as const, default: spec.default };
    default: {
      const step = spec.type === 'integer' ? 1 : ('any' as const);
      return { message, type: 'number' as const, default: spec.default, min: spec.min, max: spec.max, step };
    }
  }
}

/** Where the servers come from; what can't be had here is shown with its reason. */
async function askBackend(needs: readonly Service[], language: Language, ask: Ask): Promise<string[]> {
  if (needs.length === 0) return [];
  const names = (await backendNames()).filter((name) => name !== NOT_OFFERED);
  const choices = await Promise.all(
    names.map(async (value) => {
      const { title, services, probe } = await loadBackend(value);
      const found = await Promise.all(needs.filter((one) => services.includes(one)).map((one) => probe(one, {})));
      const missing = found.find(({ available }) => !available);
      return {
        name: `${value.padEnd(10)} ${title[language]}`,
        short: value,
        value,
        ...(missing && !missing.available ? { disabled: printable(missing.why) } : {}),
      };
    }),
  );
  const titles = needs.map((service) => SERVICE_TITLES[service]).join(language === 'ko' ? ', ' : ' and ');
  const message = WORDS[language].whence(titles);
  const backend = await ask({ type: 'select', message, choices, default: 'embedded' });
  return backend === 'embedded' ? [] : ['--backend', backend as string];
}
