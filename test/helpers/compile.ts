import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Compiles `src` into a directory of its own, for tests that need a process of their own to run it in. Types are not
 * checked again, so it is quick and needs no build before.
 */
export function compile(): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'msgplay-test-'));
  const project = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { noCheck: true, allowJs: true, declaration: false, rootDir: ROOT, outDir: directory },
    include: [join(ROOT, 'src')],
  };
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', directory], { stdio: 'inherit' });
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
