/**
 * Preloaded into a process whose limits a test lets pass: what would go off after seconds goes off a hundred times as
 * early. What takes less than that, as the pace of a scenario does, stays as it is.
 */
const LONG_MS = 2000;
const after = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (action, ms, ...args) => after(action, ms >= LONG_MS ? ms / 100 : ms, ...args),
  after,
);
