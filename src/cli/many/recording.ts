/** A run kept in a file until its turn comes: it may be long, and many of them may wait. */
import { createReadStream, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TraceEvent } from '../../core/events.ts';
import { readRun } from '../../core/trace/saved-run.ts';
import { cutOff } from '../../lab/start.ts';
import type { FrameDetail } from '../../reporters/reporter.ts';
import type { LookSettings } from '../flags/look-flags.ts';
import { type OutputError, stdout } from '../output/output.ts';
import { PiecewiseFile } from '../output/piecewise.ts';
import type { Audience } from '../output/reports.ts';
import { unkept } from './run-files.ts';

/** Writes the events of one run to a file. */
export class Recording implements Audience {
  /** Whether the run began; one that did not is none for the page. */
  began = false;
  readonly #path: string;
  readonly #detail: FrameDetail;
  readonly #file: PiecewiseFile;

  constructor(path: string, detail: FrameDetail) {
    this.#path = path;
    this.#detail = detail;
    let file: number | undefined;
    let failure: unknown;
    try {
      file = openSync(path, 'w', 0o600);
    } catch (error) {
      failure = error;
    }
    this.#file = new PiecewiseFile(file, failure);
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
    this.#file.flush();
    this.#file.close();
    const { failure } = this.#file;
    return failure === undefined ? undefined : unkept(dirname(this.#path), failure);
  }

  #write(event: TraceEvent): void {
    this.#file.write(`${JSON.stringify(event)}\n`);
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
