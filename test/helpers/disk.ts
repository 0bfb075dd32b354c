/** Small disks, which only the system's administrator can mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A disk of so many kB, with room for so many files, for one test. */
export function disk(kB: number, files = 100): string {
  const place = mkdtempSync(join(tmpdir(), 'msgplay-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kB}k,nr_inodes=${files}`, 'tmpfs', place], { stdio: 'pipe' });
  onTestFinished(() => {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  });
  return place;
}

/** Why there are none here, where there are none. */
export function noDisks(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'msgplay-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'pipe' });
    execFileSync('umount', [place]);
    return undefined;
  } catch {
    return 'disks can not be mounted here';
  } finally {
    rmSync(place, { recursive: true });
  }
}
