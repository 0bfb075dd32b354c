/** Text on a page: how wide it is, where it breaks, where it is cut. */
import stringWidth from 'fast-string-width';
import { wrap } from '../../core/columns.ts';

/** Joins lines to text, with never more than one empty line between two others. */
export class Paragraphs {
  #afterEmpty = true;

  text(lines: readonly string[]): string {
    let text = '';
    for (const line of lines.map((one) => one.trimEnd())) {
      if (line !== '' || !this.#afterEmpty) text += `${line}\n`;
      this.#afterEmpty = line === '';
    }
    return text;
  }
}

/** Where a line goes on below: never further right than leaves half of the page. */
export function hang(text: string, columns: number, indent: number): string[] {
  const under = Math.min(indent, Math.floor(columns / 2));
  return wrap(text, columns - under, columns).map((line, index) => (index === 0 ? line : ' '.repeat(under) + line));
}

/** As much of the text as fits, the rest as a dot. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let shown = '';
  for (const character of text) {
    if (stringWidth(shown + character) > columns - 1) break;
    shown += character;
  }
  return columns < 1 ? '' : `${shown}…`;
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

export function ms(at: number): string {
  return at.toFixed(1).padStart(8);
}

/** A duration in ms for people. */
export function duration(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}
