/** A report in a file: whole, or not there at all. It is written beside its place and moved there at the end. */
import { fchmodSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf, UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import type { Look, Reporter } from '../../reporters/reporter.ts';
import { OutputError } from './output.ts';
import { PiecewiseFile } from './piecewise.ts';

/** Tells the files of this process apart: two of a kind may go to one directory. */
let count = 0;

const PERMISSIONS = 0o777;

export class ReportFile {
  readonly reporter: Reporter;
  readonly path: string;
  readonly #beside: string;
  readonly #file: PiecewiseFile;
  /** The reports of the runs so far, for a format that makes a document of them at the end. */
  readonly #reports: string[] = [];
  /** What is written behind the last report, where the format has such a thing. */
  #after: string | undefined;

  /** Throws a UsageError where the file can't be written, before anything is run. */
  constructor(reporter: Reporter, file: string) {
    this.reporter = reporter;
    this.path = resolve(file);
    let beside = this.path;
    try {
      const found = statSync(this.path, { throwIfNoEntry: false });
      if (found?.isDirectory()) throw new Error('it is a directory');
      // Behind a link, the file is replaced and not the link. A pipe or a device is nothing that could be replaced.
      if (found?.isFile()) this.path = realpathSync(this.path);
      if (!found || found.isFile()) beside = join(dirname(this.path), `.${process.pid}.${++count}.part`);
      // What only its owner may read stays so.
      const mode = found?.isFile() ? found.mode & PERMISSIONS : undefined;
      const descriptor = openSync(beside, 'w', mode);
      if (mode !== undefined) fchmodSync(descriptor, mode);
      this.#file = new PiecewiseFile(descriptor);
    } catch (error) {
      throw new UsageError(`The report can't be written to ${file}: ${reasonOf(error)}`, { cause: error });
    }
    this.#beside = beside;
  }

  begin(look: Look): (event: TraceEvent) => void {
    this.#after ??= opened(this.reporter, (text) => this.#file.write(text));
    const report = this.reporter.begin(look);
    const index = this.#reports.push('') - 1;
    return (event) => {
      const text = report(event);
      if (text === '') return;
      if (this.reporter.document) this.#reports[index] += text;
      else this.#file.write(text);
    };
  }

  /** What is told between runs, where the format has a place for it. */
  say(text: string, look: Look): void {
    const told = this.reporter.say?.(text, look);
    if (told === undefined) return;
    if (this.reporter.document) this.#reports.push(told);
    else this.#file.write(told);
  }

  /** Moves the report to its place. Throws an OutputError where it could not be written; then nothing of it stays. */
  end(): void {
    try {
      if (this.reporter.document) this.#file.write(this.reporter.document(this.#reports));
      this.#file.write(this.#after ?? '');
      this.#file.flush();
      if (this.#file.failure !== undefined) throw this.#file.failure;
      this.#file.close();
      if (this.#beside !== this.path) renameSync(this.#beside, this.path);
    } catch (error) {
      this.drop();
      throw new OutputError(`the report can't be written to ${this.path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Leaves nothing. */
  drop(): void {
    this.#file.close();
    if (this.#beside !== this.path) rmSync(this.#beside, { force: true });
  }
}

/** Writes what stands before the first report; gives what belongs behind the last one. */
export function opened({ around }: Reporter, write: (text: string) => void): string {
  const { before, after } = around?.() ?? { before: '', after: '' };
  write(before);
  return after;
}
