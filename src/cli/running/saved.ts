/** Saved runs in files. */
import { createReadStream } from 'node:fs';
import { reasonOf, UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { readRun } from '../../core/trace/saved-run.ts';
import { TRACE_FORMAT } from '../../core/version.ts';

/** For whoever has none. */
export const HOW_TO_SAVE = 'Save one with: msgplay run pubsub --report ndjson=run.ndjson';

/** Why what is shown of a file is not all that stands there. */
export function newerThan(file: string, format: number): UsageError {
  return new UsageError(
    `${file} was written by a newer msgplay (trace format ${format}; this one reads ${TRACE_FORMAT}): what is shown may lack something.`,
    { hint: 'Install the newest msgplay.' },
  );
}

/** The events of a file. Throws a UsageError where it can't be read, or holds something else. */
export async function* eventsOf(file: string): AsyncGenerator<TraceEvent> {
  try {
    yield* readRun(createReadStream(file));
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(`${file}: ${error.message}`, { hint: HOW_TO_SAVE, cause: error });
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}.`, { cause: error });
  }
}
