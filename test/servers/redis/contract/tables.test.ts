/** COMMAND tells what Redis tells: arity, flags, keys, categories and tips of every command that is there. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/core/json.ts';
import { type RespValue, toJson } from '../../../../src/protocols/resp/index.ts';
import { comparable } from '../real.ts';
import { bothSides, useServers } from './contract.ts';

useServers();

type Entry = [
  name: string,
  arity: number,
  flags: string[],
  first: number,
  last: number,
  step: number,
  categories: string[],
  tips: string[],
  keys: Json[],
  subcommands: Entry[],
];

/** Sorted where Redis tells a set; without the notes of key specs. */
function normal([name, arity, flags, first, last, step, categories, tips, keys]: Entry): Json {
  const withoutNotes = keys.map((spec) => (Array.isArray(spec) && spec[0] === 'notes' ? spec.slice(2) : spec));
  return [name, arity, flags.toSorted(), first, last, step, categories.toSorted(), tips.toSorted(), withoutNotes];
}

function flatten(reply: RespValue): Map<string, Json> {
  const all = new Map<string, Json>();
  for (const entry of toJson(reply, 1000, 1000) as unknown as Entry[]) {
    for (const one of [entry, ...entry[9]]) all.set(one[0], normal(one));
  }
  return all;
}

describe.skipIf(!comparable)('COMMAND', () => {
  it('tells the same of every command that both have', async () => {
    const sides = await bothSides();
    const embedded = flatten(await (await sides.embedded.connect()).call('COMMAND'));
    const real = flatten(await (await sides.real.connect()).call('COMMAND'));
    sides.close();
    let compared = 0;
    for (const [name, entry] of embedded) {
      const other = real.get(name);
      if (other === undefined) continue;
      expect(entry).toEqual(other);
      compared++;
    }
    expect(compared).toBeGreaterThan(250);
    const missing = [...real.keys()].filter((name) => !embedded.has(name) && !name.startsWith('cluster|')).sort();
    expect(missing).toEqual(['restore-asking']);
  });
});
