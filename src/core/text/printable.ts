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

/** What is printed may hold colours; line breaks and tabs stay as they are. */
const UNFIT = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with
const UNFIT_OR_STYLE = /\u001b\[[\d;]*m|([^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}])+/gu;
/**
 * Bold, faint, italic, underlined, inverse and colours, on and off: what can be read all the same. Neither blinking (5)
 * nor hidden (8). ECMA-48 §8.3.117
 */
const STYLE = /^.\[(([0-47]|2[2-479]|[34][0-79]|9[0-7]|10[0-7]|[34]8;5;\d+|[34]8;2;\d+;\d+;\d+)?(;(?=.)|(?=m)))+m$/su;

/** A whole page, with its colours: the last door before a terminal, for whatever nobody made fit before. */
export function printablePage(page: string): string {
  if (!UNFIT.test(page)) return page;
  return page.replaceAll('\r\n', '\n').replace(UNFIT_OR_STYLE, (found) => (STYLE.test(found) ? found : ' '));
}

/** The same value with every text in it fit to be shown, line by line; functions and numbers stay what they are. */
export function printableWithin<Value>(value: Value): Value {
  if (typeof value === 'string') return printableLines(value) as Value;
  if (Array.isArray(value)) return value.map(printableWithin) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [printable(key), printableWithin(inner)]),
  ) as Value;
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
