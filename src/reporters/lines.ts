/** One line per event: for pipes, logs and terminals too narrow for lanes. */
import stringWidth from 'fast-string-width';
import type { EventOf, TraceEvent } from '../core/events.ts';
import type { Language } from '../core/language.ts';
import { hexLines } from './_hex.ts';
import { shows } from './_layers.ts';
import {
  commonLines,
  labelOf,
  ms,
  noteText,
  type Palette,
  Paragraphs,
  paletteOf,
  serverOf,
  signOf,
  whyOf,
} from './_phrases.ts';
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
    const wording = new Wording(look);
    return (told) => {
      const event = wording.apply(told);
      names.meet(event);
      if (!shows(look, event)) return '';
      return paragraphs.text([
        ...eventLines(event, names, palette, look.language),
        ...commonLines(event, look, palette),
      ]);
    };
  },
};
export default lines;

/** Keeps the column of names as wide as the longest name so far, and tells the connections of a peer apart. */
export class Names {
  #width = 8;
  /** The connections of each peer at each service, in the order in which they first spoke. */
  readonly #connections = new Map<string, number[]>();

  meet(event: TraceEvent): void {
    if (event.type === 'peer') this.#fit(event.peer);
    if (event.type !== 'frame') return;
    const key = `${event.server ?? event.service} ${event.peer}`;
    const known = this.#connections.get(key) ?? [];
    if (known.includes(event.connection)) return;
    this.#connections.set(key, [...known, event.connection]);
    if (known.length > 0) this.#fit(this.#numbered(event));
  }

  pad(name: string): string {
    return name + ' '.repeat(Math.max(0, this.#width - stringWidth(name)));
  }

  /** `worker-1`, and `worker-1 (2)` once it has connected anew. */
  ofFrame(event: EventOf<'frame'>): string {
    return this.pad(this.#numbered(event));
  }

  #numbered({ service, server, peer, connection }: EventOf<'frame'>): string {
    const index = this.#connections.get(`${server ?? service} ${peer}`)?.indexOf(connection) ?? 0;
    return index > 0 ? `${peer} (${index + 1})` : peer;
  }

  #fit(name: string): void {
    this.#width = Math.max(this.#width, stringWidth(name));
  }
}

/** The lines of an event that belongs to a connection, or of a note. */
export function eventLines(event: TraceEvent, names: Names, palette: Palette, language: Language): string[] {
  switch (event.type) {
    case 'message':
      return [messageLine(event, names, palette, language)];
    case 'note': {
      const place = event.peer === undefined ? '' : `${names.pad(event.peer)}  `;
      const text = event.statement ? palette.note(event)(noteText(event, language)) : noteText(event, language);
      return [`${palette.dim(ms(event.at))}  ${place}${event.peer === undefined ? '' : '· '}${text}`];
    }
    case 'frame':
      return frameLines(event, names, palette);
    default:
      return [];
  }
}

/** An arrow is something that was on the wire; what is concluded has a sign of its own. */
function messageLine(
  event: EventOf<'message'>,
  names: Names,
  { dim, bold, stage }: Palette,
  language: Language,
): string {
  const { at, peer, from, basis, latencyMs, route } = event;
  const sign = basis === 'seen' ? (from === 'client' ? '→' : '←') : stage(event.stage)(signOf(event.stage));
  const latency = latencyMs === undefined ? '' : dim(`  +${latencyMs.toFixed(1)} ms`);
  const body = event.body ? ` ${event.body}` : '';
  const place = route === '' ? '' : dim(`  ${route}`);
  const why = whyOf(event, language);
  const told = `${stage(event.stage)(labelOf(event))}${body}${place}${why === '' ? '' : `: ${bold(why)}`}${latency}`;
  return `${dim(ms(at))}  ${names.pad(peer)} ${sign} ${serverOf(event)}  ${told}`;
}

function frameLines(event: EventOf<'frame'>, names: Names, { dim, bold }: Palette): string[] {
  const { at, from, name, summary, sizeBytes, bytes, bytesWithheld } = event;
  const arrow = from === 'client' ? '→' : '←';
  const head = `${dim(ms(at))}  ${names.ofFrame(event)} ${arrow} ${bold(name)} ${summary} ${dim(`${sizeBytes} B`)}`;
  if (bytesWithheld) return [head, dim('          (its bytes are withheld: they hold a secret)')];
  return bytes === undefined ? [head] : [head, ...hexLines(bytes, sizeBytes).map((line) => dim(line))];
}
