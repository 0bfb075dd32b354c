/**
 * Preloaded into a process whose limits a test lets pass: what would go off after seconds goes off a hundred times as
 * early. What takes less than that, as the pace of a scenario does, stays as it is, and so does what takes longer than
 * SHORTEN_TO_MS: a file has to have the time to load. A limit on others passes in steps, each of which bears the limit.
 */
const LONG_MS = 2000;
const LONGEST_MS = Number(process.env.SHORTEN_TO_MS ?? 9_999);
const TIMES = Number(process.env.SHORTEN_TIMES ?? 100);
const after = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((action, ms, ...args) => {
  const limitMs = typeof args[0] === 'number' ? args[0] : ms;
  return after(action, limitMs >= LONG_MS && limitMs <= LONGEST_MS ? ms / TIMES : ms, ...args);
}, after);
