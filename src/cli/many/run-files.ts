/** Files for runs that wait for their turn, in a directory that goes with this process. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { OutputError } from '../output/output.ts';

/** What to do where runs can't be kept. */
const HINT = 'Another directory for temporary files can be named by TMPDIR.';

/** A run that can't be kept until its turn comes: a full disk, a directory that is not there. */
export function unkept(place: string, error: unknown): OutputError {
  return new OutputError(`the run can't be kept in ${place}: ${reasonOf(error)}`, { hint: HINT, cause: error });
}

export class RunFiles {
  readonly directory: string;
  #count = 0;

  /** Throws an OutputError where there is no room for any. */
  constructor() {
    try {
      this.directory = mkdtempSync(join(tmpdir(), 'msgplay-runs-'));
    } catch (error) {
      throw unkept(tmpdir(), error);
    }
    process.on('exit', this.#remove);
  }

  /** The path of a file that is not there yet. */
  next(): string {
    return join(this.directory, `${++this.#count}.ndjson`);
  }

  forget(file: string): void {
    rmSync(file, { force: true });
  }

  close(): void {
    process.off('exit', this.#remove);
    this.#remove();
  }

  readonly #remove = (): void => rmSync(this.directory, { recursive: true, force: true });
}
