/**
 * The scenarios that come with msgplay, as a course: each chapter is a folder, `scenarios/<number>-<chapter>/`, with
 * its titles in `chapter.json`; each lesson is `<name>.ts` in it, with its guides `<name>.md` and `<name>.ko.md` and the
 * translation of what it says, `<name>.ko.json`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { listNames, loadNamed } from '../../core/catalogue.ts';
import type { Dictionary, Language } from '../../core/language.ts';
import { type Guide, readGuide } from './guide.ts';
import type { Scenario } from './scenario.ts';

const SCENARIOS = new URL('../../../scenarios/', import.meta.url);

/** A part of the course. */
export interface Chapter {
  /** The folder's name. */
  readonly name: string;
  readonly title: { readonly [language in Language]: string };
}

/** A scenario with its place in the course. */
export interface Lesson {
  readonly scenario: Scenario;
  readonly chapter: Chapter;
  readonly guide: { readonly [language in Language]: Guide };
}

/** What stands beside a scenario: its guides, and its words in Korean. */
export interface Pages {
  readonly guide: Lesson['guide'];
  readonly words: Dictionary;
}

/** All scenarios, in the order of the course. */
export async function course(): Promise<Lesson[]> {
  const chapters = await Promise.all(
    (await chapterNames()).map(async (name) => {
      const folder = folderOf(name);
      const chapter = { name, title: JSON.parse(await readFile(new URL('chapter.json', folder), 'utf8')) };
      const lessons = await Promise.all((await listNames(folder)).map((one) => load(chapter, one)));
      return lessons.sort((one, other) => (one.scenario.lesson ?? 0) - (other.scenario.lesson ?? 0));
    }),
  );
  return chapters.flat();
}

/** The names of all scenarios, by chapter. */
export async function scenarioNames(): Promise<string[]> {
  const names = await Promise.all((await chapterNames()).map((chapter) => listNames(folderOf(chapter))));
  return names.flat();
}

/** One scenario by its name; undefined where there is none of that name. */
export async function findLesson(name: string): Promise<Lesson | undefined> {
  const chapter = await chapterOf(name);
  if (chapter === undefined) return undefined;
  const title = JSON.parse(await readFile(new URL('chapter.json', folderOf(chapter)), 'utf8'));
  return load({ name: chapter, title }, name);
}

/** What explains one of the scenarios, without loading it; undefined where there is none of that name. */
export async function findPages(name: string): Promise<Pages | undefined> {
  const chapter = await chapterOf(name);
  return chapter === undefined ? undefined : pagesOf(folderOf(chapter), name);
}

async function chapterOf(name: string): Promise<string | undefined> {
  const chapters = await chapterNames();
  const names = await Promise.all(chapters.map((chapter) => listNames(folderOf(chapter))));
  return chapters[names.findIndex((ofChapter) => ofChapter.includes(name))];
}

async function load(chapter: Chapter, name: string): Promise<Lesson> {
  const folder = folderOf(chapter.name);
  const [scenario, { guide, words }] = await Promise.all([loadNamed<Scenario>(folder, name), pagesOf(folder, name)]);
  const translations = { ko: { words, guide: guide.ko } };
  return { scenario: { ...scenario, explain: guide.en, translations }, chapter, guide };
}

async function pagesOf(folder: URL, name: string): Promise<Pages> {
  const [en, ko, words] = await Promise.all([
    guide(new URL(`${name}.md`, folder), 'en'),
    guide(new URL(`${name}.ko.md`, folder), 'ko'),
    readFile(new URL(`${name}.ko.json`, folder), 'utf8'),
  ]);
  return { guide: { en, ko }, words: JSON.parse(words) as Dictionary };
}

async function guide(file: URL, language: Language): Promise<Guide> {
  const text = await readFile(file, 'utf8');
  try {
    return readGuide(text, language);
  } catch (error) {
    throw new Error(`${file.pathname}: ${(error as Error).message}`, { cause: error });
  }
}

async function chapterNames(): Promise<string[]> {
  const entries = await readdir(SCENARIOS, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function folderOf(chapter: string): URL {
  return new URL(`${chapter}/`, SCENARIOS);
}
