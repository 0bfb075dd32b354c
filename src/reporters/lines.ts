/** One line per event: for pipes, logs and terminals too narrow for lanes. */
import stringWidth from 'fast-string-width';
import type { EventOf, TraceEvent } from '../core/events.ts';
import { hexLines } from './_hex.ts';
import { shows } from './_layers.ts';
import { commonLines, labelOf, ms, type Palette, Paragraphs, paletteOf, titleOf } from './_phrases.ts';
import { Wording } from './_wording.ts';
import { framesOf, type Reporter } from './reporter.ts';

const lines: Reporter = {
  name: 'lines',
  title: 'one line per event',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    const palette = paletteOf(look);
    const names = new Names();
    const paragraphs = new Paragraphs();
    const wording = new Wording();
    return (told) => {
      const event = wording.apply(told);
      names.meet(event);
      if (!shows(look, event)) return '';
      return paragraphs.text([...eventLines(event, names, palette), ...commonLines(event, look, palette)]);
    };
  },
};
export default lines;

/** Keeps the column of names as wide as the longest name so far. */
export class Names {
  #width = 8;

  meet(event: TraceEvent): void {
    if (event.type === 'peer') this.#width = Math.max(this.#width, stringWidth(event.peer));
  }

  pad(name: string): string {
    return name + ' '.repeat(Math.max(0, this.#width - stringWidth(name)));
  }
}

/** The lines of an event that belongs to a connection, or of a note. */
export function eventLines(event: TraceEvent, names: Names, palette: Palette): string[] {
  switch (event.type) {
    case 'message':
      return messageLines(event, names, palette);
    case 'note': {
      const place = event.peer === undefined ? '' : `${names.pad(event.peer)}  `;
      return [`${palette.dim(ms(event.at))}  ${place}${event.peer === undefined ? '' : '· '}${event.text}`];
    }
    case 'frame':
      return frameLines(event, names, palette);
    default:
      return [];
  }
}

function messageLines(event: EventOf<'message'>, names: Names, { dim, stage }: Palette): string[] {
  const { at, peer, service, from, latencyMs, route, why } = event;
  const arrow = from === 'client' ? '→' : '←';
  const title = titleOf(service);
  const latency = latencyMs === undefined ? '' : dim(`  +${latencyMs.toFixed(1)} ms`);
  const body = event.body ? ` ${event.body}` : '';
  const place = route === '' ? '' : dim(`  ${route}`);
  const line = `${dim(ms(at))}  ${names.pad(peer)} ${arrow} ${title}  ${stage(event.stage)(labelOf(event))}${body}${place}${latency}`;
  return why === undefined ? [line] : [line, `${' '.repeat(10)}${names.pad('')}   ${dim(`why: ${why}`)}`];
}

function frameLines(event: EventOf<'frame'>, names: Names, { dim, bold }: Palette): string[] {
  const { at, peer, from, name, summary, sizeBytes, bytes, bytesWithheld } = event;
  const arrow = from === 'client' ? '→' : '←';
  const head = `${dim(ms(at))}  ${names.pad(peer)} ${arrow} ${bold(name)} ${summary} ${dim(`${sizeBytes} B`)}`;
  if (bytesWithheld) return [head, dim('          (its bytes are withheld: they hold a secret)')];
  return bytes === undefined ? [head] : [head, ...hexLines(bytes, sizeBytes).map((line) => dim(line))];
}
