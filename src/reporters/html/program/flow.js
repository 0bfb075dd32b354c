// The lines, as a diagram or as a list. Only those that can be seen are in the document.
import { count, indexOf, shownAt } from './choice.js';
import { draw, make } from './dom.js';
import { run, state } from './state.js';

const ROW = 24;
const LEFT = 90;
/** Lines above and below what can be seen, so that scrolling finds some. */
const SPARE = 10;

/** The elements of lines that are in the document, as they were drawn for `drawn`. */
let elements = new Map();
let drawn = '';
let isWaiting = false;

const scroller = () => document.querySelector('.scroll');
const xOf = (id) => LEFT + 60 + run().participants.findIndex((one) => one.id === id) * laneOf();
const isList = () => state.view === 'list';
const widthOf = () => LEFT + 140 + Math.max(2, run().participants.length) * laneOf();

/** How far lifelines are apart. */
export function laneOf() {
  if (state.lane !== undefined) return state.lane;
  const beside = matchMedia('(max-width: 900px)').matches ? 0 : 400;
  const free = document.documentElement.clientWidth - beside - LEFT - 140;
  return Math.max(190, Math.min(300, Math.floor(free / Math.max(2, run().participants.length))));
}

/** Draws again before the browser next shows anything. */
export function repaint() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    if (scroller()) paint();
  });
}

function paint() {
  const rows = document.querySelector('.rows');
  const total = count();
  // First the height: with fewer lines than before, the browser scrolls back.
  rows.style.height = `${total * ROW}px`;
  rows.style.width = isList() ? '' : `${widthOf()}px`;
  const { scrollTop, clientHeight } = scroller();
  const look = [state.run, state.view, laneOf(), state.language, run().participants.length].join();
  if (look !== drawn) elements = new Map();
  drawn = look;
  const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
  const last = Math.min(total, first + Math.ceil(clientHeight / ROW) + 2 * SPARE);
  const kept = new Map();
  for (let index = first; index < last; index++) {
    const line = shownAt(index);
    const element = elements.get(line) ?? (isList() ? itemOf(line) : rowOf(line));
    element.style.top = `${index * ROW}px`;
    mark(element, line, index, total);
    kept.set(line, element);
  }
  elements = kept;
  settle(rows, isList() ? [] : lives(), [...kept.values()]);
  const chosen = indexOf(state.line);
  scroller().setAttribute('aria-activedescendant', chosen >= first && chosen < last ? `line-${state.line.n}` : '');
  const heads = document.querySelector('.heads > div');
  if (heads) heads.style.transform = `translateX(${-scroller().scrollLeft}px)`;
}

function mark(element, line, index, total) {
  element.setAttribute('aria-selected', String(line === state.line));
  element.setAttribute('aria-posinset', index + 1);
  element.setAttribute('aria-setsize', total);
}

/** Leaves what is there already where it is. */
function settle(rows, lifelines, lines) {
  if (rows.dataset.look !== drawn)
    rows.replaceChildren(make('div', { class: 'lives', 'aria-hidden': 'true' }, ...lifelines));
  rows.dataset.look = drawn;
  const wanted = new Set(lines);
  for (const element of [...rows.children].slice(1)) if (!wanted.has(element)) element.remove();
  let before = rows.firstChild;
  for (const element of lines) {
    if (before.nextSibling !== element) before.after(element);
    before = element;
  }
}

const SIGNS = { step: () => '▸ ', check: (row) => (row.tone === 'good' ? '✓ ' : '✗ '), arrow: () => '' };

/** What a line says; the sign of a conclusion stands in its text. */
export function saidBy({ row }) {
  const sign = SIGNS[row.kind]?.(row) ?? (row.tone === 'plain' ? '• ' : '');
  return `${sign}${row.text[state.language]}`;
}

function shell(line, ...children) {
  const { row, n, peer } = line;
  const isTimed = row.kind === 'arrow' || row.kind === 'mark';
  const way = row.kind === 'arrow' ? `${row.from} → ${row.to}` : (peer ?? '');
  return make(
    'div',
    {
      class: `row ${row.kind}`,
      role: 'option',
      id: `line-${n}`,
      'data-n': n,
      'aria-label': [isTimed ? `${row.at.toFixed(1)} ms` : '', way, saidBy(line), row.body].filter(Boolean).join(', '),
    },
    make('span', { class: 'time' }, isTimed ? row.at.toFixed(1) : ''),
    ...children,
  );
}

/** A line of the list. */
function itemOf(line) {
  const { row, peer } = line;
  const way = row.kind === 'arrow' ? `${row.from} → ${row.to}` : row.kind === 'mark' ? (row.on ?? peer) : undefined;
  return shell(
    line,
    way && make('span', { class: 'way' }, way),
    make('span', { class: `said ${row.tone ?? ''}` }, row.body ? `${saidBy(line)} ${row.body}` : saidBy(line)),
  );
}

/** A line of the diagram. */
function rowOf(line) {
  const { row } = line;
  const said = saidBy(line);
  const element =
    row.kind === 'arrow'
      ? shell(
          line,
          arrowOf(row),
          placed(
            make('span', { class: `say ${row.tone}` }, row.body ? `${said} ${row.body}` : said),
            Math.min(xOf(row.from), xOf(row.to)) + 12,
            Math.abs(xOf(row.to) - xOf(row.from)) - 22,
          ),
        )
      : row.kind === 'mark'
        ? shell(
            line,
            placed(make('span', { class: `say ${row.tone}` }, said), (row.on === undefined ? LEFT : xOf(row.on)) + 8),
          )
        : shell(line, make('span', { class: `say ${row.tone ?? ''}` }, said));
  element.style.width = `${widthOf()}px`;
  return element;
}

export function placed(element, left, width) {
  element.style.left = `${left}px`;
  if (width) element.style.maxWidth = `${width}px`;
  return element;
}

const lives = () => run().participants.map(({ id, kind }) => placed(make('div', { class: `life ${kind}` }), xOf(id)));

/** The names above the lifelines. */
export function headsOf() {
  const heads = run().participants.map(({ id, title, kind }) =>
    placed(make('span', { class: kind, title }, title), xOf(id)),
  );
  for (const head of heads) head.style.maxWidth = `${laneOf() - 8}px`;
  return heads;
}

function arrowOf({ from, to, tone }) {
  const [start, end] = [xOf(from), xOf(to)];
  const way = Math.sign(end - start) || 1;
  return draw(
    'svg',
    { width: 1, height: ROW, 'aria-hidden': 'true' },
    draw('line', { class: `arrow ${tone}`, x1: start, x2: end - way * 8, y1: ROW - 4, y2: ROW - 4 }),
    draw('path', { class: `tip ${tone}`, d: `M${end - way * 2},${ROW - 4} l${-way * 8},-4 l0,8 z` }),
  );
}

export const isAtEnd = () => {
  const { scrollTop, clientHeight, scrollHeight } = scroller();
  return scrollTop + clientHeight >= scrollHeight - 2 * ROW;
};

/** Scrolls so that a line can be seen; one that can be seen stays where it is. */
export function reveal(index) {
  const { scrollTop, clientHeight } = scroller();
  const top = index * ROW;
  document.querySelector('.rows').style.height = `${count() * ROW}px`;
  if (top >= scrollTop && top + ROW <= scrollTop + clientHeight) return;
  scroller().scrollTop = top < scrollTop ? top - ROW : top + 2 * ROW - clientHeight;
}
