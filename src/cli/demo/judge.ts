/** Whether a run went as a demo expects. */
import type { Account, EventOf, TraceEvent } from '../../core/events.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { Played } from '../running/play.ts';
import type { ACCOUNT, Expectation } from './demo.ts';

/** What of a run is compared. */
export class Heard {
  readonly checks: EventOf<'check'>[] = [];
  end: EventOf<'run-end'> | undefined;

  readonly take = (event: TraceEvent): void => {
    if (event.type === 'check') this.checks.push(event);
    if (event.type === 'run-end') this.end = event;
  };
}

/** What went otherwise, in words; nothing where all went as expected. `at` is where the run stands in the demo. */
export function judge(expected: Expectation, played: Played, heard: Heard, at: string): string[] {
  return [
    ...outcomeOf(expected, played, heard, at),
    ...(expected.checks ?? []).flatMap((one) => checkOf(one, heard.checks)),
    ...Object.entries(expected.account ?? {}).flatMap(([name, one]) => countOf(name, one, heard.end)),
  ];
}

function outcomeOf(
  { outcome, exit }: Expectation,
  { exitCode, outcome: how, error }: Played,
  { end }: Heard,
  at: string,
): string[] {
  const told = error?.message ?? how;
  if (exit !== undefined && exit !== exitCode)
    return [`${at}: exit code ${exit} was expected, but it is ${exitCode}: ${told}`];
  // A backend that is missing is not the failure that somebody wanted to show: only its exit code asks for it.
  const wanted = outcome ?? (exit === undefined ? 'passed' : undefined);
  const came = [0, 1, 4].includes(exitCode) && end ? end.outcome : told;
  return wanted === undefined || wanted === came ? [] : [`${at}: ${wanted} was expected, but: ${came}`];
}

type Wanted<Name extends 'checks'> = NonNullable<Expectation[Name]>[number];

function checkOf({ at, value }: Wanted<'checks'>, checks: readonly EventOf<'check'>[]): string[] {
  const { title, passed = true } = typeof value === 'string' ? { title: value } : value;
  const found = checks.filter((one) => titlesOf(one).includes(title));
  if (found.length === 0) {
    const hint = didYouMean(title, checks.flatMap(titlesOf));
    return [`${at}: there was no check '${title}'.${hint ? ` ${hint}` : ''}`];
  }
  return found
    .filter((one) => one.passed !== passed)
    .map(({ detail }) => `${at}: '${title}' ${passed ? 'does not hold' : 'holds'}${detail ? `: ${detail}` : ''}`);
}

/** Its titles in every language. */
function titlesOf({ title, translations }: EventOf<'check'>): string[] {
  const others = Object.values(translations ?? {}).flatMap((one) => (typeof one.title === 'string' ? [one.title] : []));
  return [title, ...others];
}

function countOf(
  name: string,
  { at, value }: { at: string; value: number | { readonly min?: number; readonly max?: number } },
  end: EventOf<'run-end'> | undefined,
): string[] {
  if (!end) return [];
  const came = totals(end.stats.account)[name as (typeof ACCOUNT)[number]];
  const { min = 0, max = Number.POSITIVE_INFINITY } = typeof value === 'number' ? { min: value, max: value } : value;
  if (came >= min && came <= max) return [];
  const wanted = min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  return [`${at}: ${wanted} ${name} expected, but there are ${came}`];
}

function totals({
  published,
  reached,
  waiting,
  ended,
  unknown,
  foreign,
}: Account): Record<(typeof ACCOUNT)[number], number> {
  const sum = (counts: readonly { readonly count: number }[]): number =>
    counts.reduce((all, { count }) => all + count, 0);
  return { published, reached, waiting: sum(waiting), ended: sum(ended), unknown: sum(unknown), foreign };
}
