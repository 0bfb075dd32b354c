/**
 * `npm run record`: plays the runs anew whose pages are kept, or those that are named (`npm run record -- pubsub`), saves
 * their events, draws their pages, and writes down the story and the line in docs/scenarios.md of every scenario; whoever
 * commits them has read them. `recorded/` has those that are drawn in every way, with all their frames; `course/` has a
 * run of each other scenario, without frames and compressed.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const IN_EVERY_WAY = {
  'job-queue': ['--jobs', '4', '--crash'],
  pubsub: ['--events', '1'],
  'stomp-chat': [],
  'http-vs-ws': ['--updates', '2', '--every', '20', '--poll', '15'],
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
async function msgplay(...args) {
  const { stdout } = await run(process.execPath, ['bin/msgplay.js', ...args], { cwd: root, maxBuffer: 2 ** 28 });
  return stdout;
}

const wanted = process.argv.slice(2);
await mkdir(new URL('course/', import.meta.url), { recursive: true });
for (const { name } of JSON.parse(await msgplay('list', '--json'))) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const options = IN_EVERY_WAY[name];
  if (options) {
    const events = await msgplay('run', name, ...options, '--format', 'ndjson');
    await writeFile(new URL(`recorded/${name}.ndjson`, import.meta.url), events);
  } else {
    const events = await msgplay('run', name, '--layer', 'message', '--format', 'ndjson');
    await writeFile(new URL(`course/${name}.ndjson.gz`, import.meta.url), gzipSync(events, { level: 9 }));
  }
}
const draw = ['vitest', 'run', 'test/golden', 'test/docs/scenarios.test.ts', '--update'];
process.exitCode = spawnSync('npx', draw, { cwd: root, stdio: 'inherit' }).status ?? 1;
