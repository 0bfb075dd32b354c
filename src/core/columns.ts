/** Text in columns. */
import stringWidth from 'fast-string-width';

/** Rows in columns, numbers to the right, without borders. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[] = [],
): string[] {
  const all = [head, ...rows];
  const widths = Array.from({ length: Math.max(...all.map((row) => row.length)) }, (_, column) =>
    Math.max(...all.map((row) => stringWidth(row[column] ?? ''))),
  );
  const lines = all.map((row) =>
    widths.map((width, column) => {
      const cell = row[column] ?? '';
      const room = ' '.repeat(width - stringWidth(cell));
      return numeric[column] ? room + cell : cell + room;
    }),
  );
  return lines.map((cells) => cells.join('  ').trimEnd()).filter((line) => line !== '');
}

/**
 * Breaks a text between words, so that no line is wider than it must be; the first may be wider or narrower than the
 * others.
 */
export function wrap(text: string, columns: number, firstColumns = columns): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const room = lines.length > 1 ? columns : firstColumns;
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
