import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
