/**
 * `npm run record`: plays the runs whose pages are kept, or those that are named (`npm run record -- pubsub`), and saves
 * their events in `recorded/`. Then
 * `npx vitest run test/golden --update` draws the pages anew; whoever commits them has read them.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const RUNS = [
  ['job-queue', '--jobs', '4', '--crash'],
  ['pubsub', '--events', '1'],
  ['stomp-chat'],
  ['http-vs-ws', '--updates', '2', '--every', '20', '--poll', '15'],
];

const msgplay = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const run = promisify(execFile);

const wanted = process.argv.slice(2);
for (const [scenario, ...options] of RUNS) {
  if (wanted.length > 0 && !wanted.includes(scenario)) continue;
  const { stdout } = await run(process.execPath, [msgplay, 'run', scenario, ...options, '--format', 'ndjson']);
  await writeFile(new URL(`recorded/${scenario}.ndjson`, import.meta.url), stdout);
}
