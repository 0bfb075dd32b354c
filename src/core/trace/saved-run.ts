/** Reads a run that was saved with `--format ndjson`. */
import { UsageError } from '../errors.ts';
import type { TraceEvent } from '../events.ts';
import { wrongWith } from './shape.ts';

/**
 * The events of a saved run, one JSON object per line, in their order. `source` is the text itself or anything that
 * gives it in pieces, such as a file's read stream; it is read no faster than the events are taken.
 *
 * Throws a UsageError that names the line where something stands that is no event. Types of events and fields that
 * this version does not know are passed on as they are.
 *
 * @example
 * for await (const event of readRun(createReadStream('run.ndjson'))) {
 *   if (event.type === 'check' && !event.passed) failed.push(event.title);
 * }
 */
export async function* readRun(source: string | AsyncIterable<string | Uint8Array>): AsyncGenerator<TraceEvent, void> {
  let number = 0;
  for await (const line of linesOf(typeof source === 'string' ? [source] : source)) {
    number += 1;
    if (line.trim() !== '') yield readEvent(line, number);
  }
}

async function* linesOf(source: Iterable<string> | AsyncIterable<string | Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.decode();
}

function readEvent(line: string, number: number): TraceEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw new UsageError(`line ${number} of the saved run is no JSON`);
  }
  const wrong = wrongWith(event);
  if (wrong !== undefined) throw new UsageError(`line ${number} of the saved run is ${wrong}`);
  return event as TraceEvent;
}
