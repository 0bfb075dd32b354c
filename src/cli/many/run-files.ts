/** Files for runs that wait for their turn, in a directory that goes with this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class RunFiles {
  readonly directory = mkdtempSync(join(tmpdir(), 'msgplay-runs-'));
  #count = 0;

  constructor() {
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
