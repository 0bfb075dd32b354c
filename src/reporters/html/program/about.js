// What a line is about: the message it belongs to, its frames with their fields, and its body.
import { atMost, make } from './dom.js';
import { eventOf } from './run.js';
import { run, state, translated, words } from './state.js';

const MOST_STEPS = 200;
const MOST_FRAMES = 20;

export function about(line) {
  const id = run().messageOf(line);
  const steps = id === undefined ? [] : run().stepsOf(id);
  const event = eventOf(line);
  const body = event.body ?? steps.map((one) => eventOf(one).body).find((one) => one !== undefined);
  const own = run().framesOf(line);
  const frames = [...new Set([...own, ...steps.slice(0, MOST_STEPS).flatMap((one) => run().framesOf(one))])];
  return [
    ...(steps.length === 0 ? [] : course(id, steps)),
    ...(body === undefined ? [] : [make('h2', {}, words().body), make('pre', {}, pretty(body))]),
    ...(frames.length === 0 ? [] : [make('h2', {}, words().frames)]),
    ...atMost(
      MOST_FRAMES,
      frames,
      (one) => frame(one, own.includes(one)),
      (count) => make('p', { class: 'dim' }, words().more(count)),
    ),
    ...(frames.length > 0 || steps.length > 0 ? [] : [make('h2', {}, words().event), make('pre', {}, plain(event))]),
  ];
}

/** What happened to a message, step by step. */
function course(id, steps) {
  const isFollowed = state.followed === id;
  const row = (one) =>
    make(
      'tr',
      { class: one === state.line ? 'here' : '' },
      make('td', { class: 'n dim' }, one.row.at.toFixed(1)),
      make('td', {}, one.peer),
      make('td', { class: one.row.tone }, one.row.text[state.language]),
    );
  const left = (count) => make('tr', {}, make('td', { colspan: 3, class: 'dim' }, words().more(count)));
  return [
    make('h2', {}, `${words().follow}: ${steps[0].name ?? id}`),
    make('div', { class: 'wide' }, make('table', {}, ...atMost(MOST_STEPS, steps, row, left))),
    make(
      'p',
      {},
      make(
        'button',
        { 'aria-pressed': String(isFollowed), 'data-follow': id, 'data-key': 'follow' },
        isFollowed ? words().alone : words().followed,
      ),
    ),
  ];
}

function frame(line, isOpen) {
  const { name, summary, sizeBytes, fields, bytes } = eventOf(line);
  return make(
    'details',
    { open: isOpen },
    make('summary', {}, make('b', {}, name), ` ${line.row.from} → ${line.row.to} · ${sizeBytes} B`),
    make('p', {}, summary),
    make('pre', {}, JSON.stringify(fields, null, 2)),
    bytes && make('pre', {}, bytes.replace(/(..)/g, '$1 ')),
  );
}

/** The event as the reader's language has it. */
function plain(event) {
  return JSON.stringify(translated(event), (key, value) => (key === 'translations' ? undefined : value), 2);
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
