/** Draws a sequence diagram in SVG. */
import stringWidth from 'fast-string-width';
import { attributes, xml } from '../_xml.ts';
import type { Diagram, Row } from './rows.ts';

/** Colours by light and dark; tones also differ by their signs and dashes, so that colour is never the only carrier. */
export const LOOK_CSS = `
svg{--paper:#fff;--ink:#1f2328;--dim:#656d76;--line:#afb8c1;--good:#1a7f37;--bad:#cf222e;--again:#9a6700;--server:#0969da}
@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--dim:#8d96a0;--line:#484f58;--good:#3fb950;--bad:#f85149;--again:#d29922;--server:#58a6ff}}
.paper{fill:var(--paper)}
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK KR",monospace;fill:var(--ink)}
.title{font-weight:700;font-size:15px}.head{font-weight:700;text-anchor:middle}.time{fill:var(--dim);text-anchor:end}
.step{font-weight:700}.dim{fill:var(--dim)}.life{stroke:var(--line)}.life.server{stroke:var(--server);stroke-width:3}
.arrow{stroke:var(--ink);fill:none}.tip{fill:var(--ink)}
.good{fill:var(--good)}.bad{fill:var(--bad);font-weight:700}.again{fill:var(--again);font-weight:700}
.arrow.bad{stroke:var(--bad);fill:none;stroke-dasharray:5 3}.arrow.again{stroke:var(--again);fill:none}
.tip.bad{fill:var(--bad)}.tip.again{fill:var(--again)}
.halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}`.replaceAll('\n', '');

const ROW = 22;
const TOP = 64;
const LEFT = 84;
const LANE = 230;
/** Columns of text that fit between two lifelines; a column is about eight pixels. */
const COLUMN = 8;
const PAD = 120;

/** The size in pixels, and what is inside of the picture. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

export function drawing({ participants, rows, left, title }: Diagram): Drawing {
  const lanes = new Map(participants.map(({ id }, index) => [id, LEFT + PAD / 2 + index * LANE]));
  const width = LEFT + PAD + Math.max(2, participants.length - 1) * LANE + PAD;
  const all = left > 0 ? [...rows, { kind: 'step', at: Number.NaN, text: `… ${left} more` } as const] : rows;
  const height = TOP + (all.length + 1) * ROW;
  const lines = participants.map(({ id, title: name, kind }) => {
    const x = lanes.get(id) ?? 0;
    return `${tag('text', { class: 'head', x, y: 48 }, fit(name, LANE - 10))}${tag('line', { class: `life ${kind}`, x1: x, x2: x, y1: 56, y2: height - 8 })}`;
  });
  const drawn = all.map((row, index) => rowOf(row, TOP + (index + 1) * ROW, lanes, width));
  const content = [tag('text', { class: 'title', x: 12, y: 22 }, fit(title, width - 24)), ...lines, ...drawn];
  return { width, height, content: content.map((line) => `${line}\n`).join('') };
}

function rowOf(row: Row, y: number, lanes: ReadonlyMap<string, number>, width: number): string {
  const time = Number.isNaN(row.at) ? '' : tag('text', { class: 'time', x: LEFT - 22, y }, row.at.toFixed(1));
  switch (row.kind) {
    case 'step':
      return tag('text', { class: 'step halo', x: 12, y }, fit(`▸ ${row.text}`, width - 24));
    case 'check':
      return tag(
        'text',
        { class: row.tone, x: 12, y },
        fit(`${row.tone === 'good' ? '✓' : '✗'} ${row.text}`, width - 24),
      );
    case 'mark': {
      const x = (row.on === undefined ? undefined : lanes.get(row.on)) ?? LEFT;
      const text = fit(row.text, Math.max(width - x - 16, LANE));
      return time + tag('text', { class: `${row.tone === 'plain' ? 'dim' : row.tone} halo`, x: x + 8, y }, text);
    }
    case 'arrow':
      return time + arrowOf(row, y, lanes);
  }
}

function arrowOf(row: Extract<Row, { kind: 'arrow' }>, y: number, lanes: ReadonlyMap<string, number>): string {
  const from = lanes.get(row.from) ?? LEFT;
  const to = lanes.get(row.to) ?? LEFT;
  const way = Math.sign(to - from) || 1;
  const tip = `M${to - way * 2},${y + 4} l${-way * 9},-4 l0,8 z`;
  const room = Math.max(Math.abs(to - from) - 24, LANE - 24);
  const detail = room - stringWidth(row.text) * COLUMN;
  const text = detail > 10 * COLUMN && row.body !== '' ? `${row.text} ${fit(row.body, detail - COLUMN)}` : row.text;
  return [
    tag('line', { class: `arrow ${row.tone}`, x1: from, x2: to - way * 8, y1: y + 4, y2: y + 4 }),
    tag('path', { class: `tip ${row.tone}`, d: tip }),
    tag('text', { class: 'halo', x: Math.min(from, to) + 10, y }, fit(text, room)),
  ].join('');
}

function tag(name: string, values: { readonly [name: string]: string | number }, inside = ''): string {
  return `<${name}${attributes(values)}>${xml(inside)}</${name}>`;
}

/** As much of a text as has room, in pixels. */
function fit(text: string, room: number): string {
  const columns = Math.max(1, Math.floor(room / COLUMN));
  if (stringWidth(text) <= columns) return text;
  let shown = '';
  for (const character of text) {
    if (stringWidth(shown + character) > columns - 1) break;
    shown += character;
  }
  return `${shown}…`;
}
