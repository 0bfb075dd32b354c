/** How events read, wherever they stand: marks, colours, and the lines that need no lanes. */
import { Chalk, type ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';
import type { EventOf, RunEnd, Stage, TraceEvent } from '../core/events.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { tableLines } from './_tables.ts';
import type { Look } from './reporter.ts';

export interface Palette {
  readonly stage: (stage: Stage) => ChalkInstance;
  readonly dim: ChalkInstance;
  readonly bold: ChalkInstance;
  readonly good: ChalkInstance;
  readonly bad: ChalkInstance;
}

type Tone = 'cyan' | 'green' | 'yellow' | 'red' | 'dim';

const TONES: Record<Stage, Tone> = {
  published: 'cyan',
  routed: 'dim',
  unroutable: 'red',
  returned: 'red',
  confirmed: 'dim',
  queued: 'dim',
  delivered: 'green',
  acked: 'dim',
  nacked: 'yellow',
  requeued: 'yellow',
  redelivered: 'yellow',
  rejected: 'red',
  'dead-lettered': 'yellow',
  expired: 'red',
  dropped: 'red',
};

export function paletteOf({ colorLevel }: Look): Palette {
  const chalk = new Chalk({ level: colorLevel });
  return {
    stage: (stage) => chalk[TONES[stage]],
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

/** What a reader follows: the verb and the message's number. */
export function labelOf({ verb, id }: EventOf<'message'>): string {
  return `${verb} ${id}`;
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

function endLines(event: RunEnd, { width }: Look, { good, bad, dim, bold }: Palette): string[] {
  const { outcome, reason, next, durationMs } = event;
  const verdict = outcome === 'passed' ? good(bold('passed')) : bad(bold(outcome.replace('-', ' ')));
  return [
    '',
    ...wrap(statsLine(event), width),
    ...wrap(`${verdict} in ${seconds(durationMs)}${reason ? `: ${reason}` : ''}`, width),
    ...(next && next.length > 0 ? wrap(`Next: ${next.join(' · ')}`, width).map((line) => dim(line)) : []),
  ];
}

/** `published 6 · delivered 7 (1 redelivered) · acked 6 · lost 0 · publish→deliver p50 0.4 ms p99 1.2 ms`. */
export function statsLine({ stats: { stages, lost, latencyMs, bytes } }: RunEnd): string {
  const { published = 0, delivered = 0, redelivered = 0, routed, queued, confirmed, ...rest } = stages;
  const again = redelivered > 0 ? ` (${redelivered} redelivered)` : '';
  return [
    `published ${published}`,
    `delivered ${delivered + redelivered}${again}`,
    ...Object.entries(rest).map(([stage, count]) => `${stage} ${count}`),
    `lost ${lost}`,
    ...(latencyMs ? [`publish→deliver p50 ${latencyMs.p50.toFixed(1)} ms p99 ${latencyMs.p99.toFixed(1)} ms`] : []),
    `${bytes.toLocaleString('en')} bytes`,
  ].join(' · ');
}

function seconds(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}

/** Breaks a text between words, so that no line is wider than it must be. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
