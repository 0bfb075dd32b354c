/** Reads a saved run. `msgplay run job-queue --format ndjson > run.ndjson && node saved-run.js run.ndjson` */
import { createReadStream } from 'node:fs';
import { readRun } from 'msgplay';

let frames = 0;
for await (const event of readRun(createReadStream(process.argv[2]))) {
  if (event.type === 'frame') frames += 1;
  if (event.type === 'run-end') console.log(`${event.outcome} after ${frames} frames`);
}
