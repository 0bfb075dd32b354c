// The plots, each of a bounded number of marks however many messages there were.
import { draw, make } from './dom.js';
import { run, words } from './state.js';

const COLUMNS = 60;
const WIDTH = 600;
const HEIGHT = 90;
/** So many dots of a column are drawn, from its lowest to its highest. */
const DOTS = 12;

export function plots() {
  const { latencies, times } = run();
  const end = Math.max(1, last(latencies)?.[0] ?? 0, last(times) ?? 0);
  const column = (at) => Math.min(COLUMNS - 1, Math.floor((at / end) * COLUMNS));
  return [...lateness(latencies, end, column), ...rate(times, end, column)];
}

const last = (list) => list[list.length - 1];

function lateness(latencies, end, column) {
  if (latencies.length === 0) return [];
  const columns = Array.from({ length: COLUMNS }, () => []);
  let longest = 1;
  for (const one of latencies) {
    columns[column(one[0])].push(one);
    longest = Math.max(longest, one[1]);
  }
  const dots = columns.flatMap(some).map(([at, ms]) => {
    return `M${((at / end) * 590 + 5).toFixed(1)} ${(85 - (ms / longest) * 80).toFixed(1)}h0`;
  });
  return [
    make('h2', {}, `${words().latency}: 0 – ${longest.toFixed(1)}`),
    chart(words().latency, draw('path', { class: 'dots', d: dots.join('') })),
  ];
}

/** Of many, evenly from the lowest to the highest. */
function some(column) {
  if (column.length <= DOTS) return column;
  const sorted = [...column].sort((one, other) => one[1] - other[1]);
  return Array.from({ length: DOTS }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (DOTS - 1))]);
}

function rate(times, end, column) {
  const counts = Array.from({ length: COLUMNS }, () => 0);
  for (const at of times) counts[column(at)] += 1;
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const height = (count / most) * (HEIGHT - 5);
    return draw('rect', { x: index * (WIDTH / COLUMNS), width: 9, y: HEIGHT - height, height });
  });
  return [make('h2', {}, `${words().rate}: 0 – ${end.toFixed(0)} ms`), chart(words().rate, ...bars)];
}

function chart(label, ...marks) {
  const box = { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none' };
  return draw('svg', { ...box, role: 'img', 'aria-label': label }, ...marks);
}
