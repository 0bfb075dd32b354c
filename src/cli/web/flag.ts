/** The flag `--web`, for the commands that have something to show. */
import type { Command } from 'commander';
import type { Language } from '../../core/language.ts';
import { readNumber } from '../flags/numbers.ts';
import { remark } from '../output/output.ts';
import { isInteractive } from '../output/terminal.ts';
import type { Web } from './web.ts';

const FLAG = '--web';

export interface WebFlags {
  /** `true` where no port is said. */
  readonly web?: string | true | undefined;
}

export function addWebFlag(parser: Command): void {
  parser.option(`${FLAG} [port]`, 'show it in a browser, too, while it happens; the URL stands on stderr');
}

/** What follows `--web` is its port only where it is a number: `run --web pubsub`. */
export function withWebPort(args: readonly string[]): string[] {
  return args.map((word, index) => (word === FLAG && !/^\d+$/.test(args[index + 1] ?? '') ? `${FLAG}=0` : word));
}

/**
 * Serves the page where the flags ask for it, and says where. Throws a UsageError for a port that can't be meant, and a
 * BackendError for one that can't be had.
 */
export async function openWeb({ web }: WebFlags): Promise<Web | undefined> {
  if (web === undefined) return undefined;
  const port = web === true ? 0 : readNumber(FLAG, web, { min: 0, max: 65_535, whole: true });
  const { Web } = await import('./web.ts');
  const opened = new Web();
  await opened.listen(port);
  remark(`The page: ${opened.url}`);
  return opened;
}

const BEGINS: Record<Language, string> = {
  en: 'Open the page, or press Enter: then it begins',
  ko: '페이지를 열거나 Enter를 누르면 시작한다',
};

/** Most runs are over before anybody could open their page: on a terminal they wait until somebody has, or wants no page. */
export async function beforeVisitors(web: Web | undefined, language: Language, signal: AbortSignal): Promise<void> {
  if (!web || !isInteractive()) return;
  const { waitForEnter } = await import('../running/reader.ts');
  const visited = new AbortController();
  void web.visited.then(() => visited.abort());
  const either = AbortSignal.any([signal, visited.signal]);
  await waitForEnter(language, either, BEGINS[language]).catch((error: unknown) => {
    if (!either.aborted) throw error;
  });
}
