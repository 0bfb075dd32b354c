/** Options under which what each peer does follows from the scenario alone, and not from chance or from who is faster. */
export const SETTLED: { readonly [scenario: string]: Record<string, string> } = {
  'job-queue': { workers: '1', jobs: '4', join: '0' },
  'http-vs-ws': { updates: '3' },
};

/** Under any options the clock decides which comes first: a mail whose wait is over, or the one behind it. */
export const BY_THE_CLOCK: ReadonlySet<string> = new Set(['retry-backoff']);

/** What may differ between two runs under the same options, on embedded and real servers, and why; nothing else may. */
export const BY_CHANCE: { readonly [scenario: string]: readonly ['frames' | 'order' | 'story', why: string] } = {
  'cache-aside': ['frames', 'how much memory a server uses, and what it evicts, is its own'],
  'chat-scale-out': ['frames', 'Redis hands a message to two web servers, and answers who published it, in any order'],
  delayed: ['frames', 'what is due is found by the time of day'],
  'http-vs-ws': ['frames', 'how often a poll finds nothing depends on the clock'],
  leaderboard: ['frames', 'games end on several connections at a time'],
  ordering: ['story', 'a server begins with whichever of its competing consumers it likes'],
  'rate-limit': ['frames', 'requests come on several connections at a time'],
  'request-fanout': ['order', 'several shops answer at a time'],
};

/** Frames of what a scenario asks again and again until time has passed: how often it asks is the clock's. */
export const ASKED_AGAIN: { readonly [scenario: string]: RegExp } = {
  'dead-letter': /^queue\.declare .*"queue":"offers","passive":true|^queue\.declare-ok .*"queue":"offers"/,
  'keyspace-events': /^EXISTS |"command":"EXISTS"/,
  'redis-lock': /^EXISTS |"command":"EXISTS"/,
};
