/** Tells in words what two runs do not have in common. */
import type { TraceEvent } from '../../core/events.ts';
import { inLanguage } from '../../core/events.ts';
import type { Language } from '../../core/language.ts';
import { printable } from '../../core/text/printable.ts';
import { type Comparison, compare, type Difference, digest, isEqual, keyOf } from '../../diff/compare.ts';
import { type Aspect, Normaliser } from '../../diff/normalise.ts';
import { Labels } from '../../reporters/page/rows/labels.ts';

/** Of what both said before the first difference, so many lines are told. */
const BEFORE = 3;
/** Of the other places, so many are told. */
const MOST_PLACES = 8;
/** A line that differs somewhere further behind is shown from there on. */
const LINE = 160;

/** One of two runs: what it is called, and its events, which can be read several times. */
export interface Side {
  readonly name: string;
  readonly events: () => AsyncIterable<TraceEvent>;
}

interface Says {
  readonly equal: (scenario: string, lines: string, one: string, other: string) => string;
  readonly lines: (story: number, wire: number, checks: number) => string;
  readonly alone: (scenario: string, name: string) => string;
  readonly differs: (scenario: string, one: string, other: string) => string;
  readonly option: (name: string, one: string, other: string) => string;
  readonly outcome: (one: string, other: string) => string;
  readonly first: (place: string, before: number) => string;
  readonly place: (difference: Difference) => string;
  readonly nothingMore: string;
  readonly others: (count: number) => string;
  readonly only: (place: string, one: number, other: number, names: readonly [string, string]) => string;
  readonly order: (place: string) => string;
  readonly more: (count: number) => string;
  readonly chance: string;
}

const ASPECTS: Record<Language, Record<Aspect, string>> = {
  en: { story: 'messages', wire: 'frames', checks: 'checks' },
  ko: { story: '메시지', wire: '프레임', checks: '확인 항목' },
};

const SAYS: Record<Language, Says> = {
  en: {
    equal: (scenario, lines, one, other) => `${scenario}: ${one} and ${other} say the same (${lines}).`,
    lines: (story, wire, checks) => `${story} steps of messages, ${wire} frames, ${checks} checks`,
    alone: (scenario, name) => `${scenario}: only in ${name}.`,
    differs: (scenario, one, other) => `${scenario}: ${one} and ${other} differ.`,
    option: (name, one, other) => `${name} is not the same: ${one || '(none)'} and ${other || '(none)'}`,
    outcome: (one, other) => `The outcome is not the same: ${one} and ${other}`,
    first: (place, before) =>
      `The first difference is in the ${place}${before === 0 ? ', from the start' : `, behind ${before} equal lines`}:`,
    place: ({ place: { aspect, service, peer, from } }) =>
      aspect === 'checks'
        ? 'checks'
        : `${ASPECTS.en[aspect]} ${from === 'client' ? `of ${peer} to` : `to ${peer} from`} ${service}`,
    nothingMore: '(nothing more)',
    others: (count) =>
      count === 1 ? 'It also differs in one other place:' : `It also differs in ${count} other places:`,
    only: (place, one, other, [left, right]) => `${place}: ${one} lines only in ${left}, ${other} only in ${right}`,
    order: (place) => `${place}: the same lines in another order`,
    more: (count) => `… and ${count} more`,
    chance: 'Where several peers work at a time, a run may differ from itself: compare --backend embedded,embedded.',
  },
  ko: {
    equal: (scenario, lines, one, other) => `${scenario}: ${one}, ${other} 결과가 같다(${lines}).`,
    lines: (story, wire, checks) => `메시지 단계 ${story}개, 프레임 ${wire}개, 확인 항목 ${checks}개`,
    alone: (scenario, name) => `${scenario}: ${name}에만 있다.`,
    differs: (scenario, one, other) => `${scenario}: ${one}, ${other} 결과가 다르다.`,
    option: (name, one, other) => `${name} 값이 다르다: ${one || '(없음)'} / ${other || '(없음)'}`,
    outcome: (one, other) => `실행 결과가 다르다: ${one} / ${other}`,
    first: (place, before) =>
      `첫 번째 차이는 ${place}에 있다${before === 0 ? '(처음부터 다름)' : `(앞의 ${before}줄은 같음)`}:`,
    place: ({ place: { aspect, service, peer, from } }) =>
      aspect === 'checks'
        ? '확인 항목'
        : `${from === 'client' ? `${peer} → ${service}` : `${service} → ${peer}`} ${ASPECTS.ko[aspect]}`,
    nothingMore: '(더 없음)',
    others: (count) => `그 밖에 ${count}곳이 다르다:`,
    only: (place, one, other, [left, right]) => `${place}: ${left}에만 ${one}줄, ${right}에만 ${other}줄`,
    order: (place) => `${place}: 내용은 같고 순서가 다름`,
    more: (count) => `… 그 밖에 ${count}곳`,
    chance: '여러 피어가 동시에 동작하면 같은 실행도 매번 다를 수 있다: --backend embedded,embedded로 비교해 본다.',
  },
};

/** What was found, and in words. */
export interface Told {
  readonly isEqual: boolean;
  readonly text: string;
}

/** Compares what two sides hold, run by run. Throws what reading them throws. */
export async function difference(one: Side, other: Side, language: Language): Promise<Told> {
  const says = SAYS[language];
  const [a, b] = [await digest(one.events()), await digest(other.events())];
  const texts: string[] = [];
  let allEqual = true;
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    const scenario = printable((left ?? right)?.start?.scenario ?? '?');
    if (!left || !right) {
      allEqual = false;
      texts.push(says.alone(scenario, left ? one.name : other.name));
      continue;
    }
    const found = compare(left, right);
    if (isEqual(found)) {
      const count = (aspect: Aspect): number =>
        [...left.places.values()].reduce(
          (sum, { place, lines }) => sum + (place.aspect === aspect ? lines.length : 0),
          0,
        );
      texts.push(
        says.equal(scenario, says.lines(count('story'), count('wire'), count('checks')), one.name, other.name),
      );
      continue;
    }
    allEqual = false;
    const lines = [says.differs(scenario, one.name, other.name), ...headOf(found, says)];
    const [first, ...rest] = found.differences;
    if (first) lines.push(...(await explained(first, [one, other], index, language)));
    lines.push(...restOf(rest, says, [one.name, other.name]));
    if (found.settings.length === 0) lines.push(says.chance);
    texts.push(lines.join('\n'));
  }
  return { isEqual: allEqual, text: texts.join('\n\n') };
}

function headOf({ settings, outcomes: [one, other] }: Comparison, says: Says): string[] {
  return [
    ...settings.map(
      ({ name, values: [left, right] }) => `  ${says.option(printable(name), printable(left), printable(right))}`,
    ),
    ...(one === other ? [] : [`  ${says.outcome(one ?? '?', other ?? '?')}`]),
  ];
}

function restOf(rest: readonly Difference[], says: Says, names: readonly [string, string]): string[] {
  if (rest.length === 0) return [];
  const rows = rest.slice(0, MOST_PLACES).map((one) => {
    const place = printable(says.place(one));
    const [left, right] = one.only;
    return `  ${left + right === 0 ? says.order(place) : says.only(place, left, right, names)}`;
  });
  const more = rest.length > MOST_PLACES ? [`  ${says.more(rest.length - MOST_PLACES)}`] : [];
  return [says.others(rest.length), ...rows, ...more];
}

async function explained(
  first: Difference,
  sides: readonly [Side, Side],
  run: number,
  language: Language,
): Promise<string[]> {
  const says = SAYS[language];
  const left = await around(sides[0], run, first, language);
  const right = await around(sides[1], run, first, language);
  const before = left.before.map((line) => `    ${line.shown}`);
  // What pages show of both may be the same: then what was compared is shown, from where it differs.
  const [one, other] =
    left.line?.shown === right.line?.shown
      ? whereDiffering(left.line?.compared ?? '', right.line?.compared ?? '')
      : [left.line?.shown, right.line?.shown];
  const width = Math.max(...sides.map(({ name }) => name.length));
  return [
    says.first(printable(says.place(first)), first.index),
    ...before,
    `  ${sides[0].name.padEnd(width)}  ${one ?? says.nothingMore}`,
    `  ${sides[1].name.padEnd(width)}  ${other ?? says.nothingMore}`,
  ];
}

interface Shown {
  readonly shown: string;
  readonly compared: string;
}

/** The line that differs, as a side says it, and what stands before it there. */
async function around(
  { events }: Side,
  run: number,
  { place, index }: Difference,
  language: Language,
): Promise<{ before: Shown[]; line: Shown | undefined }> {
  const key = keyOf(place);
  let normaliser = new Normaliser();
  let labels = new Labels(language);
  let current = -1;
  let count = 0;
  const before: Shown[] = [];
  for await (const told of events()) {
    if (told.type === 'run-start' || current < 0) {
      current += 1;
      normaliser = new Normaliser();
      labels = new Labels(language);
    }
    if (current > run) break;
    labels.meet(told);
    const line = normaliser.line(told);
    if (current < run || !line || keyOf(line.place) !== key) continue;
    const shown = { shown: printable(wordsOf(inLanguage(told, language), labels)), compared: line.text };
    if (count === index) return { before, line: shown };
    count += 1;
    before.push(shown);
    if (before.length > BEFORE) before.shift();
  }
  return { before, line: undefined };
}

function wordsOf(event: TraceEvent, labels: Labels): string {
  switch (event.type) {
    case 'message': {
      const why = labels.why(event);
      const told = event.basis === 'seen' ? labels.seen(event, Number.POSITIVE_INFINITY) : labels.concluded(event);
      return why === '' ? told : `${told}: ${why}`;
    }
    case 'frame':
      return `${event.name} ${event.summary}`.trim();
    case 'check':
      return `${event.passed ? '✓' : '✗'} ${event.title}`;
    default:
      return event.type;
  }
}

function whereDiffering(one: string, other: string): [string, string] {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - LINE / 4);
  const part = (text: string): string =>
    printable(`${from > 0 ? '…' : ''}${text.slice(from, from + LINE)}${text.length > from + LINE ? '…' : ''}`);
  return [part(one), part(other)];
}
