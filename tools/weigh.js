/** Holds that msgplay is light: what npm packs, and what installing that for production brings. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MB = 1_000_000;
const LIMITS = { packedBytes: 1 * MB, installedBytes: 20 * MB, packages: 60 };

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * MB });

function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

/** The packages that npm installed, by its own account. */
function packagesIn(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).filter(([path, { optional, extraneous }]) => path !== '' && !optional && !extraneous);
}

const folder = mkdtempSync(join(tmpdir(), 'msgplay-weigh-'));
try {
  const packed = JSON.parse(npm(ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  // A list up to npm 11, and an object by the packages' names later.
  const [{ filename, size, files }] = Object.values(packed);
  const strays = files.map(({ path }) => path).filter((path) => /^(examples|test|src|\.github)\//.test(path));
  if (strays.length > 0) throw new Error(`npm packs what is not for users: ${strays.slice(0, 5).join(', ')}`);

  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(
    folder,
    'install',
    '--omit=dev',
    '--omit=optional',
    '--no-audit',
    '--no-fund',
    `./${filename.replace(/[@/]/g, '')}`,
  );
  const weights = {
    packedBytes: size,
    installedBytes: bytesBelow(join(folder, 'node_modules')),
    packages: packagesIn(folder).length,
  };
  for (const [name, limit] of Object.entries(LIMITS)) {
    const tell = (value) => (name === 'packages' ? String(value) : `${(value / MB).toFixed(2)} MB`);
    console.log(`${name}: ${tell(weights[name])} of at most ${tell(limit)}`);
    if (weights[name] >= limit) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
