/** A run as its checks see it: what held, what did not, and the part of the story that shows it. */
import type { CheckEvent, EventOf, RunEnd, RunStart, TraceEvent } from '../core/events.ts';
import { accountLines } from './page/account/account.ts';
import { Tallies } from './page/account/tally.ts';
import { Page } from './page/page.ts';
import { Servers } from './page/servers.ts';
import { Wording } from './page/wording.ts';
import type { Look } from './reporter.ts';

/** A check with what had been told since the step before it. */
export interface Verdict {
  readonly check: CheckEvent;
  /** Milliseconds since the run began. */
  readonly at: number;
  /** The story of its section, line by line, the newest last; only where the check does not hold. */
  readonly story: readonly string[];
}

/** A whole run. A run that began before the report did has no start. */
export interface Verdicts {
  readonly start: RunStart | undefined;
  readonly checks: readonly Verdict[];
  readonly end: RunEnd;
  /** What became of its messages, in sentences. */
  readonly account: readonly string[];
}

/** Of a long section, the last lines are told: they are nearest to what went wrong. */
const STORY_LINES = 60;

/** Turns a run into one text, made when it has ended, from its verdicts. */
export function atTheEnd(look: Look, make: (run: Verdicts) => string): (event: TraceEvent) => string {
  const wording = new Wording(look);
  const story = new Page({ ...look, layer: look.layer ?? 'story', colorLevel: 0, legend: false }, 'lines', 'at once');
  const servers = new Servers(look);
  const tallies = new Tallies();
  let start: EventOf<'run-start'> | undefined;
  let checks: Verdict[] = [];
  let section: string[] = [];
  return (told) => {
    const text = story.report(told);
    const event = wording.apply(told);
    servers.meet(event);
    tallies.meet(event);
    switch (event.type) {
      case 'run-start':
        start = event;
        checks = [];
        section = [];
        return '';
      case 'check':
        checks.push({ check: event, at: event.at, story: event.passed ? [] : [...section] });
        return '';
      case 'step':
        section = [];
        break;
      case 'run-end': {
        const account = accountLines(event.stats, tallies, servers, look.language);
        const run = { start, checks, end: event, account };
        start = undefined;
        checks = [];
        return make(run);
      }
      default:
    }
    if (text !== '') section.push(...text.trimEnd().split('\n'));
    if (section.length > STORY_LINES) section = ['…', ...section.slice(1 - STORY_LINES)];
    return '';
  };
}

/** What ended a run that did not come to its end, or `undefined` where its checks say it all. */
export function brokenBy({ outcome, reason }: RunEnd): string | undefined {
  if (outcome === 'passed') return undefined;
  if (outcome === 'failed') return reason;
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}
