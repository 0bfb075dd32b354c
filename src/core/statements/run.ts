/** What can be said of any server. */

export const run = {
  /** The window of followed messages is bounded. */
  NO_LONGER_FOLLOWED: (_: object) => 'too many were under way at once, so the oldest are no longer followed',
  VARIOUS: (_: object) => 'various other reasons',
  UNEXPLAINED: (_: object) => 'nothing was seen of it after it was sent',
  /** For whoever works on msgplay. */
  CONTRADICTION: ({ what }: { what: string }) => `the story contradicts what the server did: ${what}`,
  CONNECTION_CLOSED: (_: object) => 'closes its connection',
  CONNECTION_LOST: ({ by }: { by: string | undefined }) =>
    by === undefined ? 'connection lost' : `${by} ended the connection`,
  /** The connection ended before anything showed that the server had read what was sent. */
  UNREAD: (_: object) => 'its connection ended before anything showed that the server had read it',
} as const;
