import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles the sources into a directory of its own, for tests that need a process of their own to run them in. */
export function compile(): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', directory, '--declaration', 'false'];
  execFileSync(process.execPath, [compiler, ...project], { stdio: 'inherit' });
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
