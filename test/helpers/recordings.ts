/** Runs that were recorded once (`npm run record`), by the name of their scenario. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TraceEvent } from '../../src/core/events.ts';

const RECORDED = new URL('../golden/recorded/', import.meta.url);
const COURSE = new URL('../golden/course/', import.meta.url);

/** Those that are kept with all their frames, and shown in every format. */
export const framed = readdirSync(RECORDED).map((file) => file.replace('.ndjson', ''));
/** The others. */
export const course = readdirSync(COURSE).map((file) => file.replace('.ndjson.gz', ''));
export const recordings = [...framed, ...course];

export function eventsOf(recording: string): TraceEvent[] {
  const text = framed.includes(recording)
    ? readFileSync(new URL(`${recording}.ndjson`, RECORDED), 'utf8')
    : gunzipSync(readFileSync(new URL(`${recording}.ndjson.gz`, COURSE))).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
