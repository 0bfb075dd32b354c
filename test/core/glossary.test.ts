/** Whatever a page can show has a word in the glossary. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../../src/core/events.ts';
import { WORDS } from '../../src/core/glossary/index.ts';
import * as glossary from '../../src/core/glossary/word.ts';
import { LANGUAGES } from '../../src/core/language.ts';
import { course } from '../../src/lab/scenario/course.ts';
import { flagOf } from '../../src/lab/scenario/options.ts';
import { REPLY_CODES } from '../../src/protocols/amqp/faults.ts';
import { METHODS } from '../../src/protocols/amqp/methods.ts';
import { OPCODES } from '../../src/protocols/websocket/frame.ts';
import { signOf } from '../../src/reporters/page/palette.ts';
import { wordsIn } from '../../src/reporters/words/words.ts';

/** All of them: the compiler counts. */
const STAGES: Record<Stage, true> = {
  published: true,
  routed: true,
  unroutable: true,
  returned: true,
  confirmed: true,
  queued: true,
  delivered: true,
  acked: true,
  nacked: true,
  requeued: true,
  redelivered: true,
  rejected: true,
  'dead-lettered': true,
  expired: true,
  dropped: true,
  discarded: true,
  requested: true,
  responded: true,
  pushed: true,
  sent: true,
  received: true,
};

const findWords = (name: string) => glossary.findWords(WORDS, name);
const namesLike = (typed: string, others: readonly string[]) => glossary.namesLike(WORDS, typed, others);
const unknown = (names: readonly string[]): string[] => names.filter((name) => findWords(name).length === 0);

test('each word has a meaning in both languages, and is named once', () => {
  for (const { names, meaning } of WORDS) {
    const label = names.en[0];
    expect(meaning.ko, label).toMatch(/[가-힣]/);
    expect(meaning.en, label).not.toMatch(/[가-힣]/);
    expect(
      names.ko.every((name) => /[가-힣]/.test(name)),
      label,
    ).toBe(true);
    const all = [...names.en, ...names.ko];
    expect(new Set(all).size, label).toBe(all.length);
    // A sentence or three: what fits below the word.
    for (const text of Object.values(meaning)) expect(text, label).toMatch(/^.{10,280}[.")}]$/);
  }
});

test('every stage of a message, and its sign', () => {
  const stages = Object.keys(STAGES) as Stage[];
  expect(unknown([...stages, ...stages.map(signOf)])).toEqual([]);
});

test('every word that a page explains where it first uses it', () => {
  for (const part of ['meanings', 'commands', 'commandOptions'] as const) {
    const words = Object.keys(wordsIn('en')[part]);
    expect(unknown(words)).toEqual([]);
    expect(Object.keys(wordsIn('ko')[part])).toEqual(words);
  }
  for (const language of LANGUAGES) {
    const { terms, toPublisher, ofStream } = wordsIn(language);
    const told = [...Object.values(terms), ...Object.values(toPublisher), ...Object.values(ofStream)];
    expect(unknown(told.map(([name]) => name))).toEqual([]);
  }
});

test('every method and every reply code of AMQP', () => {
  expect(unknown([...Object.keys(METHODS), ...Object.keys(REPLY_CODES), ...Object.values(REPLY_CODES)])).toEqual([]);
});

test('every kind of WebSocket frame but the continuation, which tells nothing', () => {
  const { continuation: _, ...others } = OPCODES;
  expect(unknown(Object.keys(others))).toEqual([]);
});

/** https://stomp.github.io/stomp-specification-1.2.html */
test('every command of STOMP 1.2', () => {
  const client = 'CONNECT STOMP SEND SUBSCRIBE UNSUBSCRIBE ACK NACK BEGIN COMMIT ABORT DISCONNECT';
  expect(unknown(`${client} CONNECTED MESSAGE RECEIPT ERROR`.split(' '))).toEqual([]);
});

test('words are found in either language, however their case and hyphens are written', () => {
  const meant = (name: string): string | undefined => findWords(name)[0]?.names.en[0];
  expect(meant('Dead Letter')).toBe('dead letter');
  expect(meant('deadletter')).toBe('dead letter');
  expect(meant('라우팅 키')).toBe('routing key');
  expect(meant('라우팅키')).toBe('routing key');
  expect(meant('')).toBeUndefined();
});

test('a word of several protocols means several things; as it is written comes first', () => {
  expect(findWords('ACK').map(({ names }) => names.en[0])).toEqual(['ACK', 'ack']);
  expect(findWords('ack').map(({ names }) => names.en[0])).toEqual(['ack', 'ACK']);
});

test('names like the one that was typed, nearest first, each once', () => {
  expect(namesLike('prefech', [])).toEqual(['prefetch']);
  expect(namesLike('akc', ['acks'])[0]).toBe('ack');
  expect(namesLike('프리패치', [])).toEqual(['프리페치']);
  expect(namesLike('qqqqqq', [])).toEqual([]);
});

/** What a guide marks as code: a word that `explain` knows, unless it is a command line, or a value of the scenario's own. */
const CODE = /`([^`\n]+)`/g;
const lessons = await course();
const scenarioNames = lessons.map(({ scenario }) => scenario.name);

describe.each(lessons.map((lesson) => [lesson.scenario.name, lesson] as const))(
  '%s',
  (_name, { guide, scenario, chapter }) => {
    const source = readFileSync(
      new URL(`../../scenarios/${chapter.name}/${scenario.name}.ts`, import.meta.url),
      'utf8',
    );
    test.each(['en', 'ko'] as const)('every word that its guide marks as code: %s', (language) => {
      const { idea, look, production = '' } = guide[language];
      const marked = [idea, ...look, production].flatMap((text) =>
        [...text.matchAll(CODE)].map(([, code]) => code ?? ''),
      );
      const words = marked.filter(
        (code) => !/^(msgplay|--)/.test(code) && !scenarioNames.includes(code) && !source.includes(`'${code}'`),
      );
      expect(unknown(words)).toEqual([]);
    });
  },
);

/** Options of any run. */
const RUN_OPTIONS = ['--layer', '--seed', '--backend'];

test('each word has a run that shows it, with options that there are', () => {
  for (const { names, shownBy } of WORDS) {
    expect(shownBy, names.en[0]).not.toEqual([]);
    for (const line of shownBy) {
      const [name, ...rest] = line.split(' ');
      const scenario = lessons.find((lesson) => lesson.scenario.name === name)?.scenario;
      const own = Object.keys(scenario?.options ?? {}).map(flagOf);
      const options = rest.filter((word) => word.startsWith('--'));
      expect(scenario, line).toBeDefined();
      expect(
        options.filter((option) => !own.includes(option) && !RUN_OPTIONS.includes(option)),
        line,
      ).toEqual([]);
    }
  }
});
