// The run as a whole: checks, who talks to whom, who got what, how fast, and its tables.
import { atMost, draw, make } from './dom.js';
import { saidBy } from './flow.js';
import { plots } from './plots.js';
import { run, translated, words } from './state.js';

const MOST_CHECKS = 100;
const MOST_TAKERS = 12;
const MOST_NODES = 40;
const MOST_TABLES = 20;
const MOST_ROWS = 100;

export function overview() {
  return [...checks(), make('h2', {}, words().who), net(), ...gotWhat(), ...plots(), ...tables()];
}

const rest = (tag) => (count) => make(tag, { class: 'dim' }, words().more(count));

function checks() {
  // Those that fail are not to be among what does not fit.
  const all = [...run().checks].sort((one, other) => (one.row.tone === 'good') - (other.row.tone === 'good'));
  if (all.length === 0) return [];
  const item = (line) => make('li', { class: line.row.tone }, saidBy(line));
  return [
    make('h2', {}, words().checks),
    make('ul', { class: 'checks' }, ...atMost(MOST_CHECKS, all, item, rest('li'))),
  ];
}

function gotWhat() {
  const { taken, takers } = run();
  if (takers.size < 2) return [];
  const shown = [...takers].slice(0, MOST_TAKERS);
  const cell = (count = 0) => make('td', {}, count > 3 ? `● × ${count}` : '●'.repeat(count));
  // Messages of two servers may be called the same.
  const isOne = new Set([...taken.values()].map(({ server }) => server)).size < 2;
  const rows = [...taken.values()].map(({ name, server, by }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, isOne ? name : `${name} · ${server}`),
      ...shown.map((peer) => cell(by.get(peer))),
    ),
  );
  return [
    make('h2', {}, words().got),
    wide(make('tr', {}, make('th', {}), ...shown.map((peer) => make('th', { scope: 'col' }, peer))), ...rows),
  ];
}

function tables() {
  return atMost(MOST_TABLES, run().tables, tableOf, (count) => [rest('p')(count)]).flat();
}

function tableOf(event) {
  const { title, columns, rows } = translated(event);
  const head = columns.map((one) => make('th', { scope: 'col' }, one.unit ? `${one.title} (${one.unit})` : one.title));
  const cell = (value) => make('td', { class: typeof value === 'number' ? 'n' : '' }, String(value));
  const row = (cells) => make('tr', {}, ...cells.map(cell));
  return [
    make('h2', {}, title),
    wide(make('tr', {}, ...head), ...atMost(MOST_ROWS, rows, row, (left) => make('tr', {}, rest('td')(left)))),
  ];
}

/** A table that scrolls by itself where it is too wide. */
const wide = (...rows) => make('div', { class: 'wide' }, make('table', {}, ...rows));

/** Peers around their servers, with the number of messages between them. */
function net() {
  const { links } = run();
  const participants = run().participants.slice(0, MOST_NODES);
  const height = Math.max(120, participants.length * 30);
  const servers = participants.filter(({ kind }) => kind === 'server');
  const peers = participants.filter(({ kind }) => kind !== 'server');
  const column = (list, x) => list.map(({ id }, index) => [id, [x, ((index + 0.5) * height) / list.length]]);
  const at = new Map([...column(peers, 120), ...column(servers, 270)]);
  const ends = [...links].map(([key, count]) => [...key.split('\u0000').map((id) => at.get(id)), count]);
  const edges = ends.flatMap(([from, to, count]) => {
    if (!from || !to) return [];
    // Nearer to the peer than to its server, where all lines meet; for each server at another place of its lines.
    const [left, right] = from[0] < to[0] ? [from, to] : [to, from];
    const way = 0.2 + 0.16 * (servers.findIndex(({ id }) => at.get(id) === right) % 3);
    const place = { x: left[0] + (right[0] - left[0]) * way, y: left[1] + (right[1] - left[1]) * way + 4 };
    return [
      draw('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }),
      draw('text', { ...place, 'text-anchor': 'middle', class: 'count' }, String(count)),
    ];
  });
  const nodes = participants.flatMap(({ id, title, kind }) => {
    const [x, y] = at.get(id);
    const side = kind === 'server' ? { x: x + 12, 'text-anchor': 'start' } : { x: x - 12, 'text-anchor': 'end' };
    return [draw('circle', { class: kind, cx: x, cy: y, r: 7 }), draw('text', { ...side, y: y + 4 }, shortened(title))];
  });
  const told = [...links].map(([key, count]) => `${key.replace('\u0000', ' – ')}: ${count}`).join(', ');
  const box = { class: 'net', viewBox: `0 0 400 ${height}`, role: 'img', 'aria-label': `${words().who}: ${told}` };
  return draw('svg', box, ...edges, ...nodes);
}

/** So that it fits beside its circle. */
const shortened = (title) => (title.length > 16 ? `${title.slice(0, 15)}…` : title);
