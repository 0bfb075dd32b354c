/** Programs about which the story of Redis said something false once, as small as they could be made. */
import { expect, test } from 'vitest';
import { judge } from '../judge.ts';
import type { Step } from '../programs.ts';
import type { Words } from '../wires.ts';

export const send = (client: number, ...commands: string[]): Step => ({
  do: 'send',
  client,
  commands: commands.map((command): Words => command.split(' ').map((word) => word.replaceAll('_', ' '))),
});
export const reach = (client: number, count = 99): Step => ({ do: 'reach', client, count });
export const see = (client: number): Step => ({ do: 'see', client });
export const settle: Step = { do: 'settle' };

/** The same, and each of these programs is told with no doubt where one may be which. */
export function isClear(programs: readonly [string, Step[]][]): void {
  holds(programs);
  test.each(programs)('%s, with no doubt', async (_, steps) => {
    const { among, reasons } = await judge({ clients: 3, resp3: [false, false, false], steps });
    expect({ among, reasons }).toEqual({ among: 0, reasons: [] });
  });
}

/** What is told of each of these programs is so, in either version of RESP. */
export function holds(programs: readonly [string, Step[]][]): void {
  test.each(programs)('%s', async (_, steps) => {
    for (const isNew of [false, true]) {
      const { faults } = await judge({ clients: 3, resp3: [isNew, isNew, isNew], steps });
      expect(faults).toEqual([]);
    }
  });
}
