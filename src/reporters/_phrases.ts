/** How events read, wherever they stand: marks, colours, and the lines that need no lanes. */
import { Chalk, type ChalkInstance } from 'chalk';
import { wrap } from '../core/columns.ts';
import type { EventOf, RunEnd, Stage, TraceEvent } from '../core/events.ts';
import type { Language } from '../core/language.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { type StatementCode, worded } from '../core/statements/index.ts';
import { accountLines, statsLine } from './_account.ts';
import { tableLines } from './_tables.ts';
import type { Look } from './reporter.ts';

export interface Palette {
  readonly stage: (stage: Stage) => ChalkInstance;
  readonly note: (note: EventOf<'note'>) => ChalkInstance;
  readonly dim: ChalkInstance;
  readonly bold: ChalkInstance;
  readonly good: ChalkInstance;
  readonly bad: ChalkInstance;
}

type Tone = 'begin' | 'arrive' | 'settle' | 'again' | 'loss';

const TONES: Record<Stage, Tone> = {
  published: 'begin',
  routed: 'settle',
  unroutable: 'loss',
  returned: 'loss',
  confirmed: 'settle',
  queued: 'settle',
  delivered: 'arrive',
  acked: 'settle',
  nacked: 'again',
  requeued: 'again',
  redelivered: 'again',
  rejected: 'loss',
  'dead-lettered': 'again',
  expired: 'loss',
  dropped: 'loss',
  discarded: 'loss',
  requested: 'begin',
  responded: 'arrive',
  pushed: 'arrive',
  sent: 'begin',
  received: 'arrive',
};

/** Notes of what went wrong: they are told as brightly as a loss. */
const ALARMS: ReadonlySet<StatementCode> = new Set([
  'CHANNEL_ERROR',
  'CONNECTION_ERROR',
  'CONNECTION_LOST',
  'CONSUMER_CANCELLED',
  'CONTRADICTION',
  'PUBLISHERS_BLOCKED',
  'STOMP_ERROR',
  'UNDECODABLE',
  'UNHEARD_ERROR',
]);

export function paletteOf({ colorLevel }: Look): Palette {
  const chalk = new Chalk({ level: colorLevel });
  const tones: Record<Tone, ChalkInstance> = {
    begin: chalk.cyan,
    arrive: chalk.green,
    settle: chalk.dim,
    again: chalk.bold.yellow,
    loss: chalk.bold.red,
  };
  return {
    stage: (stage) => tones[TONES[stage]],
    note: ({ statement }) => (statement && ALARMS.has(statement.code) ? tones.loss : chalk.dim),
    dim: chalk.dim,
    bold: chalk.bold,
    good: chalk.green,
    bad: chalk.red,
  };
}

/** Joins lines to text, with never more than one empty line between two others. */
export class Paragraphs {
  #afterEmpty = true;

  text(lines: readonly string[]): string {
    let text = '';
    for (const line of lines.map((one) => one.trimEnd())) {
      if (line !== '' || !this.#afterEmpty) text += `${line}\n`;
      this.#afterEmpty = line === '';
    }
    return text;
  }
}

export function ms(at: number): string {
  return at.toFixed(1).padStart(8);
}

/** What a reader follows: the word for the step, in the protocol's terms where a frame said it, and whose step it is. */
export function labelOf(event: EventOf<'message'>): string {
  return `${event.basis === 'seen' ? event.verb : event.stage} ${candidates(event)}`;
}

/** `#9` comes before `#10`. */
const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** `#3`; `#3 or #4` where the wire can't tell them apart; `one of #3…#9` where they are many. */
function candidates({ id, among = [] }: EventOf<'message'>): string {
  const ids = [id, ...among];
  if (ids.length === 1) return id;
  if (ids.length <= 3) return `${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}`;
  const [first, ...others] = ids.sort(BY_NUMBER.compare);
  return `one of ${first}…${others.at(-1)}`;
}

/** Stands where an arrow would, at a step that was not on the wire. */
export function signOf(stage: Stage): string {
  return TONES[stage] === 'loss' ? '✗' : TONES[stage] === 'again' ? '↻' : '↳';
}

/** Why a step went as it did; empty where there is nothing to explain. */
export function whyOf({ reason }: EventOf<'message'>, language: Language): string {
  return reason ? worded(reason, language) : '';
}

/** What a note says. */
export function noteText({ text, statement }: EventOf<'note'>, language: Language): string {
  return statement ? worded(statement, language) : (text ?? '');
}

/** What the server that an event is about is called. */
export function serverOf({ service, server }: { readonly service?: Service; readonly server?: string }): string {
  return server ?? (service === undefined ? '' : titleOf(service));
}

export function titleOf(service: Service): string {
  return SERVICE_TITLES[service];
}

export function headerLines(event: EventOf<'run-start'>, { width }: Look, { bold, dim }: Palette): string[] {
  const backends = Object.entries(event.backends).map(
    ([service, { backend, version }]) => `${titleOf(service as Service)} ${version} (${backend})`,
  );
  const left = `${event.scenario}  ${event.title}`;
  const right = `${[...new Set(backends)].join(', ')} · seed ${event.seed}`;
  const indent = ' '.repeat(event.scenario.length + 2);
  const styled = `${bold(event.scenario)}  ${event.title}`;
  const gap = width - left.length - right.length;
  const first = gap >= 2 ? [`${styled}${' '.repeat(gap)}${dim(right)}`] : [styled, `${indent}${dim(right)}`];
  const prefix = event.prefix ? dim(` · names on the server begin with ${event.prefix}`) : '';
  return [...first, `${indent}${event.about}${prefix}`, ''];
}

/** Everything that stands on lines of its own, whatever the format. */
export function commonLines(event: TraceEvent, look: Look, palette: Palette): string[] {
  switch (event.type) {
    case 'run-start':
      return headerLines(event, look, palette);
    case 'step':
      return ['', ...wrap(`▸ ${event.text}`, look.width).map((line) => palette.bold(line))];
    case 'check':
      return [checkLine(event, palette)];
    case 'table':
      return ['', palette.bold(event.title), ...tableLines(event, look.width), ''];
    case 'run-end':
      return endLines(event, look, palette);
    default:
      return [];
  }
}

function checkLine({ passed, title, detail }: EventOf<'check'>, { good, bad, dim }: Palette): string {
  return `${passed ? good('✓') : bad('✗')} ${title}${detail ? dim(` · ${detail}`) : ''}`;
}

function endLines(event: RunEnd, { width, language }: Look, { good, bad, dim, bold }: Palette): string[] {
  const { outcome, reason, next, durationMs } = event;
  const verdict = outcome === 'passed' ? good(bold('passed')) : bad(bold(outcome.replace('-', ' ')));
  return [
    '',
    ...accountLines(event.stats, language).flatMap((line) => wrap(line, width).map((one) => bold(one))),
    ...wrap(statsLine(event), width),
    ...wrap(`${verdict} in ${seconds(durationMs)}${reason ? `: ${reason}` : ''}`, width),
    ...(next && next.length > 0 ? wrap(`Next: ${next.join(' · ')}`, width).map((line) => dim(line)) : []),
  ];
}

function seconds(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}
