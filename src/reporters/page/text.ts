/** Text on a page: how wide it is, where it breaks, where it is cut. */
import stringWidth from 'fast-string-width';
import { fill } from '../../core/text/columns.ts';

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
  return brokenAtParts(text, columns - under, columns).map((line, index) =>
    index === 0 ? line : ' '.repeat(under) + line,
  );
}

/** Breaks a text between words, and a path or a body between its parts where it has to; the first line may be narrower. */
export function brokenAtParts(text: string, columns: number, firstColumns: number): string[] {
  return fill(partsOf(text, columns), columns, firstColumns);
}

/** How many columns a text needs, however often it is broken. */
export function leastColumns(text: string): number {
  return Math.max(...partsOf(text, 0).map((part) => stringWidth(part.trimEnd())));
}

/** A text by its words; what is wider than the columns by the parts of its query, or else of its path, or by its fields. */
function partsOf(text: string, columns: number): string[] {
  const isWide = (part: string): boolean => stringWidth(part.trimEnd()) > columns;
  return text
    .split(/(?<= )/)
    .flatMap((word) => (isWide(word) ? word.split(/(?=[?&])/) : word))
    .flatMap((part) => (isWide(part) ? part.split(/(?<!^)(?=\/)|(?<=,)/) : part));
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
