// What stands above the lines: the run, and what the reader can choose.
import { LETTERS } from './choice.js';
import { make } from './dom.js';
import { hasHandshakes, run, runs, state, translated, words } from './state.js';

const button = (key, label, onclick, values = {}) =>
  make('button', { type: 'button', 'data-key': key, onclick, ...values }, label);
const toggle = (key, label, pressed, onclick) => button(key, label, onclick, { 'aria-pressed': String(pressed) });
const group = (label, ...children) => make('div', { class: 'group', role: 'group', 'aria-label': label }, ...children);
const option = (value, label, chosen) => make('option', { value, selected: chosen }, label);

/** A run without an end goes on, where somebody tells of it; servers that are kept have none. */
const outcomeOf = ({ end }) => end?.outcome ?? { itself: 'aborted', ended: 'ended' }[state.source] ?? 'running';

/** The title, how it went, and what it ran on. */
export function header({ set }) {
  const { start, title, servers } = run();
  const outcome = outcomeOf(run());
  const tone = { passed: 'good', running: '', ended: '' }[outcome] ?? 'bad';
  const sign = { passed: '✓ ', running: '', ended: '' }[outcome] ?? '✗ ';
  const date = `${start.date.slice(0, 19).replace('T', ' ')} UTC`;
  const choose = ({ target }) =>
    set({ run: Number(target.value), line: undefined, followed: '', peer: '', until: Number.POSITIVE_INFINITY });
  return make(
    'header',
    {},
    make('h1', {}, title[state.language] || 'msgplay'),
    make('span', { class: `badge ${tone}` }, `${sign}${words().outcome[outcome]}`),
    runs.length < 2
      ? undefined
      : make(
          'select',
          { 'aria-label': words().run, 'data-key': 'run', onchange: choose },
          ...runs.map((one, index) => option(index, `${index + 1}. ${one.title[state.language]}`, index === state.run)),
        ),
    make(
      'span',
      { class: 'dim' },
      [translated(start).about, servers[state.language], date].filter(Boolean).join(' · '),
    ),
    make('span', { class: `source ${state.source}`, role: 'status' }, words().source[state.source]),
  );
}

/** A list has nothing to spread. */
const zooms = (zoom) => [
  button('in', '+', () => zoom(1.25), { 'aria-label': `${words().zoom} +` }),
  button('out', '−', () => zoom(0.8), { 'aria-label': `${words().zoom} -` }),
];

export function toolbar({ set, refresh, zoom, go, search }) {
  const choosePeer = ({ target }) => {
    state.peer = target.value;
    refresh();
  };
  const peers = run().participants.filter(({ kind }) => kind === 'peer');
  const isPaused = state.until !== Number.POSITIVE_INFINITY;
  return make(
    'div',
    { class: 'bar' },
    group(
      words().layers,
      ...Object.keys(LETTERS).map((layer) =>
        toggle(layer, words()[layer], state.layer === layer, () => set({ layer })),
      ),
      toggle('handshakes', words().handshakes, hasHandshakes(), () => set({ handshakes: !hasHandshakes() })),
    ),
    make('input', {
      type: 'search',
      id: 'search',
      'data-key': 'search',
      placeholder: words().search,
      'aria-label': words().search,
      value: state.term,
      size: 26,
      oninput: ({ target }) => search(target.value),
    }),
    make(
      'select',
      { 'aria-label': words().all, 'data-key': 'peer', onchange: choosePeer },
      option('', words().all, state.peer === ''),
      ...peers.map(({ title }) => option(title, title, state.peer === title)),
    ),
    group(
      words().steps,
      button('back', '◀', () => go(-1), { 'aria-label': words().back, title: words().back }),
      toggle('pause', isPaused ? words().resume : words().pause, isPaused, () => go(0)),
      button('onward', '▶', () => go(1), { 'aria-label': words().onward, title: words().onward }),
    ),
    group(
      words().zoom,
      ...(state.view === 'list' ? [] : zooms(zoom)),
      toggle('list', words().list, state.view === 'list', () =>
        set({ view: state.view === 'list' ? 'diagram' : 'list' }),
      ),
    ),
    group(
      words().language,
      toggle('en', 'English', state.language === 'en', () => set({ language: 'en' })),
      toggle('ko', '한국어', state.language === 'ko', () => set({ language: 'ko' })),
    ),
    make('span', { class: 'dim', id: 'count', role: 'status' }),
    make('span', { class: 'dim keys' }, words().keys),
  );
}
