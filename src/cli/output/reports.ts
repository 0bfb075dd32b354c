/** Where the events of runs go: to the page on stdout, and to the files of `--report`. */
import type { Command } from 'commander';
import { MsgplayError, UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import type { FrameDetail, Layer, Look, Reporter } from '../../reporters/reporter.ts';
import { openWeb, type WebFlags } from '../web/flag.ts';
import type { Web } from '../web/web.ts';
import { GithubJob } from './github.ts';
import { print, remark } from './output.ts';
import { opened, ReportFile } from './report-file.ts';
import { findReporter } from './reporters.ts';
import { isTerminal, terminalLook } from './terminal.ts';

/** Where nothing happens for so long, in ms, what a page holds back is shown. */
const LATE_MS = 300;
/** Columns of a report in a file, as a terminal of usual width has them. */
const FILE_WIDTH = 100;
const DETAILS: readonly FrameDetail[] = ['no', 'yes', 'with bytes'];

/** As `--report junit=out.xml` says it. */
export interface ReportFlags extends WebFlags {
  readonly format?: string;
  readonly report?: readonly string[];
}

export function addReportFlag(parser: Command): void {
  parser.option('--report <kind=file>', 'write a report to a file, too; may be given several times', collect);
}

/** How one run is looked at. */
export type RunLook = Pick<Look, 'layer' | 'handshakes' | 'language' | 'legend'>;

/** Whoever takes the events of runs. */
export interface Audience {
  /** What the most curious of them needs to be told. */
  frames(layer: Layer | undefined): FrameDetail;
  /** Begins a run; the result takes its events. */
  begin(look: RunLook): (event: TraceEvent) => void;
  /** The same for the files alone: the page has no use for a run that could not begin, but a list of all runs has. */
  beginFiles(look: RunLook): (event: TraceEvent) => void;
}

/** The most that any of them needs. */
export function detailOf(needs: readonly FrameDetail[]): FrameDetail {
  return DETAILS[Math.max(...needs.map((need) => DETAILS.indexOf(need)))] ?? 'no';
}

/** Both get all events. */
export function together(one: Audience, other: Audience): Audience {
  const both = (first: (event: TraceEvent) => void, second: (event: TraceEvent) => void) => (event: TraceEvent) => {
    first(event);
    second(event);
  };
  return {
    frames: (layer) => detailOf([one.frames(layer), other.frames(layer)]),
    begin: (look) => both(one.begin(look), other.begin(look)),
    beginFiles: (look) => both(one.beginFiles(look), other.beginFiles(look)),
  };
}

export class Reports implements Audience {
  readonly #page: Reporter;
  readonly #files: readonly ReportFile[];
  /** The reports of the page, where it is one document. */
  readonly #pages: string[] = [];
  /** What is printed behind the last of them, where the format has such a thing. */
  #after: string | undefined;
  readonly #job: GithubJob | undefined;
  #web: Web | undefined;
  #runs = 0;

  private constructor(page: Reporter, files: readonly ReportFile[]) {
    this.#page = page;
    this.#files = files;
    this.#job = GithubJob.here([page, ...files.map(({ reporter }) => reporter)].some(({ name }) => name === 'github'));
  }

  /**
   * Throws a UsageError for a format that there is not, and for a file that can't be written; a BackendError for a port of
   * the page that can't be had.
   */
  static async open({ format, report = [], web }: ReportFlags): Promise<Reports> {
    const page = await findReporter(format ?? (isTerminal() ? 'pretty' : 'lines'));
    const wanted = await Promise.all(report.map(readReport));
    const files: ReportFile[] = [];
    try {
      for (const { reporter, file } of wanted) {
        const opened = new ReportFile(reporter, file);
        const isTaken = files.some(({ path }) => path === opened.path);
        files.push(opened);
        if (isTaken) throw twice(file);
      }
    } catch (error) {
      for (const file of files) file.drop();
      throw error;
    }
    const reports = new Reports(page, files);
    try {
      reports.#web = await openWeb({ web });
    } catch (error) {
      reports.drop();
      throw error;
    }
    return reports;
  }

  /** The page in browsers, where it was asked for. */
  get web(): Web | undefined {
    return this.#web;
  }

  frames(layer: Layer | undefined): FrameDetail {
    const needs = [this.#page, ...this.#files.map(({ reporter }) => reporter)].map((one) => one.frames(layer));
    return detailOf(this.#web ? [...needs, 'yes'] : needs);
  }

  begin(look: RunLook): (event: TraceEvent) => void {
    const files = this.beginFiles(look);
    const page = this.#page.begin({ ...look, ...terminalLook() });
    const index = this.#pages.push('') - 1;
    this.#after ??= opened(this.#page, print);
    let waiting: NodeJS.Timeout | undefined;
    return (event) => {
      const text = page(event);
      if (this.#page.document) this.#pages[index] += text;
      else print(text);
      files(event);
      clearTimeout(waiting);
      const { late } = page;
      if (late && event.type !== 'run-end') waiting = setTimeout(() => print(late()), LATE_MS).unref();
    };
  }

  beginFiles(look: RunLook): (event: TraceEvent) => void {
    this.#runs += 1;
    const plain = { ...look, width: FILE_WIDTH, colorLevel: 0 } as const;
    const all = [...this.#files, this.#job, this.#web].filter((one) => one !== undefined);
    const files = all.map((one) => one.begin(plain));
    return (event) => {
      for (const file of files) file(event);
    };
  }

  /** Tells people something between runs, in every report that has a place for it; on the page, or beside it. */
  say(text: string, look: RunLook): void {
    const { say, document } = this.#page;
    const told = say?.(text, { ...look, ...terminalLook() });
    if (told === undefined) remark(text);
    else if (document) this.#pages.push(told);
    else print(told);
    for (const file of this.#files) file.say(text, { ...look, width: FILE_WIDTH, colorLevel: 0 });
  }

  /** Ends every report, where there is anything to report; one that can't be written is told, and keeps no other from its place. Resolves with the exit code. */
  async end(): Promise<number> {
    await this.#web?.end();
    if (this.#runs === 0) {
      this.drop();
      return 0;
    }
    if (this.#page.document && this.#pages.length > 0) print(this.#page.document(this.#pages));
    print(this.#after ?? '');
    this.#job?.end();
    let exitCode = 0;
    for (const file of this.#files) {
      try {
        file.end();
      } catch (error) {
        if (!(error instanceof MsgplayError)) throw error;
        remark(`msgplay: ${error.message}`);
        exitCode = error.exitCode;
      }
    }
    return exitCode;
  }

  /** Nothing began that could be reported. */
  drop(): void {
    for (const file of this.#files) file.drop();
  }
}

function collect(typed: string, before: readonly string[] = []): readonly string[] {
  return [...before, typed];
}

function twice(file: string): UsageError {
  return new UsageError(`Two reports can't go to the same file, ${file}.`, {
    hint: 'Give each its own: --report junit=out.xml --report html=out.html',
  });
}

async function readReport(typed: string): Promise<{ reporter: Reporter; file: string }> {
  const [, kind = '', file = ''] = /^([^=]+)=(.+)$/s.exec(typed) ?? [];
  if (file === '') {
    throw new UsageError(`--report takes a kind and a file, not '${typed}'.`, {
      hint: 'For example: --report junit=out.xml',
    });
  }
  const reporter = await findReporter(kind);
  if (file === '-') {
    throw new UsageError(`--report writes to a file: '-' is none.`, { hint: `On stdout: --format ${reporter.name}` });
  }
  return { reporter, file };
}
