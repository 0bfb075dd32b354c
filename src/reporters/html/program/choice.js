// Which lines are shown: those that match, up to where the reader is.
import { hasHandshakes, run, state } from './state.js';

export const LETTERS = { story: 's', message: 'm', frame: 'f' };

/** The lines that match, and how many lines of the run were looked at for them. */
let matching = [];
let seen = { run: undefined, n: 0 };

/** Looks at all lines anew. */
export function choose() {
  matching = run().lines.filter(isWanted());
  seen = { run: run(), n: endOf(run()) };
}

/** Looks at the lines that have come since. */
export function chooseMore() {
  const { lines, dropped } = run();
  // Frames that were there before may belong to a message's new step.
  if (seen.run !== run() || state.followed !== '' || seen.n < dropped) return choose();
  if (matching[0]?.n < dropped) matching = matching.slice(place(dropped));
  const wants = isWanted();
  for (let at = seen.n - dropped; at < lines.length; at++) if (wants(lines[at])) matching.push(lines[at]);
  seen.n = endOf(run());
}

export const count = () => place(state.until);
export const shownAt = (index) => matching[index];

/** Where a line stands among those shown; -1 for one that is not. */
export function indexOf(line) {
  if (!line) return -1;
  const index = place(line.n);
  return matching[index] === line && index < count() ? index : -1;
}

/** One line less, or more, where there is one. */
export function step(by) {
  const at = count() + by;
  state.until = at < 0 ? 0 : at < matching.length ? matching[at].n : Number.POSITIVE_INFINITY;
}

const endOf = ({ dropped, lines }) => dropped + lines.length;

/** How many of the matching lines are before that number. */
function place(n) {
  let [low, high] = [0, matching.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matching[middle].n < n) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWanted() {
  const letter = LETTERS[state.layer];
  const term = state.term.toLowerCase();
  const handshakes = hasHandshakes();
  const followed = state.followed === '' ? undefined : followedLines();
  return (line) => {
    const { row, peer } = line;
    if (!line.layers.includes(letter) || (line.handshake && !handshakes)) return false;
    if (state.peer !== '' && peer !== undefined && peer !== state.peer) return false;
    if (followed && !followed.has(line)) return false;
    return (
      term === '' ||
      `${row.text[state.language]} ${row.body ?? ''} ${peer ?? ''} ${line.name ?? ''}`.toLowerCase().includes(term)
    );
  };
}

/** The steps of the message that is followed, and their frames. */
function followedLines() {
  const steps = run().stepsOf(state.followed);
  return new Set([...steps, ...steps.flatMap((line) => run().framesOf(line))]);
}
