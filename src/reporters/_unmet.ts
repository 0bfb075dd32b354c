/** What a page says of a check that does not hold: what was expected, what came, and the part of the story before it. */
import type { EventOf, TraceEvent } from '../core/events.ts';
import { Page } from './page/page.ts';
import { paletteOf } from './page/palette.ts';
import { hang } from './page/text.ts';
import { Wording } from './page/wording.ts';
import type { Look, Report } from './reporter.ts';
import { wordsIn } from './words/words.ts';

/** Of what happened since the step before it, the last so many events are told, in so many lines at most. */
const EVENTS = 40;
const LINES = 12;
const INDENT = '  ';

/** The same report, in which checks that do not hold are explained. */
export function explained(look: Look, report: Report): Report {
  const section = new Section(look);
  const wording = new Wording(look);
  const { late } = report;
  const whole = (event: TraceEvent): string => {
    const told = wording.apply(event);
    section.meet(event);
    const text = report(event);
    return told.type === 'check' && !told.passed ? `${text}${unmet(told, section.story(), look)}` : text;
  };
  return late ? Object.assign(whole, { late }) : whole;
}

function unmet({ title, detail }: EventOf<'check'>, story: readonly string[], look: Look): string {
  const words = wordsIn(look.language).unmet;
  const { dim, bad } = paletteOf(look);
  const said = (label: string, text: string): string[] =>
    hang(`${label}: ${text}`, within(look), 2).map((line) => INDENT + line);
  const lines = [
    ...said(words.expected, title).map((line) => bad(line)),
    ...said(words.found, detail ?? words.nothing).map((line) => bad(line)),
    ...(story.length === 0
      ? []
      : [`${INDENT}${words.before}:`, ...story.map((line) => INDENT + line)].map((line) => dim(line))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** How wide what is indented may be. */
const within = ({ width }: Look): number => Math.max(1, width - INDENT.length);

/** What happened since the last step: kept as events, and put into words only where a check does not hold. */
class Section {
  readonly #look: Look;
  #start: TraceEvent | undefined;
  #events: TraceEvent[] = [];

  constructor(look: Look) {
    this.#look = { ...look, layer: 'story', colorLevel: 0, legend: false, width: within(look) };
  }

  meet(event: TraceEvent): void {
    if (event.type === 'run-start') this.#start = event;
    if (event.type === 'run-start' || event.type === 'step') this.#events = [];
    if (event.type !== 'message' && event.type !== 'note') return;
    this.#events.push(event);
    if (this.#events.length > EVENTS) this.#events.shift();
  }

  story(): string[] {
    const page = new Page(this.#look, 'lines', 'at once');
    if (this.#start) page.report(this.#start);
    const lines = this.#events.flatMap((event) => page.report(event).trimEnd().split('\n'));
    const told = [...lines, ...page.late().trimEnd().split('\n')].filter((line) => line !== '');
    return told.slice(-LINES);
  }
}
