/**
 * `npm run siege`: kills, faults, floods and hostile scenario files, each once and then again and again until the time is
 * over (`--minutes`, default 3). Prints a table, and fails where something was lost, left behind or told wrong.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ATTACKS } from './attacks.js';
import { Ground } from './ground.js';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '3' }, only: { type: 'string' } } });
const directory = mkdtempSync(join(tmpdir(), 'msgplay-siege-'));
const ground = new Ground(directory);
const deadline = performance.now() + Number(values.minutes) * 60_000;
const attacks = ATTACKS.filter(({ name }) => values.only === undefined || name.includes(values.only));
const tally = new Map(attacks.map(({ name }) => [name, { times: 0, failures: [] }]));

try {
  await ground.prepare();
  for (let round = 1, over = false; !over; round++) {
    for (const { name, run, runs = 1 } of attacks) {
      over = performance.now() > deadline;
      if (over && round > 1) break;
      const entry = tally.get(name);
      entry.times += runs;
      entry.failures.push(...(await run(ground).catch((error) => [String(error?.stack ?? error)])));
    }
  }
} finally {
  await ground.leave();
  rmSync(directory, { recursive: true, force: true });
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const width = Math.max(...attacks.map(({ name }) => name.length));
console.log(`siege of ${commit}, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}`);
console.log(`${'attack'.padEnd(width)}  times  failed`);
for (const [name, { times, failures }] of tally) {
  console.log(`${name.padEnd(width)}  ${String(times).padStart(5)}  ${String(failures.length).padStart(6)}`);
}
for (const [name, { failures }] of tally) for (const told of failures.slice(0, 3)) console.log(`\n${name}: ${told}`);
const all = [...tally.values()];
const failed = all.reduce((sum, { failures }) => sum + failures.length, 0);
const times = all.reduce((sum, one) => sum + one.times, 0);
console.log(failed === 0 ? `siege passed: ${times} runs` : `siege failed: ${failed} of ${times} runs`);
process.exitCode = failed === 0 ? 0 : 1;
