/**
 * `npm run fuzz -- [--minutes N | --inputs N] [--seed N] [--target text]`: as many inputs as there is time for, or so many
 * for each target, on every protocol and every port in turn, and a table. A fault ends it with 1 and the inputs that may
 * have caused it, in a file that `--replay FILE` tries again.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plainTable } from '../../src/core/text/columns.ts';
import { type Fuzzed, fuzz, replay, watchForFaults } from './fuzz.ts';
import type { Input } from './target.ts';
import { loadTargets } from './targets.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    target: { type: 'string', default: '' },
    replay: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const inputs = values.inputs === undefined ? undefined : Number(values.inputs);
if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error('--minutes takes minutes, and --seed a whole number');
if (inputs !== undefined && !(inputs > 0)) throw new Error('--inputs takes how many inputs each target gets');

/** The target and the inputs of a fault, as a file keeps them. */
interface Kept {
  readonly target: string;
  readonly inputs: readonly (Omit<Input, 'chunks'> & {
    readonly chunks: readonly (readonly ['client' | 'server', string])[];
  })[];
}
const kept = values.replay === undefined ? undefined : (JSON.parse(readFileSync(values.replay, 'utf8')) as Kept);
const again = kept?.inputs.map(({ fresh, chunks }): Input => {
  return { fresh, chunks: chunks.map(([from, base64]) => [from, Buffer.from(base64, 'base64')]) };
});

watchForFaults();
const all = await loadTargets();
const targets = all.filter(({ name }) => (kept ? name === kept.target : name.includes(values.target)));
if (targets.length === 0)
  throw new Error(`there is no target ${values.target}; there are ${all.map(({ name }) => name).join(', ')}`);
const limits = inputs === undefined ? { ms: (minutes * 60_000) / targets.length } : { inputs };
const extent = inputs === undefined ? `${minutes} min for` : `${inputs} inputs for each of`;
console.log(`seed ${seed}, ${extent} ${targets.length} targets`);

const results: Fuzzed[] = [];
for (const target of targets) {
  const result = again ? await replay(target, again) : await fuzz(target, { seed, ...limits });
  results.push(result);
  await target.close();
  if (!result.fault) continue;
  const file = join(mkdtempSync(join(tmpdir(), 'msgplay-fuzz-')), 'inputs.json');
  const { what, suspects } = result.fault;
  const inputs = suspects.map(({ fresh, chunks }) => {
    return { fresh, chunks: chunks.map(([from, chunk]) => [from, chunk.toString('base64')]) };
  });
  writeFileSync(file, JSON.stringify({ target: target.name, inputs }));
  console.error(
    `\n${result.target}: ${what}\none of the ${suspects.length} inputs of --replay ${file}, or --seed ${seed} --target '${result.target}'\n`,
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
