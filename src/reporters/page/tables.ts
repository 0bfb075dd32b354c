/** Tables with small bars; row by row in words where the page is too narrow for columns. */
import stringWidth from 'fast-string-width';
import type { EventOf } from '../../core/events.ts';
import { plainTable } from '../../core/text/columns.ts';
import { hang } from './text.ts';

type Table = Pick<EventOf<'table'>, 'columns' | 'rows'>;

const BAR_COLUMNS = 20;
/** A shorter bar would tell nothing. */
const LEAST_BAR = 4;
/** Eighths of a character cell, from empty to full. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

export function tableLines(table: Table, width: number): string[] {
  const barred = table.columns.filter(({ bar }) => bar).length;
  for (const bars of barred === 0 ? [0] : [BAR_COLUMNS, Math.floor(BAR_COLUMNS / 2), LEAST_BAR, 0]) {
    const lines = inColumns(table, bars);
    if (lines.every((line) => stringWidth(line) <= width)) return lines;
  }
  return inWords(table, width);
}

function inColumns({ columns, rows }: Table, barColumns: number): string[] {
  const hasBar = (bar: boolean | undefined): boolean => bar === true && barColumns > 0;
  const head = columns.flatMap((column) => [titleOf(column), ...(hasBar(column.bar) ? [''] : [])]);
  const numeric = columns.flatMap(({ bar }, column) => {
    const number = rows.every((row) => typeof row[column] === 'number');
    return hasBar(bar) ? [number, false] : [number];
  });
  const cells = rows.map((row) =>
    columns.flatMap(({ bar }, column) => {
      const value = row[column] ?? '';
      if (!hasBar(bar)) return [textOf(value)];
      if (typeof value !== 'number') return [textOf(value), ''];
      const most = Math.max(...rows.map((one) => Number(one[column]) || 0));
      return [textOf(value), barOf(most === 0 ? 0 : value / most, barColumns)];
    }),
  );
  return plainTable(head, cells, numeric).map((line) => `  ${line}`);
}

/** `polling · requests: 3 · on the wire (bytes): 1,207`. */
function inWords({ columns, rows }: Table, width: number): string[] {
  return rows.flatMap(([first = '', ...others]) => {
    const said = others.map((value, index) => `${titleOf(columns[index + 1] ?? { title: '' })}: ${textOf(value)}`);
    return hang(`  ${[textOf(first), ...said].join(' · ')}`, width, 4);
  });
}

function titleOf({ title, unit }: { readonly title: string; readonly unit?: string }): string {
  return unit ? `${title} (${unit})` : title;
}

function textOf(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : value;
}

function barOf(share: number, columns: number): string {
  const eighths = Math.round(share * columns * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
