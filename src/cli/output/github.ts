/** What msgplay does by itself on GitHub Actions: annotations of what does not hold, and its part of the job's page. */

import { appendFileSync, statSync } from 'node:fs';
import { reasonOf } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { jobSummary, SUMMARY_TITLE } from '../../reporters/_job-summary.ts';
import { failuresOnly } from '../../reporters/github.ts';
import type { Look } from '../../reporters/reporter.ts';
import { printFor, remark } from './output.ts';

/** GitHub shows nothing of a summary that is longer: "supports content up to a size of 1024k". */
const MOST_BYTES = 1024 * 1024;
const CUT = '…\n';

export class GithubJob {
  readonly #annotates: boolean;
  readonly #summary: string | undefined;
  #text = '';

  /** Undefined where this is no such job. `isNamed` where annotations go where the user said, and nowhere else. */
  static here(isNamed: boolean): GithubJob | undefined {
    return process.env.GITHUB_ACTIONS === 'true' ? new GithubJob(!isNamed) : undefined;
  }

  private constructor(annotates: boolean) {
    this.#annotates = annotates;
    this.#summary = process.env.GITHUB_STEP_SUMMARY || undefined;
  }

  begin(look: Look): (event: TraceEvent) => void {
    const annotations = this.#annotates ? failuresOnly.begin(look) : undefined;
    const summary = this.#summary === undefined ? undefined : jobSummary(look);
    return (event) => {
      // The runner reads commands off both outputs; stdout is the user's page, or data.
      const text = annotations?.(event) ?? '';
      if (text !== '') printFor('remark', text);
      this.#add(summary?.(event) ?? '');
    };
  }

  /** Adds to what others have put on the job's page. What can't be written there fails no run. */
  end(): void {
    if (this.#summary === undefined || this.#text === '') return;
    try {
      const there = statSync(this.#summary, { throwIfNoEntry: false })?.size ?? 0;
      const text = fitting(SUMMARY_TITLE + this.#text, MOST_BYTES - there);
      if (text !== '') appendFileSync(this.#summary, text);
    } catch (error) {
      remark(`msgplay: the job summary can't be written to ${this.#summary}: ${reasonOf(error)}`);
    }
  }

  #add(text: string): void {
    if (this.#text.length < MOST_BYTES) this.#text += text;
  }
}

/** As many whole runs as fit. */
function fitting(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let fits = '';
  let size = Buffer.byteLength(CUT);
  for (const part of text.split(/(?<=\n\n)(?=[✅❌] \*\*)/)) {
    size += Buffer.byteLength(part);
    if (size > bytes) return fits === '' ? '' : fits + CUT;
    fits += part;
  }
  return fits;
}
