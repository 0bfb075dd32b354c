// Puts it together: what comes in, what the reader does, and what is shown then.
import { about } from './about.js';
import { choose, chooseMore, count, indexOf, shownAt, step } from './choice.js';
import { header, toolbar } from './controls.js';
import { make } from './dom.js';
import { headsOf, isAtEnd, laneOf, repaint, reveal } from './flow.js';
import { overview } from './overview.js';
import { Run } from './run.js';
import { readPage, readServer } from './sources.js';
import { run, runs, state, words } from './state.js';

/** While lines come in, what is counted in them is told so often, in ms. */
const TELL_MS = 500;
/** After a letter, so long is waited for another one before the lines are searched, in ms. */
const SEARCH_MS = 120;
/** So many runs are kept. */
const MOST_RUNS = 1000;
/** The run that the newest pieces belong to. */
let current;

const $ = (selector) => document.querySelector(selector);

function select(index) {
  const at = Math.max(-1, Math.min(count() - 1, index));
  state.line = shownAt(at);
  if (at >= 0) reveal(at);
  repaint();
  tell();
}

/** What is chosen, or the run as a whole. */
function tell() {
  const line = indexOf(state.line) < 0 ? undefined : state.line;
  const told = line ? about(line) : [make('p', { class: 'dim' }, words().nothing), ...overview()];
  keepingFocus(() => $('#about').replaceChildren(...told));
}

function tellCount() {
  const { lines, dropped } = run();
  const { goneRuns } = state;
  const told = [
    words().lines(count(), lines.length),
    dropped > 0 ? words().dropped(dropped) : '',
    goneRuns > 0 ? words().goneRuns(goneRuns) : '',
  ];
  const text = told.filter(Boolean).join(' · ');
  if ($('#count').textContent !== text) $('#count').textContent = text;
}

function refresh() {
  choose();
  tellCount();
  repaint();
  tell();
}

/** Whatever had the focus is made anew, and has it again. */
function keepingFocus(change) {
  const key = document.activeElement?.dataset?.key;
  change();
  if (key && document.activeElement?.dataset?.key !== key) $(`[data-key="${key}"]`)?.focus();
}

function set(changes) {
  Object.assign(state, changes);
  build();
}

function zoom(factor) {
  set({ lane: Math.max(90, Math.min(600, Math.round(laneOf() * factor))) });
}

let searching;
function search(term) {
  state.term = term;
  clearTimeout(searching);
  searching = setTimeout(refresh, SEARCH_MS);
}

/** Pauses, or goes on to the end; or goes a line back or onward, and shows that line. */
function go(by) {
  const isPaused = state.until !== Number.POSITIVE_INFINITY;
  if (by !== 0) step(by);
  else state.until = isPaused ? Number.POSITIVE_INFINITY : run().dropped + run().lines.length;
  keepingFocus(() => $('.bar').replaceWith(toolbar(actions)));
  tellCount();
  select(by === 0 && isPaused ? -1 : count() - 1);
  reveal(count() - 1);
}

const actions = { set, refresh, zoom, go, search };

function build() {
  const top = $('.scroll')?.scrollTop ?? 0;
  document.documentElement.lang = state.language;
  document.title = `${run().title[state.language]} - msgplay`;
  keepingFocus(() =>
    document.body.replaceChildren(
      header(actions),
      toolbar(actions),
      make(
        'main',
        { class: state.view },
        make(
          'section',
          { class: 'flow' },
          state.view === 'list'
            ? undefined
            : make('div', { class: 'heads', 'aria-hidden': 'true' }, make('div', {}, ...headsOf())),
          make(
            'div',
            {
              class: 'scroll',
              role: 'listbox',
              tabindex: '0',
              'data-key': 'lines',
              'aria-label': run().title[state.language],
              onscroll: repaint,
              onclick: ({ target }) => {
                const n = target.closest('.row')?.dataset.n;
                if (n !== undefined) select(indexOf(run().lines[Number(n) - run().dropped]));
              },
            },
            make('div', { class: 'rows', role: 'presentation' }),
          ),
        ),
        make('aside', { id: 'about', 'aria-label': words().about, tabindex: '0', onclick: follow }),
      ),
    ),
  );
  refresh();
  const at = indexOf(state.line);
  if (at >= 0) reveal(at);
  else $('.scroll').scrollTop = top;
}

function follow({ target }) {
  const id = target.closest('[data-follow]')?.dataset.follow;
  if (id === undefined) return;
  state.followed = state.followed === id ? '' : id;
  refresh();
  const at = indexOf(state.line);
  if (at >= 0) reveal(at);
}

/** Takes pieces, as text; with `isAnew` in place of all that was there. */
function take(pieces, isAnew = false) {
  if (isAnew) forget();
  for (const text of pieces) {
    const tab = text.indexOf('\t');
    const piece = JSON.parse(tab < 0 ? text : text.slice(0, tab));
    const event = tab < 0 ? undefined : text.slice(tab + 1);
    if (piece.runs !== undefined) state.goneRuns += piece.runs;
    else if (piece.piece !== 'run') current?.add(piece, event);
    else begin(new Run(piece, JSON.parse(event)));
  }
  if (runs.length > 0) showMore();
}

function begin(run) {
  current = run;
  runs.push(run);
  if (runs.length <= MOST_RUNS) return;
  runs.shift();
  state.goneRuns += 1;
  state.run = Math.max(0, state.run - 1);
}

function forget() {
  runs.length = 0;
  current = undefined;
  built = '';
  Object.assign(state, { run: 0, line: undefined, followed: '', until: Number.POSITIVE_INFINITY, goneRuns: 0 });
}

/** How many participants, runs and ends the page was built with: with others it is built anew. */
let built = '';
let isTelling = false;

function showMore() {
  if (state.language === undefined) state.language = runs[0].language;
  // Who watches a run that happens sees the next one when it begins.
  if (state.source === 'live' && state.until === Number.POSITIVE_INFINITY && run().end && state.run < runs.length - 1)
    Object.assign(state, { run: runs.length - 1, line: undefined, followed: '', peer: '' });
  const now = [runs.length, state.run, run().participants.length, run().end !== undefined].join();
  const isFollowing = built !== '' && state.source === 'live' && state.until === Number.POSITIVE_INFINITY && isAtEnd();
  if (now !== built) build();
  built = now;
  chooseMore();
  tellCount();
  repaint();
  if (isFollowing) reveal(count() - 1);
  if (isTelling) return;
  isTelling = true;
  setTimeout(() => {
    isTelling = false;
    if (!state.line) tell();
  }, TELL_MS);
}

function tellSource(source) {
  if (state.source === source) return;
  state.source = source;
  if (runs.length > 0) keepingFocus(() => $('header').replaceWith(header(actions)));
  else document.body.replaceChildren(make('p', { class: 'dim empty', role: 'status' }, words().source[source]));
}

addEventListener('resize', () => runs.length > 0 && build());
addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (runs.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = target instanceof HTMLInputElement;
  const isControl =
    target instanceof HTMLSelectElement || (target instanceof HTMLElement && target.matches('button, summary'));
  const at = indexOf(state.line);
  const moves = {
    ArrowDown: () => select(at + 1),
    ArrowUp: () => select(Math.max(0, at - 1)),
    PageDown: () => select(at + 20),
    PageUp: () => select(Math.max(0, at - 20)),
    Home: () => select(0),
    End: () => select(count() - 1),
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    ' ': () => go(0),
  };
  const anywhere = { '+': () => zoom(1.25), '-': () => zoom(0.8) };
  if (key === 'Escape') {
    set({ line: undefined, followed: '', term: '', peer: '' });
    $('.scroll').focus();
  } else if (key === '/' && !isTyping) {
    event.preventDefault();
    $('#search').focus();
  } else if (target instanceof HTMLElement && target.closest('#about')) {
    // What is read there scrolls by itself.
  } else {
    const act = isTyping || isControl ? undefined : (moves[key] ?? anywhere[key]);
    if (act) event.preventDefault();
    act?.();
  }
});

if (document.documentElement.dataset.source === 'server') {
  state.source = '';
  tellSource('waiting');
  readServer({ take, tell: tellSource });
} else {
  document.documentElement.setAttribute('aria-busy', 'true');
  readPage({ take }).finally(() => document.documentElement.removeAttribute('aria-busy'));
}
