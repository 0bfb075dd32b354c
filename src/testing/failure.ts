/** What an assertion that does not hold says: what was expected, and what happened instead. */
import type { TraceEvent } from '../core/events.ts';
import lines from '../reporters/lines.ts';

/** The most lines of a story that a failure shows: its end. */
const MOST_LINES = 80;
const WIDTH = 110;

/** An assertion about a story does not hold. Its message tells the story. */
export class StoryError extends Error {
  /** What was expected, and did not come true. */
  readonly expected: string;

  /** @param caller the function that whoever is to blame has called */
  constructor(expected: string, events: readonly TraceEvent[], trace: Pick<Error, 'stack'>) {
    super(`${expected}\n\n${toldBy(events)}`);
    this.name = 'StoryError';
    this.expected = expected;
    const frames = trace.stack?.split('\n').slice(1).join('\n') ?? '';
    Object.defineProperty(this, 'stack', { value: `${this.name}: ${this.message}\n${frames}`, configurable: true });
  }
}

/** Where an assertion was made: a stack that begins with whoever called `callee`. */
export function calledFrom(callee: (...args: never[]) => unknown): Pick<Error, 'stack'> {
  const place: Pick<Error, 'stack'> = {};
  Error.captureStackTrace(place, callee);
  return place;
}

function toldBy(events: readonly TraceEvent[]): string {
  const page = storyOf(events);
  if (page.length === 0) return 'Nothing has happened yet.';
  const shown = page.slice(-MOST_LINES);
  const before = page.length - shown.length;
  const cut = before > 0 ? [`  … ${before} lines before that, in lab.story.text()`] : [];
  return ['What happened (ms since the start):', ...cut, ...shown].join('\n');
}

/** The story as a page tells it, line by line, without its head. */
export function storyOf(events: readonly TraceEvent[]): string[] {
  const report = lines.begin({
    layer: 'story',
    width: WIDTH,
    colorLevel: 0,
    handshakes: false,
    language: 'en',
    legend: false,
  });
  const told = events.map((event) => {
    const text = report(event);
    return event.type === 'run-start' || event.type === 'run-end' ? '' : text;
  });
  const page = [...told, report.late?.() ?? ''].join('').trimEnd();
  return page === '' ? [] : page.split('\n');
}
