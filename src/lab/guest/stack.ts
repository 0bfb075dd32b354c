import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first place of a stack that is in the user's file or beside it, not in what it imports: `mine.js:12`. */
export function placeIn(file: string, stack: string | undefined): string | undefined {
  for (const [, path = '', line] of (stack ?? '').matchAll(
    /((?:file:\/\/|\/|[A-Z]:\\)[^\n()]*?):(\d+)(?::\d+)?\)?$/gm,
  )) {
    const at = path.startsWith('file:') ? fileURLToPath(path) : path;
    if (at === file) return `${shown(at)}:${line}`;
  }
  return undefined;
}

/** A path as short as it can be said. */
export function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith(`..${sep}`) || near === '' ? path : near;
}

/** For what happened to a guest, and not in a line of a program. */
export function withoutStack(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}
