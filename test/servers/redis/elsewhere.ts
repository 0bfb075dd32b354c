/** Commands that can't be compared with redis-server, why, and the tests that hold them. */
export interface Elsewhere {
  /** Below test/servers/redis. */
  readonly file: string;
  readonly test: string;
  readonly why: string;
}

export const ELSEWHERE: Readonly<Record<string, Elsewhere>> = {
  'client|setinfo': {
    file: 'commands/connection.test.ts',
    test: 'CLIENT SETINFO takes what clients tell of themselves',
    why: 'Redis 7.0 does not know it',
  },
};
