/** Keeps of the declarations those that others can reach: what package.json exports, and what that imports. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)\.[jt]s['"]/g;

/** The declarations that package.json names, as files below the build. */
function doors(root, fresh) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const types = Object.values(exports).flatMap((door) => door.types ?? []);
  return types.map((file) => join(fresh, file.replace(/^\.\/dist\//, '')));
}

/** Removes from a fresh build the declarations that nobody outside can reach. */
export function keepReached(root, fresh) {
  const reached = new Set();
  const next = doors(root, fresh);
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file) || !existsSync(file)) continue;
    reached.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORTED))
      next.push(join(dirname(file), `${path.replace(/\.d$/, '')}.d.ts`));
  }
  const all = readdirSync(fresh, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  for (const file of all.map((one) => join(fresh, one))) if (!reached.has(file)) rmSync(file);
}
