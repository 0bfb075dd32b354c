/** What can be said of messages and connections in Redis. */

export const redis = {
  REDIS_COMMAND: ({ command, reply }: { command: string; reply: string }) => `${command} → ${reply}`,
} as const;
