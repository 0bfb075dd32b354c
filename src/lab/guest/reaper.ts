/** The processes that a scenario file starts: none outlives the run. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./_reaper.js', import.meta.url));

export class Reaper {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown>;
  #said = '';

  /** @param mark what all of these processes carry in their environment: `NAME=value` */
  constructor(mark: string) {
    // Out of reach of Ctrl-C and of a closing terminal.
    this.#child = spawn(process.execPath, [PROGRAM, mark], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin.on('error', () => {});
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#said += text;
    });
    this.#ended = once(this.#child, 'close').catch(() => {});
  }

  /** Is told of a process that was started, or, by its negative, of one that has ended. */
  tell(pid: number): void {
    this.#child.stdin.write(`${pid}\n`);
  }

  /** Ends them all; resolves with the programs that were still there. Never rejects. */
  async end(): Promise<readonly string[]> {
    this.#child.stdin.end();
    await this.#ended;
    try {
      return JSON.parse(this.#said);
    } catch {
      return [];
    }
  }
}
