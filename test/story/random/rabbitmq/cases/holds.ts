/**
 * Programs that once were told falsely, as the judge of random programs found and shrank them. Paste the lines of a new
 * one into the file that it belongs to, and say what is true of it.
 */
import { expect, test } from 'vitest';
import { judge } from '../judge.ts';
import { play } from '../play.ts';
import { parse } from '../program-text.ts';

/** What is true, and the program. */
export type Case = readonly [string, string];

/** Nothing false is told of any of them. */
export function holds(cases: readonly Case[]): void {
  test.each(cases)('%s', async (_, text) => {
    const program = parse(text);
    const violations = judge(program, await play(program));
    expect(violations.map(({ rule, text: said }) => `${rule}: ${said}`)).toEqual([]);
  });
}
