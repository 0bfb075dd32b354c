/** Tables with small bars. */
import { plainTable } from '../core/columns.ts';
import type { EventOf } from '../core/events.ts';

const BAR_COLUMNS = 20;
/** Eighths of a character cell, from empty to full. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
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
