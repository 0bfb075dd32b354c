/** How long the command line takes to say something, against node on an empty file, in turns. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const ROUNDS = 25;
/** Lines, and how many times as long as the empty file they may take. */
const WHOLE = [
  ['list', 1.25],
  ['--help', 1.25],
  ['explain pubsub', 1.25],
  ['explain ack', 1.25],
  ['run --help', undefined],
];
const FIRST_EVENT = [['run pubsub', 3]];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function whole(args) {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
}

async function firstEvent(args) {
  const started = performance.now();
  const child = spawn(process.execPath, [...args, '--format', 'ndjson'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  const tookMs = performance.now() - started;
  child.kill();
  await ended;
  return tookMs;
}

async function compare([line, target], what, measure, empty) {
  const [bare, ours] = [[], []];
  for (let round = -2; round < ROUNDS; round++) {
    const [one, other] = [whole([empty]), await measure([BIN, ...line.split(' ')])];
    if (round >= 0) {
      bare.push(one);
      ours.push(other);
    }
  }
  const ratio = (median(ours) / median(bare)).toFixed(2);
  const times = `${median(ours).toFixed(0)} to ${median(bare).toFixed(0)} ms`;
  const goal = target === undefined ? '' : `; target ${target.toFixed(2)}`;
  console.log(`  ${`msgplay ${line}${what}`.padEnd(36)} ${ratio} of an empty file (${times}${goal})`);
}

export default async function bench() {
  console.log('start of the command line');
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-bench-'));
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  try {
    for (const line of WHOLE) await compare(line, '', whole, empty);
    for (const line of FIRST_EVENT) await compare(line, ', to its first event', firstEvent, empty);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
