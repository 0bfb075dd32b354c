/**
 * `npm run soak -- [--minutes N] [--rate N] [--heartbeat SECONDS]`: keeps all servers of one `msgplay up` under a steady load of every
 * protocol, with clients that come, go, crash and talk nonsense. It fails where a message that was confirmed does not
 * arrive, where a client is not served for a while, and where memory or handles of the process grow.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Ground, holds } from './ground.js';
import { LOADS } from './loads.js';

/** How often it is looked whether everything goes on. */
const SAMPLE_MS = 10_000;
/** Growth between the second and the last quarter that is noise: garbage that nobody has collected yet. */
const MEMORY_NOISE_KB = 64 * 1024;
const HANDLES_NOISE = 20;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '20' },
    heartbeat: { type: 'string' },
  },
});
const durationMs = Number(values.minutes) * 60_000;
const samplesWanted = Math.max(4, Math.round(durationMs / SAMPLE_MS));
const pauseMs = 1000 / Number(values.rate);
const directory = mkdtempSync(join(tmpdir(), 'msgplay-soak-'));
const ground = new Ground(directory);
const failures = [];
let loads = [];
const samples = [];

try {
  await ground.prepare(['rabbitmq', 'redis', 'ws', 'stomp', 'http']);
  const urls = { ...ground.urls };
  if (values.heartbeat !== undefined) urls.rabbitmq += `?heartbeat=${values.heartbeat}`;
  loads = await Promise.all(LOADS.map(async ({ name, start }) => ({ name, load: await start(urls, pauseMs) })));
  let before = loads.map(() => 0);
  for (let at = 0; at < samplesWanted && ground.serves; at++) {
    await holds(() => !ground.serves, SAMPLE_MS);
    samples.push(sample(ground.pid));
    const now = loads.map(({ load }) => load.done);
    for (const [index, { name }] of loads.entries())
      if (now[index] === before[index])
        failures.push(`${name}: nothing went on in sample ${at + 1} of ${samplesWanted}`);
    before = now;
  }
  if (!ground.serves) failures.push(`the servers ended: ${ground.told}`);
  for (const { name, load } of loads) {
    await load.stop();
    await holds(() => load.missing() === 0, 60_000);
    if (load.missing() > 0) failures.push(`${name}: ${load.missing()} confirmed messages did not arrive`);
    for (const wrong of load.wrong) failures.push(`${name}: ${wrong}`);
  }
} finally {
  await ground.leave();
  rmSync(directory, { recursive: true, force: true });
}
if (/ServerFault|Warning/.test(ground.told)) failures.push(`the servers told: ${ground.told}`);

const quarter = Math.floor(samples.length / 4);
const early = samples.slice(quarter, 2 * quarter);
const late = samples.slice(-quarter);
const grown = median(late, 'memoryKb') - median(early, 'memoryKb');
const opened = median(late, 'handles') - median(early, 'handles');
if (grown > MEMORY_NOISE_KB) failures.push(`memory grew by ${Math.round(grown / 1024)} MB`);
if (opened > HANDLES_NOISE) failures.push(`handles grew by ${opened}`);

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
console.log(
  `soak of ${commit}, ${new Date().toISOString().slice(0, 10)}, ${values.minutes} min, Node ${process.version}`,
);
for (const { name, load } of loads)
  console.log(`${name.padEnd(44)} ${String(load.done).padStart(9)} done, ${load.missing()} missing`);
const seen = (key) =>
  `${median(early, key)} early, ${median(late, key)} late, ${Math.max(...samples.map((s) => s[key]))} at most`;
console.log(`memory (kB): ${seen('memoryKb')}`);
console.log(`handles: ${seen('handles')}`);
for (const failure of failures.slice(0, 20)) console.log(failure);
console.log(failures.length === 0 ? 'soak passed' : `soak failed: ${failures.length}`);
process.exit(failures.length === 0 ? 0 : 1);

function sample(pid) {
  const memoryKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { memoryKb, handles: readdirSync(`/proc/${pid}/fd`).length };
}

function median(list, key) {
  const sorted = list.map((one) => one[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
