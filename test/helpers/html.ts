/** Pages of runs, and what is in them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TraceEvent } from '../../src/core/events.ts';
import type { Language } from '../../src/core/language.ts';
import html from '../../src/reporters/html.ts';

/** The events of a recorded run. */
export function recordedRun(name: string): TraceEvent[] {
  const text = readFileSync(new URL(`../golden/recorded/${name}.ndjson`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEvent);
}

/** The same run with what it is about again and again, until it has so many events. */
export function repeated(events: readonly TraceEvent[], count: number): TraceEvent[] {
  const isHead = ({ type }: TraceEvent) => type === 'run-start' || type === 'peer';
  const head = events.filter(isHead);
  const body = events.filter((event) => !isHead(event) && event.type !== 'run-end');
  const end = events.at(-1)!;
  const all = [...head];
  for (let round = 0; all.length < count - 1; round++) {
    const seqs = new Map(body.map(({ seq }, index) => [seq, all.length + index + 1]));
    const since = all.at(-1)!.at;
    for (const event of body) {
      const again = { ...event, seq: all.length + 1, at: since + event.at };
      if (again.type === 'message') {
        const { id, name = id, frames } = again;
        const renamed = { id: `#${round}.${id.slice(1)}`, name: `${name}/${round}` };
        all.push({ ...again, ...renamed, frames: frames.flatMap((seq) => seqs.get(seq) ?? []) });
      } else all.push(again);
    }
  }
  return [...all, { ...end, seq: all.length + 1, at: all.at(-1)!.at }];
}

/** The page of these runs. */
export function pageOf(runs: readonly (readonly TraceEvent[])[], language: Language = 'en'): string {
  const look = { layer: undefined, width: 100, colorLevel: 0, handshakes: true, language } as const;
  const { before = '', after = '' } = html.around?.() ?? {};
  return before + runs.map((events) => events.map(html.begin(look)).join('')).join('') + after;
}

const PACKED = /<script type="application\/x-msgplay-pieces">([^<]*)<\/script>\n/g;

const unpacked = (base64: string) => gunzipSync(Buffer.from(base64, 'base64')).toString();

/** A report as the page reads it: of each piece the event behind it on a line of its own. */
export function readable(report: string): string {
  return report.replace(PACKED, (_, base64: string) => unpacked(base64).replaceAll('\t', '\n'));
}

/** What the page holds: every piece, with the event behind it. */
export function piecesIn(page: string) {
  const lines = [...page.matchAll(PACKED)].flatMap(([, base64 = '']) => unpacked(base64).trimEnd().split('\n'));
  return lines
    .map((line) => line.split('\t').map((part) => JSON.parse(part)))
    .map(([piece, event]) => ({ piece, event }));
}
