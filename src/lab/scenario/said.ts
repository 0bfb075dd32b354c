/** What a scenario says has to be what a page can show: a file in JavaScript has nobody else who tells. */
import { inspect } from 'node:util';
import { isText } from '../../core/language.ts';
import type { Table } from './scenario.ts';

/** Throws a TypeError where one of these is no text; `call` and the names are what it is told with. */
export function demandTexts(call: string, texts: { readonly [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(texts)) demand(isText(value), call, name, 'a text', value);
}

export function demandBoolean(call: string, name: string, value: unknown): void {
  demand(typeof value === 'boolean', call, name, 'true or false', value);
}

export function demandTable(table: Table | undefined): void {
  demand(typeof table === 'object' && table !== null, 'lab.table', 'the table', 'title, columns and rows', table);
  const { title, columns, rows } = table as Table;
  demandTexts('lab.table', { title });
  demand(Array.isArray(columns), 'lab.table', 'columns', 'a list of titles', columns);
  for (const column of columns) {
    const isFull = typeof column === 'object' && column !== null && 'title' in column;
    demandTexts('lab.table', { 'a column': isFull ? column.title : column });
  }
  demand(Array.isArray(rows) && rows.every((row) => Array.isArray(row)), 'lab.table', 'rows', 'lists of cells', rows);
  for (const cell of rows.flat()) {
    demand(isText(cell) || typeof cell === 'number', 'lab.table', 'a cell', 'a text or a number', cell);
  }
}

function demand(holds: boolean, call: string, name: string, what: string, value: unknown): void {
  if (!holds)
    throw new TypeError(
      `${call}: ${name} has to be ${what}, not ${inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })}`,
    );
}
