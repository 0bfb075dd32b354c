/** What can be said of any server. */

export const run = {
  /** The window of followed messages is bounded. */
  NO_LONGER_FOLLOWED: (_: object) => 'too many were under way at once, so the oldest are no longer followed',
  VARIOUS: (_: object) => 'various other reasons',
  UNEXPLAINED: (_: object) => 'nothing that was seen tells what became of it',
  /** For whoever works on msgplay. */
  CONTRADICTION: ({ what }: { what: string }) => `the story contradicts what the server did: ${what}`,
  /** `to` is the server, where it is not plain which one. */
  CONNECTION_CLOSED: ({ to }: { to?: string }) => `closes its connection${to === undefined ? '' : ` to ${to}`}`,
  CONNECTION_LOST: ({ by, to }: { by: string | undefined; to?: string }) => {
    if (by !== undefined) return `${by} ended the connection`;
    return to === undefined ? 'connection lost' : `connection to ${to} lost`;
  },
  /** Nobody listens at its address, so nothing was sent. */
  UNREACHABLE: ({ server, fault }: { server: string; fault: string }) =>
    `can't reach ${server} (${fault}); nothing was sent there`,
  /** The connection ended before anything showed that the server had read what was sent. */
  UNREAD: (_: object) => 'its connection ended before anything showed that the server had read it',

  // What keeps a run from being what it should.
  UNDECODABLE: ({ from, fault }: { from: string; fault: string }) =>
    `bytes from the ${from} could not be decoded (${fault}); they are forwarded unread from here on`,
  UNHEARD_ERROR: ({ error }: { error: string }) => `a client threw an error that nobody listens for: ${error}`,
  PROCESSES_ENDED: ({ programs }: { programs: string }) =>
    `the scenario started processes that were still there at its end, and were ended: ${programs}`,
} as const;
