/**
 * The scenarios that come with msgplay, as a course: each chapter is a folder, `scenarios/<number>-<chapter>/`, with
 * its titles in `chapter.json`; each lesson is `<name>.ts` in it, with its guides `<name>.md` and `<name>.ko.md` and the
 * translation of what it says, `<name>.ko.json`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { listNames, loadNamed } from '../core/catalogue.ts';
import type { Dictionary, Language } from '../core/language.ts';
import { type Guide, readGuide } from './guide.ts';
import type { Scenario, Translation } from './scenario.ts';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);

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
  for (const chapter of await chapterNames()) {
    const folder = folderOf(chapter);
    if (!(await listNames(folder)).includes(name)) continue;
    const title = JSON.parse(await readFile(new URL('chapter.json', folder), 'utf8'));
    return load({ name: chapter, title }, name);
  }
  return undefined;
}

async function load(chapter: Chapter, name: string): Promise<Lesson> {
  const folder = folderOf(chapter.name);
  const [scenario, en, translation] = await Promise.all([
    loadNamed<Scenario>(folder, name),
    guide(new URL(`${name}.md`, folder), 'en'),
    translationOf(folder, name),
  ]);
  const { guide: ko } = translation;
  return { scenario: { ...scenario, explain: en, translations: { ko: translation } }, chapter, guide: { en, ko } };
}

async function translationOf(folder: URL, name: string): Promise<Translation> {
  const [words, ko] = await Promise.all([
    readFile(new URL(`${name}.ko.json`, folder), 'utf8'),
    guide(new URL(`${name}.ko.md`, folder), 'ko'),
  ]);
  return { words: JSON.parse(words) as Dictionary, guide: ko };
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
