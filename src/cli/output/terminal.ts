/** What the terminal can do. */
import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Look } from '../../reporters/reporter.ts';

/** The width of a page that no terminal limits. */
const PAGE_COLUMNS = 100;
const LEAST_COLUMNS = 40;

export function isTerminal(): boolean {
  return Boolean(process.stdout.isTTY) && process.env.TERM !== 'dumb';
}

export function terminalLook(): Pick<Look, 'width' | 'colorLevel'> {
  const columns = process.stdout.columns || Number(process.env.COLUMNS) || PAGE_COLUMNS;
  return { width: Math.max(LEAST_COLUMNS, columns), colorLevel: colorLevel() };
}

/** How many colours a page may have: by the terminal, unless the environment says otherwise. */
function colorLevel(): Look['colorLevel'] {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  // https://no-color.org: any value but the empty one.
  if (NO_COLOR || (FORCE_COLOR === undefined && !process.stdout.isTTY)) return 0;
  // It looks at nothing but the environment, so that it holds for what is no terminal, too.
  const bits = WriteStream.prototype.getColorDepth();
  return bits >= 24 ? 3 : bits >= 8 ? 2 : bits >= 4 ? 1 : 0;
}

/** Bold, faint, or any other style that Node knows, where there are colours. */
export function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return colorLevel() === 0 ? text : styleText(style, text, { validateStream: false });
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
