/**
 * Builds dist. It is never taken away from a msgplay that runs: what is new is put in its place file by file, what has not
 * changed stays, and what is no longer there goes last.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle, tighten } from './bundle.js';
import { keepReached } from './types.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    : [];

function isSame(one, other) {
  return existsSync(other) && readFileSync(one).equals(readFileSync(other));
}

function leave(code) {
  rmSync(fresh, { recursive: true, force: true });
  process.exit(code);
}

// Beside dist, so that a file gets to its place by being renamed, at once.
const fresh = mkdtempSync(join(ROOT, '.build-'));
try {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  // Types are checked by `npm run typecheck`: a build only needs them taken out, and is four times faster so.
  const { status } = spawnSync(tsc, ['-p', join(ROOT, 'tsconfig.build.json'), '--noCheck', '--outDir', fresh], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // It has said what is wrong.
  if (status !== 0) leave(status ?? 1);
  keepReached(ROOT, fresh);
  writeFileSync(join(fresh, 'LICENSES.txt'), await bundle(ROOT, fresh));
  for (const folder of ['src', 'scenarios']) {
    // Pages and translations, and programs that run elsewhere: in a browser, or after msgplay.
    const filter = (file) => !/\.[cm]?ts$/.test(file);
    cpSync(join(ROOT, folder), join(fresh, folder), { recursive: true, filter });
  }
  // Its parts are put together line by line.
  const page = join(fresh, 'src', 'reporters', 'html', 'program');
  for (const file of filesIn(page)) tighten(join(page, file), { keepsLines: true });
  const { writeDown } = await import(pathToFileURL(join(fresh, 'src', 'cli', 'written', 'written.js')).href);
  await writeDown();
  // It is data now; the program of it was for this build.
  rmSync(join(fresh, 'chunks', 'glossary.js'));
  const files = filesIn(fresh);
  for (const file of files) {
    const place = join(DIST, file);
    if (isSame(join(fresh, file), place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    renameSync(join(fresh, file), place);
  }
  const wanted = new Set(files);
  for (const file of filesIn(DIST)) if (!wanted.has(file)) rmSync(join(DIST, file));
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
