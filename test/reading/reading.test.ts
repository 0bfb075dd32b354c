/**
 * What a reader of a page must be able to answer from it alone. `<recording>.md` (of the Korean page: `<recording>.ko.md`)
 * holds questions, each with the lines of
 * the golden page that answer it, in the page's order or not; `~` stands for what another recording may tell otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const HERE = new URL('.', import.meta.url);
const PAGES = new URL('../golden/pages/', HERE);
const files = readdirSync(HERE).filter((file) => file.endsWith('.md'));
const recordings = readdirSync(new URL('../golden/recorded/', HERE)).map((file) => file.replace('.ndjson', ''));
const course = readdirSync(new URL('../golden/course/', HERE)).map((file) => file.replace('.ndjson.gz', ''));

interface Question {
  readonly asks: string;
  readonly answers: readonly string[];
}

function questionsIn(file: string): Question[] {
  const [, ...blocks] = readFileSync(new URL(file, HERE), 'utf8').trim().split(/\n\n+/);
  return blocks.flatMap((block, index) => {
    if (block.startsWith('    ')) return [];
    const answers = (blocks[index + 1] ?? '').split('\n').filter((line) => line.startsWith('    '));
    return [{ asks: block, answers: answers.map((line) => line.trim()) }];
  });
}

/** Without lanes, and with what was broken over lines in one piece. */
function flat(page: string): string {
  return page
    .replace(/[│┃]/g, ' ')
    .replace(/─+/g, '─')
    .replace(/█[█▏▎▍▌▋▊▉]*|[▏▎▍▌▋▊▉]/g, ' ')
    .replace(/\s+/g, ' ');
}

function tells(page: string, answer: string): boolean {
  const parts = answer.split('~').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(parts.join('\\S+')).test(page);
}

test('each run whose page is kept has its questions', () => {
  expect(files.map((file) => file.replace('.md', ''))).toEqual(expect.arrayContaining([...recordings, ...course]));
});

describe.each(files)('%s', (file) => {
  const page = flat(
    readFileSync(new URL(file.replace('.ko.md', '-ko.md').replace(/(-ko)?\.md$/, '-pretty-100$1.txt'), PAGES), 'utf8'),
  );

  test.each(questionsIn(file).map(({ asks, answers }) => [asks, answers] as const))('%s', (_asks, answers) => {
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter((answer) => !tells(page, answer))).toEqual([]);
  });

  test('asks enough', () => {
    expect(questionsIn(file).length).toBeGreaterThanOrEqual(recordings.includes(file.replace('.md', '')) ? 8 : 5);
  });
});
