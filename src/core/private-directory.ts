/** Directories of this user's own: nobody else may put something there that is then executed or believed. */
import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's caches lie. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cacheDirectory(): string | undefined {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg !== undefined && xdg !== '') return ownDirectory(join(xdg, 'msgplay'));
  if (process.platform === 'win32') return local === undefined ? undefined : ownDirectory(join(local, 'msgplay'));
  const caches = process.platform === 'darwin' ? join('Library', 'Caches') : '.cache';
  return ownDirectory(join(homedir(), caches, 'msgplay'));
}

/** Has Node keep what it compiles on this thread, which it can from version 22 on, where only this user can write. */
export function keepCompiled(): void {
  const { enableCompileCache } = module as Partial<typeof module> & {
    enableCompileCache?: (folder: string) => unknown;
  };
  if (!enableCompileCache) return;
  const cache = cacheDirectory();
  if (cache) enableCompileCache(`${cache}/node`);
}

/** Where lies what this user did. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function stateDirectory(): string | undefined {
  const { XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg !== undefined && xdg !== '') return ownDirectory(join(xdg, 'msgplay'));
  if (process.platform === 'win32') return local === undefined ? undefined : ownDirectory(join(local, 'msgplay'));
  return ownDirectory(join(homedir(), '.local', 'state', 'msgplay'));
}

/** The directory, made where it was missing; undefined where it can't be had, or where somebody else could write to it. */
export function ownDirectory(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    const isOwn = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    return found.isDirectory() && isOwn ? path : undefined;
  } catch {
    return undefined;
  }
}
