/** What a demo says between runs, on a page. */
import { wrap } from '../../core/text/columns.ts';
import { printable } from '../../core/text/printable.ts';
import type { Look } from '../reporter.ts';
import { paletteOf } from './palette.ts';

/** Nobody reads lines that are longer. */
const MOST_COLUMNS = 100;

export function spoken(text: string, look: Look): string {
  const { bold } = paletteOf(look);
  const lines = text.split('\n').flatMap((line) => wrap(printable(line), Math.min(MOST_COLUMNS, look.width)));
  return `\n${lines.map((line) => (line === '' ? '' : bold(line))).join('\n')}\n\n`;
}
