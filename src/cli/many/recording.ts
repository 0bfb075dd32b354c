/** A run kept in a file until its turn comes: it may be long, and many of them may wait. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TraceEvent } from '../../core/events.ts';
import { readRun } from '../../core/saved-run.ts';
import { cutOff } from '../../lab/start.ts';
import type { FrameDetail } from '../../reporters/reporter.ts';
import type { LookSettings } from '../flags/look-flags.ts';
import { type OutputError, stdout } from '../output/output.ts';
import type { Audience } from '../output/reports.ts';
import { unkept } from './run-files.ts';

/** Text is written in pieces of about so many characters. */
const PIECE = 64 * 1024;

/** Writes the events of one run to a file. */
export class Recording implements Audience {
  /** Whether the run began; one that did not is none for the page. */
  began = false;
  readonly #path: string;
  readonly #detail: FrameDetail;
  #file: number | undefined;
  #waiting = '';
  #failure: unknown;

  constructor(path: string, detail: FrameDetail) {
    this.#path = path;
    this.#detail = detail;
    try {
      this.#file = openSync(path, 'w', 0o600);
    } catch (error) {
      this.#failure = error;
    }
  }

  frames(): FrameDetail {
    return this.#detail;
  }

  begin(): (event: TraceEvent) => void {
    return (event) => {
      this.began = true;
      this.#write(event);
    };
  }

  beginFiles(): (event: TraceEvent) => void {
    return (event) => this.#write(event);
  }

  /** What kept it from being written, where something did. */
  close(): OutputError | undefined {
    this.#flush();
    if (this.#file !== undefined) closeSync(this.#file);
    return this.#failure === undefined ? undefined : unkept(dirname(this.#path), this.#failure);
  }

  #write(event: TraceEvent): void {
    this.#waiting += `${JSON.stringify(event)}\n`;
    if (this.#waiting.length >= PIECE) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    if (this.#failure !== undefined || this.#file === undefined) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** The events of a recorded run. One whose process died has the end that is missing, with `why`. */
export async function* recorded(path: string, why: string): AsyncGenerator<TraceEvent, void> {
  let last: TraceEvent | undefined;
  try {
    for await (const event of readRun(createReadStream(path))) {
      last = event;
      yield event;
    }
  } catch {
    // Half a line, which its process did not come to finish.
  }
  if (last && last.type !== 'run-end') yield cutOff(last, why);
}

/** Shows a recorded run, as fast as its reader takes it. */
export async function show(
  events: AsyncIterable<TraceEvent>,
  { layer, handshakes, language, legend }: LookSettings,
  begin: Audience['begin'],
): Promise<void> {
  let sink: ((event: TraceEvent) => void) | undefined;
  for await (const event of events) {
    const asked = handshakes ?? (event.type === 'run-start' && event.handshakes === true);
    sink ??= begin({ layer, handshakes: asked, language, legend });
    sink(event);
    if (stdout.pressure.isHigh) await new Promise<void>((low) => stdout.pressure.whenLow(low));
  }
}
