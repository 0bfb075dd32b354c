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
  return fill(text.split(/(?<= )/), columns, firstColumns);
}

/** Puts parts of a text, each with the space behind it, into lines; the first may be wider or narrower than the others. */
export function fill(parts: readonly string[], columns: number, firstColumns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const room = lines.length > 1 ? columns : firstColumns;
    if (last !== undefined && stringWidth((last + part).trimEnd()) <= room) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd());
}
