/** `run --watch`: runs again on each save of a scenario file, or of what it imports from beside it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, type Stats, statSync, unwatchFile, watchFile } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../core/errors.ts';
import { assertProgram, isProgram } from '../_files.ts';
import { clear, flush, remark } from '../output/output.ts';
import { isTerminal } from '../output/terminal.ts';
import { ownFile } from '../own/folder.ts';
import { onEndingSignal } from './signals.ts';

const BIN = fileURLToPath(new URL('../../../../bin/msgplay.js', import.meta.url));
/** How often files are looked at, in ms: that way also one that an editor replaces is noticed, on every disk. */
const LOOK_MS = 150;
/** An editor that saves several files is waited for, in ms. */
const SETTLE_MS = 100;

/**
 * Runs the line in a process of its own, so that everything is loaded anew, and again on each save. Resolves with the
 * exit code of the signal that ends it; a run that is under way then is ended as Ctrl-C ends it.
 */
export async function watchRuns(args: readonly string[]): Promise<number> {
  const files = await filesIn(args);
  const watching = new Watching(files);
  const ending = new AbortController();
  let exitCode = 0;
  const stopListening = onEndingSignal((code) => {
    exitCode = code;
    ending.abort();
  });
  try {
    for (let first = true; !ending.signal.aborted; first = false) {
      if (!first && isTerminal()) clear();
      await flush();
      const changed = watching.next(ending.signal);
      await runUntil(args, changed);
      if (!ending.signal.aborted && !watching.hasChanged) {
        remark(`\nmsgplay: watching ${files.map((file) => relative('', file)).join(', ')}; Ctrl-C ends it.`);
      }
      await changed;
    }
  } finally {
    watching.end();
    stopListening();
  }
  return exitCode;
}

/** The files of a line that can change. */
async function filesIn(args: readonly string[]): Promise<string[]> {
  const named = await Promise.all(args.map(async (word) => (isProgram(word) ? word : ((await ownFile(word)) ?? []))));
  const files = [...new Set(named.flat())];
  for (const file of files) await assertProgram(file);
  if (files.length > 0) return files.map((file) => resolve(file));
  throw new UsageError('--watch is about scenarios of your own: this line names none.', {
    hint: 'For example: msgplay new hello, then msgplay run hello --watch',
  });
}

/** Resolves when the run has ended, by itself or because there is something to run anew. */
function runUntil(args: readonly string[], changed: Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [BIN, 'run', ...args], { stdio: 'inherit' });
  void changed.then(() => child.kill('SIGINT'));
  return new Promise((done) => {
    child.once('error', (error) => {
      remark(`msgplay: ${error.message}`);
      done();
    });
    child.once('exit', () => done());
  });
}

/** Files, with what they import from beside them, as they are at the moment. */
class Watching {
  readonly #roots: readonly string[];
  #watched: string[] = [];
  #changed = false;
  #tell: () => void = () => {};

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Whether something has changed since `next` was called last. */
  get hasChanged(): boolean {
    return this.#changed;
  }

  /** Resolves once a file has changed, or the signal is aborted. */
  next(signal: AbortSignal): Promise<void> {
    this.end();
    this.#changed = false;
    this.#watched = [...withImports(this.#roots)];
    return new Promise((done) => {
      let timer: NodeJS.Timeout | undefined;
      this.#tell = () => {
        this.#changed = true;
        clearTimeout(timer);
        timer = setTimeout(done, SETTLE_MS);
      };
      signal.addEventListener('abort', () => done(), { once: true });
      if (signal.aborted) done();
      for (const file of this.#watched) watchFile(file, { interval: LOOK_MS }, this.#look);
    });
  }

  end(): void {
    for (const file of this.#watched) unwatchFile(file, this.#look);
  }

  readonly #look = (now: Stats, before: Stats): void => {
    // One that is gone is about to be replaced.
    if (now.mtimeMs !== 0 && (now.mtimeMs !== before.mtimeMs || now.size !== before.size)) this.#tell();
  };
}

const IMPORTS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g;
const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

function withImports(roots: readonly string[]): Set<string> {
  const found = new Set(roots);
  for (const file of found) {
    for (const [, path = ''] of readIfThere(file).matchAll(IMPORTS)) {
      const imported = fileAt(resolve(dirname(file), path));
      if (imported !== undefined) found.add(imported);
    }
  }
  return found;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** In TypeScript `./x.js` may be `./x.ts`. */
function fileAt(path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [...ENDINGS.map((ending) => path + ending), bare].find((one) => existsSync(one) && statSync(one).isFile());
}
