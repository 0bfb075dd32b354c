/**
 * Ends the processes that a scenario file has started and left. It does so when its standard input ends: at the end of
 * the run, or whenever msgplay is gone, however it went. Plain JavaScript, because Node runs it as it is, in a source
 * tree as in an installed package.
 *
 * Its argument is the mark that all of them carry in their environment. Where nobody may look there (macOS), it goes by
 * what it was told: In: the pid of a process that the file has started, a line each, and the same again with a minus
 * once that has ended. Out: the programs that were ended, one JSON array
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long processes get to end in good order, and to disappear once they were killed, in ms. */
const ORDER_MS = 1000;
const DISAPPEAR_MS = 5000;
const LOOK_AGAIN_MS = 20;

const [, , mark] = process.argv;
/** The processes that the file itself has started. */
const started = new Set();

process.title = 'msgplay-reaper';

/** What is left, with its program; undefined where the system has no such directory. */
function marked() {
  let entries;
  try {
    entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  } catch {
    return undefined;
  }
  return entries.flatMap((entry) => {
    const environment = read(`/proc/${entry}/environ`).split('\0');
    // One that has ended, and that nobody has asked about yet, has no environment any more.
    return environment.includes(mark) ? [{ pid: Number(entry), program: read(`/proc/${entry}/comm`).trim() }] : [];
  });
}

function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Those that the file has started, with all that descend from them. */
function descendants() {
  const listed = execFileSync('ps', ['-axo', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  const all = listed.split('\n').flatMap((line) => {
    const [, pid, parent, program] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), program: program.split('/').at(-1) }];
  });
  const found = new Set(started);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function end() {
  const programs = new Map();
  const begun = Date.now();
  for (;;) {
    const passed = Date.now() - begun;
    let alive = false;
    for (const { pid, program } of marked() ?? descendants()) {
      // Each is asked once, and then made to.
      const signal = passed > ORDER_MS ? 'SIGKILL' : programs.has(pid) ? 0 : 'SIGTERM';
      if (!kill(pid, signal)) continue;
      alive = true;
      programs.set(pid, program);
    }
    if (!alive || passed > ORDER_MS + DISAPPEAR_MS) break;
    await sleep(LOOK_AGAIN_MS);
  }
  process.stdout.write(`${JSON.stringify([...programs.values()])}\n`, () => process.exit(0));
}

process.stdout.on('error', () => {});
// It ends by its input only: whoever stops all of a terminal's processes stops the file's, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) process.on(signal, () => {});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (Number(line) < 0) started.delete(-Number(line));
    else started.add(Number(line));
  })
  .on('close', end);
