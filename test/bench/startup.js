/** How long the command line takes to say something, against node on an empty file, in turns. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const ROUNDS = 25;
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function timed(args) {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
}

export default async function bench() {
  console.log('start of the command line');
  const folder = mkdtempSync(join(tmpdir(), 'msgplay-bench-'));
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  try {
    for (const words of [['list'], ['--help'], ['run', '--help'], ['explain', 'pubsub']]) {
      const [bare, ours] = [[], []];
      for (let round = -2; round < ROUNDS; round++) {
        const [one, other] = [timed([empty]), timed([BIN, ...words])];
        if (round >= 0) {
          bare.push(one);
          ours.push(other);
        }
      }
      const ratio = median(ours) / median(bare);
      const times = `(${median(ours).toFixed(0)} to ${median(bare).toFixed(0)} ms)`;
      console.log(`  ${`msgplay ${words.join(' ')}`.padEnd(30)} ${ratio.toFixed(2)} of an empty file ${times}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
