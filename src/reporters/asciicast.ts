/**
 * A recording of the page as a terminal shows it, for players of asciicast v2
 * (https://docs.asciinema.org/manual/asciicast/v2/): what was printed, at the time at which it happened.
 */
import { printable } from '../core/text/printable.ts';
import { spoken } from './page/spoken.ts';
import pretty from './pretty.ts';
import type { Look, Reporter } from './reporter.ts';

/** Rows of the terminal that plays it. */
const HEIGHT = 40;
/** What people read is recorded no narrower and no wider. */
const LEAST_WIDTH = 60;
const MOST_WIDTH = 160;
/** Between two runs, and at the end, in seconds: time to read. */
const PAUSE_S = 2;

const asciicast: Reporter = {
  name: 'asciicast',
  title: 'a recording for terminal players (asciicast v2)',
  frames: pretty.frames,
  begin(look) {
    const width = widthOf(look);
    const page = pretty.begin({ ...look, width, colorLevel: 2 });
    return (event) => {
      const head = event.type === 'run-start' ? headOf(width, event.date, printable(event.title)) : '';
      const text = page(event);
      return text === '' ? head : head + printed(event.at / 1000, text);
    };
  },
  document: joined,
  say: (text, look) => printed(0, spoken(text, { ...look, width: widthOf(look), colorLevel: 2 })),
};
export default asciicast;

function widthOf({ width }: Look): number {
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width));
}

function headOf(width: number, date: string, title: string): string {
  const timestamp = Math.floor(Date.parse(date) / 1000);
  const head = { version: 2, width, height: HEIGHT, title, ...(Number.isFinite(timestamp) ? { timestamp } : {}) };
  return `${JSON.stringify(head)}\n`;
}

function printed(atS: number, text: string): string {
  return `${JSON.stringify([Number(atS.toFixed(6)), 'o', text.replaceAll('\n', '\r\n')])}\n`;
}

/** One recording has one head, and times that go on. */
function joined(reports: readonly string[]): string {
  let head = '';
  let offset = 0;
  let body = '';
  for (const report of reports) {
    let last = offset;
    for (const line of report.split('\n').filter(Boolean)) {
      const record = JSON.parse(line);
      if (!Array.isArray(record)) {
        head ||= `${line}\n`;
        continue;
      }
      const [at, kind, text] = record as [number, string, string];
      last = Math.max(last, Number((offset + at).toFixed(6)));
      body += `${JSON.stringify([last, kind, text])}\n`;
    }
    offset = last + PAUSE_S;
  }
  return head === '' ? '' : `${head}${body}${JSON.stringify([offset, 'o', ''])}\n`;
}
