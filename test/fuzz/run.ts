/**
 * `npm run fuzz -- [--minutes N] [--seed N] [--target text]`: as many inputs as there is time for, on every protocol and
 * every port in turn, and a table. A fault ends it with 1 and the inputs that may have caused it.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plainTable } from '../../src/core/columns.ts';
import { type Fuzzed, fuzz, watchForFaults } from './fuzz.ts';
import { loadTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    target: { type: 'string', default: '' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes takes minutes, and --seed a whole number');

watchForFaults();
const all = await loadTargets();
const targets = all.filter(({ name }) => name.includes(values.target));
if (targets.length === 0)
  throw new Error(`there is no target ${values.target}; there are ${all.map(({ name }) => name).join(', ')}`);
const ms = (minutes * 60_000) / targets.length;
console.log(`seed ${seed}, ${minutes} min for ${targets.length} targets`);

const results: Fuzzed[] = [];
for (const target of targets) {
  const result = await fuzz(target, { seed, ms });
  results.push(result);
  await target.close();
  if (!result.fault) continue;
  const file = join(mkdtempSync(join(tmpdir(), 'msgplay-fuzz-')), 'inputs.json');
  const suspects = result.fault.suspects.map((input) => input.map(([from, chunk]) => [from, chunk.toString('base64')]));
  writeFileSync(file, JSON.stringify(suspects));
  console.error(
    `\n${result.target}: ${result.fault.what}\none of the ${suspects.length} inputs in ${file}, or --seed ${seed} --target '${result.target}'\n`,
  );
}
const rows = results.map(({ target, inputs, seconds, fault }) => [
  target,
  String(inputs),
  String(Math.round(inputs / seconds)),
  fault ? 'FAULT' : 'none',
]);
rows.push(['all', String(results.reduce((sum, { inputs }) => sum + inputs, 0)), '', '']);
console.log(plainTable(['target', 'inputs', 'per second', 'faults'], rows).join('\n'));
process.exit(results.some(({ fault }) => fault) ? 1 : 0);
