/** Options under which what each peer does follows from the scenario alone, and not from chance or from who is faster. */
export const SETTLED: { readonly [scenario: string]: Record<string, string> } = {
  'job-queue': { workers: '1', jobs: '4', join: '0' },
  'http-vs-ws': { updates: '3' },
};

/** Under any options the clock decides which comes first: a mail whose wait is over, or the one behind it. */
export const BY_THE_CLOCK: ReadonlySet<string> = new Set(['retry-backoff']);

/** Where embedded and real servers may choose otherwise, each in its own way. */
export const STORY_BY_CHANCE: { readonly [scenario: string]: string } = {
  ordering: 'a server begins with whichever of its competing consumers it likes',
};

/** Where what is said on the wire hangs on more than the scenario, though its messages have one story. */
export const FRAMES_BY_CHANCE: { readonly [scenario: string]: string } = {
  'cache-aside': 'how much memory a server uses, and what it evicts, is its own',
  'chat-scale-out': 'Redis hands a message to two web servers, and answers who published it, in any order',
  delayed: 'what is due is found by the time of day',
  'http-vs-ws': 'how often a poll finds nothing depends on the clock',
  leaderboard: 'games end on several connections at a time',
  'rate-limit': 'requests come on several connections at a time',
  'redis-dictionary': 'it is asked again and again whether a key has expired',
  'redis-lock': 'it is tried again and again whether a lock is free',
};
