/** Saved runs in files. */
import { createReadStream } from 'node:fs';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { TraceEvent } from '../../core/events.ts';
import { readRun } from '../../core/saved-run.ts';

/** For whoever has none. */
export const HOW_TO_SAVE = 'Save one with: msgplay run pubsub --report ndjson=run.ndjson';

/** The events of a file. Throws a UsageError where it can't be read, or holds something else. */
export async function* eventsOf(file: string): AsyncGenerator<TraceEvent> {
  try {
    yield* readRun(createReadStream(file));
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(`${file}: ${error.message}`, { hint: HOW_TO_SAVE, cause: error });
    const reason = messageOf(error)
      .replace(/^[A-Z]+: /, '')
      .replace(/, \w+( '.*')?$/, '');
    throw new UsageError(`${file} can't be read: ${reason}.`, { cause: error });
  }
}
