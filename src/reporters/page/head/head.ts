/** The top of a page: what is run, on which servers, what the signs are, and the words that a reader has to know. */

import stringWidth from 'fast-string-width';
import type { EventOf } from '../../../core/events.ts';
import { wrap } from '../../../core/text/columns.ts';
import type { Look } from '../../reporter.ts';
import { wordsIn } from '../../words/words.ts';
import type { Palette } from '../palette.ts';
import type { Servers } from '../servers.ts';
import { hang } from '../text.ts';

/** How a page draws: in lanes, or a line for each event. */
export type Style = 'lanes' | 'lines';

export function headLines(
  event: EventOf<'run-start'>,
  look: Look,
  { bold, dim }: Palette,
  servers: Servers,
  style: Style,
): string[] {
  const { width, language } = look;
  const words = wordsIn(language);
  const left = `${event.scenario}  ${event.title}`;
  const right = [...servers.served(), words.seed(event.seed)].join(' · ');
  const indent = event.scenario.length + 2;
  const gap = width - stringWidth(left) - stringWidth(right);
  const about = event.prefix === '' ? [event.about] : [event.about, words.prefix(event.prefix)];
  const titles = hang(left, width, indent).map((line, index) =>
    index === 0 ? bold(event.scenario) + line.slice(event.scenario.length) : line,
  );
  const under = (text: string): string[] =>
    text === ''
      ? []
      : wrap(text, width - Math.min(indent, width / 2)).map((line) => ' '.repeat(Math.min(indent, width / 2)) + line);
  return [
    ...(gap >= 2 ? [`${titles[0]}${' '.repeat(gap)}${dim(right)}`] : titles),
    ...under(about.filter((text) => text !== '').join(' · ')),
    ...(gap >= 2 ? [] : under(right).map((line) => dim(line))),
    ...(look.legend === false ? [] : legendLines(look, style).map((line) => dim(line))),
    '',
  ];
}

/** What the signs of every page stand for; parts stay together where a line breaks. */
function legendLines({ width, language }: Look, style: Style): string[] {
  const { legend } = wordsIn(language);
  const signs =
    style === 'lanes'
      ? [`│ ${legend.client}`, `┃ ${legend.server}`, `──▶ ${legend.wire}`]
      : [`→ ${legend.fromClient}`, `← ${legend.fromServer}`];
  const rest = [`• ${legend.event}`, `✓ ${legend.checked}`, legend.time];
  const after = style === 'lines' ? [`+ms ${legend.after}`] : [];
  return joined([...signs, ...rest, ...after], '   ', width);
}

/** Parts in lines, none broken that fits on a line. */
export function joined(parts: readonly string[], between: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + stringWidth(between) + stringWidth(part) <= width)
      lines[lines.length - 1] = `${last}${between}${part}`;
    else lines.push(...hang(part, width, 2));
  }
  return lines;
}
