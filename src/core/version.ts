/** The version of msgplay, and of the traces that it writes. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The version of the trace's format: it grows when a reader of saved runs could misunderstand a newer trace. New fields
 * and new types of events don't count: readers pass over what they don't know.
 */
export const TRACE_FORMAT = 1;

/** The version in the nearest package.json above: ours, whether this file was compiled or not. */
export function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
    } catch (error) {
      if (dirname(folder) === folder) throw error;
    }
  }
}
