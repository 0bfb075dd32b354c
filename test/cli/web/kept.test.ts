/** What is kept for pages: all that came, up to a bound, and of what is let go what a page must know. */
import { expect, test } from 'vitest';
import { KeptPieces } from '../../../src/cli/web/kept.ts';
import type { Piece } from '../../../src/reporters/html/view.ts';

const told = (piece: Piece['piece'], text: string) => ({ piece, text: JSON.stringify({ piece, text }) });

/** All that a page gets that comes now, read in small pieces. */
function all(kept: KeptPieces): { piece: string; text?: string; lines?: number; runs?: number }[] {
  const beginning = kept.beginning();
  const pieces = [...beginning.pieces];
  for (let { id } = beginning; id < kept.last; ) {
    const more = kept.after(id, 10);
    pieces.push(...more.pieces);
    id = more.id;
  }
  return pieces.map((text) => JSON.parse(text));
}

test('all that came is there, in order', () => {
  const kept = new KeptPieces();
  const run = kept.nextRun();
  const names = ['run', 'who', 'line', 'table', 'line', 'end'] as const;
  for (const name of names) kept.add(run, told(name, name));
  expect(all(kept).map(({ piece }) => piece)).toEqual(names);
  expect([kept.has(0), kept.has(3), kept.has(6), kept.has(7)]).toEqual([true, true, true, false]);
});

test('of a run that is too long, the beginning is known, and how many lines are gone', () => {
  const kept = new KeptPieces(1000);
  const run = kept.nextRun();
  kept.add(run, told('run', 'one'));
  for (let count = 0; count < 500; count++) {
    if (count === 10) kept.add(run, told('who', 'early'));
    if (count === 20) kept.add(run, told('who', 'late'));
    kept.add(run, told('line', String(count)));
  }
  const [start, who, gone, ...lines] = all(kept);
  expect([start?.text, who?.text, gone?.piece]).toEqual(['one', 'late', 'gone']);
  expect(lines.map(({ text }) => Number(text))).toEqual(
    Array.from({ length: lines.length }, (_, index) => 500 - lines.length + index),
  );
  expect(gone?.lines).toBe(500 - lines.length);
  expect(kept.has(10)).toBe(false);
});

test('of a run that is gone altogether, only that it was', () => {
  const kept = new KeptPieces(1000);
  for (let count = 0; count < 100; count++) {
    const run = kept.nextRun();
    for (const name of ['run', 'line', 'end'] as const) kept.add(run, told(name, String(count)));
  }
  const [gone, ...rest] = all(kept);
  const runs = new Set(rest.map(({ text }) => text).filter(Boolean));
  expect(gone).toEqual({ piece: 'gone', runs: 100 - runs.size });
  expect(rest.filter(({ piece }) => piece === 'run').map(({ text }) => text)).toEqual([...runs]);
});
