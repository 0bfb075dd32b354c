/**
 * Starts server processes for msgplay and outlives it just long enough to remove them.
 *
 * It is the parent of every server, so there is no moment at which a server runs and nobody knows: it reads commands
 * from its standard input, and when that ends, however msgplay ended, it kills all it started, with whatever those
 * started in turn, and removes the temporary directory. It runs in a session of its own, out of reach of Ctrl-C and of
 * a closing terminal. Plain JavaScript, because Node runs it as it is, in a source tree as in an installed package.
 *
 * In:  {"start":name,"command":…,"args":[…],"env":{…}} · {"signal":name,"with":"SIGTERM"}
 * Out: {"directory":…} · {"started":name,"group":pid} · {"exited":name,"why":"exit code 1"}; one JSON object a line
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long killed processes get to disappear before their directory is removed anyway. */
const DISAPPEAR_MS = 5000;
const LOOK_AGAIN_MS = 20;

// Whoever ends every process named node ends msgplay, and must find this one alive to clear up.
process.title = 'msgplay-watchdog';

const directory = newDirectory();
/** What every descendant carries in its environment, also one that has left its parent's process group. */
const mark = `MSGPLAY_WATCHDOG=${directory}`;
/** The process group of each server; a server that was started again has a new one. */
const groups = new Map();

/** Under the name that msgplay has chosen: it removes the directory itself where this process is killed at once. */
function newDirectory() {
  const [, , path] = process.argv;
  try {
    mkdirSync(path, { mode: 0o700 });
    return realpathSync(path);
  } catch (error) {
    // This is a sentence for the user, and no crash that has a stack.
    writeSync(2, `nothing can be kept in ${dirname(path)}: ${reasonOf(error)}`);
    process.exit(1);
  }
}

/** `ENOSPC: no space left on device, open '…'` without its jargon. */
function reasonOf({ message }) {
  return message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*)?$/s, '');
}

function say(message) {
  // Nobody may be listening any more, which the end of the input will tell.
  process.stdout.write(`${JSON.stringify(message)}\n`, () => {});
}

function start({ start: name, command, args, env }) {
  let log;
  try {
    log = openSync(join(directory, `${name}.log`), 'a');
  } catch (error) {
    say({ exited: name, why: `its log can't be written: ${reasonOf(error)}` });
    return;
  }
  const marked = { ...env, MSGPLAY_WATCHDOG: directory };
  const options = { cwd: directory, env: marked, detached: true, stdio: ['ignore', log, log] };
  const child = spawn(command, args, options);
  closeSync(log);
  child.once('error', (error) => say({ exited: name, why: error.message }));
  child.once('spawn', () => {
    groups.set(name, child.pid);
    say({ started: name, group: child.pid });
  });
  child.once('exit', (code, signal) => {
    // What it left behind goes too, now: later its group's number may belong to somebody else.
    kill(-child.pid, 'SIGKILL');
    if (groups.get(name) === child.pid) groups.delete(name);
    say({ exited: name, why: signal ? `killed by ${signal}` : `exit code ${code}` });
  });
}

function kill(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Processes that descend from here, where the system lets us look (Linux): some overwrite their environment. */
function marked() {
  try {
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    return pids.filter((pid) => environmentOf(pid).includes(mark) || isHere(pid)).map(Number);
  } catch {
    return [];
  }
}

function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

/** Every server runs in the directory that is about to go. */
function isHere(pid) {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${directory}/`);
  } catch {
    return false;
  }
}

async function end() {
  const deadline = Date.now() + DISAPPEAR_MS;
  for (;;) {
    let alive = false;
    for (const group of groups.values()) alive = kill(-group, 'SIGKILL') || alive;
    for (const pid of marked()) alive = kill(pid, 'SIGKILL') || alive;
    if (!alive || Date.now() > deadline) break;
    await sleep(LOOK_AGAIN_MS);
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: LOOK_AGAIN_MS });
  process.exit(0);
}

let ending = false;
function endOnce() {
  if (!ending) end();
  ending = true;
}

process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) process.on(signal, endOnce);
// Node's answer to this one would be a debugger's port.
process.on('SIGUSR1', () => {});
say({ directory });
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line);
    if (command.start && !ending) start(command);
    if (command.signal && groups.has(command.signal)) kill(-groups.get(command.signal), command.with);
  })
  .on('close', endOnce);
