import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Living processes that name `mark` in their environment, command line or working directory (Linux), but not this one. */
export function processesWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) =>
      [read(pid, 'environ'), read(pid, 'cmdline'), workingDirectory(pid)].some((text) => text.includes(mark)),
    )
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Looks again and again until `found` gives something, and fails with what it last saw when it takes too long. */
export async function eventually<T>(found: () => T | undefined | false, what: string, limitMs = 15_000): Promise<T> {
  for (const deadline = performance.now() + limitMs; performance.now() < deadline; ) {
    const result = found();
    if (result) return result;
    await sleep(10);
  }
  throw new Error(`it did not happen within ${limitMs} ms: ${what}`);
}
