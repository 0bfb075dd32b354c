/** Tables with small bars. */
import Table from 'cli-table3';
import type { EventOf } from '../core/events.ts';

const BAR_COLUMNS = 20;
/** Eighths of a character cell, from empty to full. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const NO_BORDER = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map(
    (part) => [part, ''],
  ),
);

/** Rows in columns, numbers to the right, without borders. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[], numeric: readonly boolean[] = []): string[] {
  const table = new Table({
    head: [...head],
    chars: { ...NO_BORDER, middle: '  ' },
    colAligns: head.map((_, column) => (numeric[column] ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

export function tableLines({ columns, rows }: EventOf<'table'>, width: number): string[] {
  const barred = columns.filter(({ bar }) => bar).length;
  const barColumns = barred === 0 ? 0 : Math.max(4, Math.min(BAR_COLUMNS, Math.floor((width - 60) / barred)));
  const head = columns.flatMap(({ title, unit, bar }) => [unit ? `${title} (${unit})` : title, ...(bar ? [''] : [])]);
  const numeric = columns.flatMap(({ bar }, column) => {
    const number = rows.every((row) => typeof row[column] === 'number');
    return bar ? [number, false] : [number];
  });
  const cells = rows.map((row) =>
    columns.flatMap(({ bar }, column) => {
      const value = row[column] ?? '';
      const text = typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : value;
      if (!bar || typeof value !== 'number') return bar ? [text, ''] : [text];
      const most = Math.max(...rows.map((one) => Number(one[column]) || 0));
      return [text, barOf(most === 0 ? 0 : value / most, barColumns)];
    }),
  );
  return plainTable(head, cells, numeric).map((line) => `  ${line}`);
}

function barOf(share: number, columns: number): string {
  const eighths = Math.round(share * columns * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
