/** What others wrote, fit to be shown: with nothing in it that moves a cursor, turns the writing or breaks a line. */

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** The text on one line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** The text line by line, where its line breaks may stay. */
export function printableLines(text: string): string {
  return eachLine(text, printable);
}

/** JSON that loses nothing: what JSON.stringify leaves unprintable stands in it as escapes. */
export function printableJson(value: unknown, indent?: number): string {
  // Line breaks inside strings are escapes already.
  return eachLine(JSON.stringify(value, null, indent), (line) => line.replace(UNPRINTABLE, escaped));
}

function eachLine(text: string, change: (line: string) => string): string {
  return text.split('\n').map(change).join('\n');
}

function escaped(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
