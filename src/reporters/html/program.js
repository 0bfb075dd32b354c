// The program of the page. It builds everything as text nodes, so that nothing in a message is ever markup.
const runs = JSON.parse(document.getElementById('runs').textContent);

const WORDS = {
  en: {
    story: 'story',
    message: 'messages',
    frame: 'frames',
    handshakes: 'handshakes',
    search: 'Search: text, name, peer',
    follow: 'What happened to it',
    event: 'Event',
    body: 'Body',
    fields: 'Fields',
    frames: 'Its frames',
    nothing: 'Choose a line: its message, frames and fields stand here.',
    who: 'Who talks to whom',
    got: 'Who got what',
    checks: 'Checks',
    latency: 'From publish to delivery, in ms',
    rate: 'Messages over time',
    figures: 'Figures',
    all: 'all peers',
    run: 'Run',
    zoom: 'Zoom',
    lines: (count, of) => `${count} of ${of} lines`,
    keys: '↑ ↓ lines · / search · Esc all again · + - zoom',
    outcome: { passed: 'passed', failed: 'failed', aborted: 'aborted', 'timed-out': 'timed out' },
    followed: 'Followed message',
  },
  ko: {
    story: '이야기',
    message: '메시지',
    frame: '프레임',
    handshakes: '핸드셰이크',
    search: '검색: 본문, 이름, 피어',
    follow: '이 메시지에 일어난 일',
    event: '이벤트',
    body: '본문',
    fields: '필드',
    frames: '프레임',
    nothing: '줄을 고르면 메시지, 프레임, 필드를 여기에 보여 준다.',
    who: '누가 누구와 말하는가',
    got: '누가 무엇을 받았는가',
    checks: '확인',
    latency: '발행부터 전달까지 (ms)',
    rate: '시간에 따른 메시지 수',
    figures: '표',
    all: '모든 피어',
    run: '실행',
    zoom: '확대',
    lines: (count, of) => `${of}줄 가운데 ${count}줄`,
    keys: '↑ ↓ 줄 이동 · / 검색 · Esc 전체 보기 · + - 확대',
    outcome: { passed: '통과', failed: '실패', aborted: '중단', 'timed-out': '시간 초과' },
    followed: '따라가는 메시지',
  },
};
const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 90;
const ROW = 24;
const LETTERS = { story: 's', message: 'm', frame: 'f' };

const state = {
  run: 0,
  language: runs[0]?.language ?? 'en',
  layer: 'story',
  handshakes: runs[0]?.start?.handshakes === true,
  term: '',
  peer: '',
  lane: 190,
  selected: -1,
  followed: '',
};
let shown = [];

const make = (tag, values = {}, ...children) => fill(document.createElement(tag), values, children);
const draw = (tag, values = {}, ...children) => fill(document.createElementNS(SVG, tag), values, children);

function fill(element, values, children) {
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const words = () => WORDS[state.language];
const run = () => runs[state.run];
const translated = (event) => ({ ...event, ...(event.translations?.[state.language] ?? {}) });

/** A message and those it may be instead. */
const idsOf = ({ event }) => (event.type === 'message' ? [event.id, ...(event.among ?? [])] : []);

function choose() {
  const letter = LETTERS[state.layer];
  const term = state.term.toLowerCase();
  shown = (run()?.lines ?? []).filter((line) => {
    if (!line.layers.includes(letter) || (line.handshake && !state.handshakes)) return false;
    const { row, event } = line;
    if (state.peer !== '' && event.peer !== undefined && event.peer !== state.peer) return false;
    if (state.followed !== '' && !idsOf(line).includes(state.followed) && !framesOfFollowed().has(event.seq))
      return false;
    return (
      term === '' ||
      `${row.text[state.language]} ${row.body ?? ''} ${event.peer ?? ''} ${event.name ?? ''}`
        .toLowerCase()
        .includes(term)
    );
  });
}

let followedFrames = { of: '', seqs: new Set() };
function framesOfFollowed() {
  if (followedFrames.of !== state.followed) {
    const steps = run().lines.filter((line) => idsOf(line).includes(state.followed));
    followedFrames = { of: state.followed, seqs: new Set(steps.flatMap(({ event }) => event.frames ?? [])) };
  }
  return followedFrames.seqs;
}

const xOf = (id) => LEFT + 60 + run().participants.findIndex((one) => one.id === id) * state.lane;
const widthOf = () => LEFT + 140 + Math.max(2, run().participants.length) * state.lane;

// Only the lines that can be seen are there.
function paint() {
  const scroll = document.querySelector('.scroll');
  const rows = document.querySelector('.rows');
  rows.style.height = `${shown.length * ROW}px`;
  rows.style.width = `${widthOf()}px`;
  const first = Math.max(0, Math.floor(scroll.scrollTop / ROW) - 10);
  const last = Math.min(shown.length, first + Math.ceil(scroll.clientHeight / ROW) + 20);
  const lines = [];
  for (let index = first; index < last; index++) lines.push(lineOf(shown[index], index));
  rows.replaceChildren(...lines);
  document.querySelector('.heads > div').style.transform = `translateX(${-scroll.scrollLeft}px)`;
}

function lineOf(line, index) {
  const { row, event } = line;
  const text = row.text[state.language];
  const said =
    row.kind === 'check'
      ? `${row.tone === 'good' ? '✓' : '✗'} ${text}`
      : row.kind === 'step'
        ? `▸ ${text}`
        : row.kind === 'mark' && row.tone === 'plain'
          ? `• ${text}`
          : text;
  const element = make(
    'div',
    {
      class: `row ${row.kind}`,
      role: 'option',
      id: `line-${index}`,
      'aria-selected': String(index === state.selected),
      onclick: () => select(index),
    },
    make('span', { class: 'time' }, row.kind === 'step' || row.kind === 'check' ? '' : row.at.toFixed(1)),
  );
  element.style.top = `${index * ROW}px`;
  element.style.width = `${widthOf()}px`;
  if (row.kind === 'arrow')
    element.append(
      arrowOf(row),
      placed(
        make('span', { class: `say ${row.tone}` }, row.body ? `${said} ${row.body}` : said),
        Math.min(xOf(row.from), xOf(row.to)) + 12,
        Math.abs(xOf(row.to) - xOf(row.from)) - 30,
      ),
    );
  else if (row.kind === 'mark')
    element.append(
      livesOf(),
      placed(make('span', { class: `say ${row.tone}` }, said), (row.on === undefined ? LEFT : xOf(row.on)) + 8),
    );
  else element.append(make('span', { class: `say ${row.tone ?? ''}` }, said));
  element.setAttribute('aria-label', `${row.at.toFixed(1)} ms, ${event.peer ?? ''} ${said}`);
  return element;
}

function placed(element, left, width) {
  element.style.left = `${left}px`;
  if (width) element.style.maxWidth = `${width}px`;
  return element;
}

function livesOf() {
  return draw(
    'svg',
    { width: 1, height: ROW, 'aria-hidden': 'true' },
    ...run().participants.map(({ id, kind }) =>
      draw('line', { class: `life ${kind}`, x1: xOf(id), x2: xOf(id), y1: 0, y2: ROW }),
    ),
  );
}

function arrowOf({ from, to, tone }) {
  const svg = livesOf();
  const [start, end] = [xOf(from), xOf(to)];
  const way = Math.sign(end - start) || 1;
  svg.append(
    draw('line', { class: `arrow ${tone}`, x1: start, x2: end - way * 8, y1: ROW - 4, y2: ROW - 4 }),
    draw('path', { class: `tip ${tone}`, d: `M${end - way * 2},${ROW - 4} l${-way * 8},-4 l0,8 z` }),
  );
  return svg;
}

function select(index) {
  state.selected = Math.max(-1, Math.min(shown.length - 1, index));
  const scroll = document.querySelector('.scroll');
  scroll.setAttribute('aria-activedescendant', state.selected < 0 ? '' : `line-${state.selected}`);
  const top = state.selected * ROW;
  if (state.selected >= 0 && (top < scroll.scrollTop || top + ROW > scroll.scrollTop + scroll.clientHeight))
    scroll.scrollTop = top - scroll.clientHeight / 2;
  paint();
  tell();
}

/** What a line is about: the message it belongs to, its frames and fields. */
function tell() {
  const box = document.querySelector('#about');
  const line = shown[state.selected];
  if (!line) return box.replaceChildren(make('p', { class: 'dim' }, words().nothing), ...overview());
  const { event } = line;
  const id =
    event.type === 'message'
      ? event.id
      : run().lines.find((one) => one.event.type === 'message' && one.event.frames?.includes(event.seq))?.event.id;
  const steps = id === undefined ? [] : run().lines.filter((one) => idsOf(one).includes(id));
  const seqs = new Set(event.type === 'frame' ? [event.seq] : (event.frames ?? []));
  const frames = run().lines.filter((one) => one.event.type === 'frame' && seqs.has(one.event.seq));
  box.replaceChildren(
    ...(steps.length === 0
      ? []
      : [
          make('h2', {}, words().follow),
          make(
            'p',
            {},
            make(
              'button',
              { 'aria-pressed': String(state.followed === id), onclick: () => follow(id) },
              `${words().followed}: ${steps[0].event.name ?? id}`,
            ),
          ),
          make(
            'table',
            {},
            ...steps.map((one) =>
              make(
                'tr',
                {},
                make('td', { class: 'n dim' }, one.row.at.toFixed(1)),
                make('td', {}, one.event.peer),
                make('td', { class: one.row.tone }, one.row.text[state.language]),
              ),
            ),
          ),
        ]),
    ...(event.body ? [make('h2', {}, words().body), make('pre', {}, pretty(event.body))] : []),
    ...frames.flatMap((one) => [
      make('h2', {}, `${words().frames}: ${one.event.name}`),
      make('p', {}, `${one.event.summary} (${one.event.sizeBytes} B)`),
      make('pre', {}, JSON.stringify(one.event.fields, null, 2)),
      ...(one.event.bytes ? [make('pre', {}, one.event.bytes.replace(/(..)/g, '$1 '))] : []),
    ]),
    ...(event.type === 'message' || event.type === 'frame'
      ? []
      : [make('h2', {}, words().event), make('pre', {}, JSON.stringify(translated(event), null, 2))]),
  );
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function follow(id) {
  state.followed = state.followed === id ? '' : id;
  refresh();
}

/** The run as a whole: checks, who talks to whom, who got what, and how fast. */
function overview() {
  const { lines, tables, participants } = run();
  const messages = lines.filter(({ event }) => event.type === 'message').map(({ event }) => event);
  const checks = lines.filter(({ row }) => row.kind === 'check');
  const taken = messages.filter(
    ({ stage }) => stage === 'delivered' || stage === 'redelivered' || stage === 'received' || stage === 'pushed',
  );
  const takers = [...new Set(taken.map(({ peer }) => peer))];
  const names = [...new Map(taken.map(({ id, name }) => [id, name ?? id]))].slice(0, 40);
  return [
    ...(checks.length === 0
      ? []
      : [
          make('h2', {}, words().checks),
          make(
            'ul',
            {},
            ...checks.map(({ row }) =>
              make('li', { class: row.tone }, `${row.tone === 'good' ? '✓' : '✗'} ${row.text[state.language]}`),
            ),
          ),
        ]),
    make('h2', {}, words().who),
    net(participants, messages),
    ...(takers.length < 2
      ? []
      : [
          make('h2', {}, words().got),
          make(
            'table',
            {},
            make('tr', {}, make('th', {}), ...takers.map((peer) => make('th', {}, peer))),
            ...names.map(([id, name]) =>
              make(
                'tr',
                {},
                make('td', {}, name),
                ...takers.map((peer) =>
                  make(
                    'td',
                    {},
                    '●'.repeat(Math.min(3, taken.filter((one) => one.id === id && one.peer === peer).length)),
                  ),
                ),
              ),
            ),
          ),
        ]),
    ...plots(messages),
    ...tables
      .map(translated)
      .flatMap(({ title, columns, rows }) => [
        make('h2', {}, title),
        make(
          'table',
          {},
          make(
            'tr',
            {},
            ...columns.map((column) => make('th', {}, column.unit ? `${column.title} (${column.unit})` : column.title)),
          ),
          ...rows.map((row) =>
            make(
              'tr',
              {},
              ...row.map((cell) => make('td', { class: typeof cell === 'number' ? 'n' : '' }, String(cell))),
            ),
          ),
        ),
      ]),
  ];
}

/** Peers around their servers, with the number of messages between them. */
function net(participants, messages) {
  const links = new Map();
  for (const { row } of run().lines.filter((line) => line.row.kind === 'arrow' && line.event.type === 'message')) {
    const key = [row.from, row.to].sort().join('\u0000');
    links.set(key, (links.get(key) ?? 0) + 1);
  }
  const height = Math.max(120, participants.length * 30);
  const servers = participants.filter(({ kind }) => kind === 'server');
  const peers = participants.filter(({ kind }) => kind !== 'server');
  const at = new Map([
    ...peers.map(({ id }, index) => [id, [70, ((index + 0.5) * height) / peers.length]]),
    ...servers.map(({ id }, index) => [id, [270, ((index + 0.5) * height) / servers.length]]),
  ]);
  const edges = [...links].flatMap(([key, count]) => {
    const [from, to] = key.split('\u0000').map((id) => at.get(id));
    if (!from || !to) return [];
    return [
      draw('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }),
      draw('text', { x: (from[0] + to[0]) / 2, y: (from[1] + to[1]) / 2 - 3, 'text-anchor': 'middle' }, String(count)),
    ];
  });
  const nodes = participants.flatMap(({ id, title, kind }) => {
    const [x, y] = at.get(id);
    return [
      draw('circle', { class: kind, cx: x, cy: y, r: 7 }),
      draw(
        'text',
        { x: kind === 'server' ? x + 12 : x - 12, y: y + 4, 'text-anchor': kind === 'server' ? 'start' : 'end' },
        title,
      ),
    ];
  });
  return draw(
    'svg',
    { class: 'net', viewBox: `0 0 345 ${height}`, role: 'img', 'aria-label': `${words().who}: ${messages.length}` },
    ...edges,
    ...nodes,
  );
}

function plots(messages) {
  const end = Math.max(1, ...messages.map(({ at }) => at));
  const late = messages.filter(
    ({ latencyMs, stage }) =>
      latencyMs !== undefined && (stage === 'delivered' || stage === 'redelivered' || stage === 'responded'),
  );
  const longest = Math.max(1, ...late.map(({ latencyMs }) => latencyMs));
  const buckets = Array.from({ length: 60 }, () => 0);
  for (const { at, basis } of messages) if (basis === 'seen') buckets[Math.min(59, Math.floor((at / end) * 60))]++;
  const most = Math.max(1, ...buckets);
  const chart = (label, marks) =>
    draw(
      'svg',
      { class: 'chart', viewBox: '0 0 600 90', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      ...marks,
    );
  return [
    ...(late.length === 0
      ? []
      : [
          make('h2', {}, `${words().latency}: 0 – ${longest.toFixed(1)}`),
          chart(
            words().latency,
            late
              .slice(0, 5000)
              .map(({ at, latencyMs }) =>
                draw('circle', { cx: (at / end) * 590 + 5, cy: 85 - (latencyMs / longest) * 80, r: 2.5 }),
              ),
          ),
        ]),
    make('h2', {}, `${words().rate}: 0 – ${end.toFixed(0)} ms`),
    chart(
      words().rate,
      buckets.map((count, index) =>
        draw('rect', { x: index * 10, width: 9, y: 90 - (count / most) * 85, height: (count / most) * 85 }),
      ),
    ),
  ];
}

function refresh() {
  choose();
  state.selected = Math.min(state.selected, shown.length - 1);
  document.querySelector('#count').textContent = words().lines(shown.length, run().lines.length);
  paint();
  tell();
}

function zoom(factor) {
  state.lane = Math.max(90, Math.min(600, Math.round(state.lane * factor)));
  build();
}

function build() {
  document.documentElement.lang = state.language;
  const { start, end, title, participants } = run();
  document.title = `${title[state.language]} - msgplay`;
  const toggle = (label, pressed, action) =>
    make('button', { 'aria-pressed': String(pressed), onclick: action }, label);
  const set = (changes) => () => {
    Object.assign(state, changes);
    build();
  };
  const outcome = end?.outcome ?? 'aborted';
  const option = (value, label, chosen) => make('option', { value, selected: chosen }, label);
  document.body.replaceChildren(
    make(
      'header',
      {},
      make('h1', {}, title[state.language] || 'msgplay'),
      make(
        'span',
        { class: `badge ${outcome === 'passed' ? 'good' : 'bad'}` },
        `${outcome === 'passed' ? '✓' : '✗'} ${words().outcome[outcome]}`,
      ),
      make(
        'span',
        { class: 'dim' },
        start
          ? `${translated(start).about} · ${Object.entries(start.backends)
              .map(([service, { version, backend }]) => `${service} ${version} (${backend})`)
              .join(', ')} · ${start.date.slice(0, 19).replace('T', ' ')} UTC`
          : '',
      ),
      ...(runs.length < 2
        ? []
        : [
            make(
              'select',
              {
                'aria-label': words().run,
                onchange: ({ target }) => set({ run: Number(target.value), selected: -1, followed: '', peer: '' })(),
              },
              ...runs.map((one, index) => option(index, one.title[state.language], index === state.run)),
            ),
          ]),
    ),
    make(
      'div',
      { class: 'bar', role: 'toolbar' },
      ...Object.keys(LETTERS).map((layer) =>
        toggle(words()[layer], state.layer === layer, set({ layer, selected: -1 })),
      ),
      toggle(words().handshakes, state.handshakes, set({ handshakes: !state.handshakes })),
      make('input', {
        type: 'search',
        id: 'search',
        placeholder: words().search,
        'aria-label': words().search,
        value: state.term,
        size: 26,
        oninput: ({ target }) => {
          state.term = target.value;
          refresh();
        },
      }),
      make(
        'select',
        {
          'aria-label': words().all,
          onchange: ({ target }) => {
            state.peer = target.value;
            refresh();
          },
        },
        option('', words().all, state.peer === ''),
        ...participants
          .filter(({ kind }) => kind === 'peer')
          .map(({ title: name }) => option(name, name, state.peer === name)),
      ),
      make('button', { onclick: () => zoom(1.25), 'aria-label': `${words().zoom} +` }, '+'),
      make('button', { onclick: () => zoom(0.8), 'aria-label': `${words().zoom} -` }, '−'),
      toggle('English', state.language === 'en', set({ language: 'en' })),
      toggle('한국어', state.language === 'ko', set({ language: 'ko' })),
      make('span', { class: 'dim', id: 'count', role: 'status' }),
      make('span', { class: 'dim' }, words().keys),
    ),
    make(
      'main',
      {},
      make(
        'section',
        { class: 'flow' },
        make(
          'div',
          { class: 'heads' },
          make(
            'div',
            {},
            ...participants.map(({ id, title: name, kind }) => placed(make('span', { class: kind }, name), xOf(id))),
          ),
        ),
        make(
          'div',
          { class: 'scroll', role: 'listbox', tabindex: '0', 'aria-label': title[state.language], onscroll: paint },
          make('div', { class: 'rows' }),
        ),
      ),
      make('aside', { id: 'about', 'aria-live': 'polite' }),
    ),
  );
  refresh();
}

addEventListener('resize', paint);
addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  const act = {
    ArrowDown: () => select(state.selected + 1),
    ArrowUp: () => select(state.selected - 1),
    PageDown: () => select(state.selected + 20),
    PageUp: () => select(state.selected - 20),
    Home: () => select(0),
    End: () => select(shown.length - 1),
    '+': () => zoom(1.25),
    '-': () => zoom(0.8),
  }[event.key];
  if (event.key === 'Escape') {
    Object.assign(state, { selected: -1, followed: '', term: '', peer: '' });
    build();
    document.querySelector('.scroll').focus();
  } else if (event.key === '/' && !isTyping) {
    event.preventDefault();
    document.querySelector('#search').focus();
  } else if (act && !(isTyping && event.key.length === 1) && !(event.target instanceof HTMLSelectElement)) {
    event.preventDefault();
    act();
  }
});

if (runs.length > 0) build();
