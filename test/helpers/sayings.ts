/** What a scenario says, text by text, as it gives them to the lab. */
import { inEnglish, isText, type Text } from '../../src/core/language.ts';
import { type Choices, chosen, textsOf } from '../../src/lab/scenario/choices.ts';
import { readOptions } from '../../src/lab/scenario/options.ts';
import type { Lab, Scenario } from '../../src/lab/scenario/scenario.ts';

/** What was asked, and what the scenario answered. */
export interface Asked {
  readonly question: string;
  readonly choices: readonly string[];
  readonly answers: string[];
}

export interface Sayings {
  /** English texts, values as `{0}`, as a dictionary lists them. */
  readonly texts: Set<string>;
  /** Names and signs, which a dictionary may leave out: they are the same in every language. */
  readonly names: Set<string>;
  readonly asked: Asked[];
}

type Hear = (text: Text | number | undefined, kind?: 'data') => void;

/** The scenario, and a record of all that it says wherever it is played. */
export function listening(played: Scenario): { readonly scenario: Scenario; readonly sayings: Sayings } {
  const sayings: Sayings = { texts: new Set(), names: new Set(), asked: [] };
  const typed = Object.values(played.options).flatMap((spec) => (spec.type === 'choice' ? spec.choices : []));
  const hear: Hear = (text, kind) => {
    if (text === undefined || typeof text === 'number') return;
    const english = typeof text === 'string' ? text : text.template;
    // A single word in a table may be what was on the wire: `rejected`, `{"order":2}`.
    const isData = kind === 'data' && !/\s/.test(english);
    (isData || isName(english) || typed.includes(english) ? sayings.names : sayings.texts).add(english);
  };
  for (const { help } of Object.values(played.options)) hear(help);
  const scenario: Scenario = {
    ...played,
    about: (options) => {
      const text = played.about(options);
      hear(text);
      return text;
    },
    run: (lab, options) => played.run(overheard(lab, hear, sayings.asked), options),
  };
  return { scenario, sayings };
}

/** What is wrong with options that can't be meant together: a text for each of these that is refused. */
export function refusals({ options, validate }: Scenario, raws: Iterable<Record<string, string>>): Text[] {
  return [...raws].flatMap((raw) => validate?.(readOptions(options, raw)) ?? []);
}

function overheard(lab: Lab, hear: Hear, asked: Asked[]): Lab {
  return new Proxy(lab, {
    get(target, name) {
      switch (name as keyof Lab) {
        case 'step':
        case 'note':
        case 'until':
          return (text: Text, ...others: unknown[]) => {
            hear(text);
            return (target[name as 'step'] as (...all: unknown[]) => unknown).call(target, text, ...others);
          };
        case 'check':
          return (title: Text, passed: boolean, detail?: Text) => {
            hear(title);
            hear(detail);
            target.check(title, passed, detail);
          };
        case 'table':
          return (table: Parameters<Lab['table']>[0]) => {
            for (const one of [table.title, ...table.columns]) hear(isText(one) ? one : one.title);
            for (const cell of table.rows.flat()) hear(cell, 'data');
            target.table(table);
          };
        case 'predict':
          return async (question: Text, choices: Choices) => {
            const texts = textsOf(choices);
            for (const text of [question, ...texts]) hear(text);
            const answers: string[] = [];
            asked.push({ question: inEnglish(question), choices: texts.map(inEnglish), answers });
            const guess = await target.predict(question, texts);
            return {
              answer: (choice: Text | number, why: Text) => {
                hear(why);
                answers.push(inEnglish(chosen(choices, choice)));
                guess.answer(chosen(choices, choice), why);
              },
            };
          };
        default: {
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
      }
    },
  });
}

/** A name, a number or a sign is the same in every language: `worker-1`, `order.created`, `#`, `{0}`. */
function isName(text: string): boolean {
  return !/\p{Letter}/u.test(text) || /^[\w#*]+([-./:=][\w#*]+)+$/.test(text);
}
