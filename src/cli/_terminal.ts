/** What the terminal can do. */
import { supportsColor } from 'chalk';
import type { Look } from '../reporters/reporter.ts';

/** The width of a page that no terminal limits. */
const PAGE_COLUMNS = 100;
const LEAST_COLUMNS = 40;

export function isTerminal(): boolean {
  return Boolean(process.stdout.isTTY) && process.env.TERM !== 'dumb';
}

export function terminalLook(): Pick<Look, 'width' | 'colorLevel'> {
  const columns = process.stdout.columns || Number(process.env.COLUMNS) || PAGE_COLUMNS;
  // https://no-color.org: any value but the empty one switches colours off; chalk looks at all else.
  const colors = process.env.NO_COLOR ? false : supportsColor;
  return { width: Math.max(LEAST_COLUMNS, columns), colorLevel: colors ? colors.level : 0 };
}

/** Prompts need a person at both ends. */
export function isInteractive(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb');
}

/** Whether a line that comes and goes can be shown on stderr, and disturbs nobody. */
export function canShowStatus(isPageGrowing: boolean): boolean {
  const isWatched = Boolean(process.stderr.isTTY) && !process.env.CI && process.env.TERM !== 'dumb';
  return isWatched && !(isPageGrowing && process.stdout.isTTY);
}
