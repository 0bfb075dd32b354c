/** What can be said of HTTP and WebSocket connections. */

export const web = {
  UPGRADE_ASKED: ({ method, target }: { method: string; target: string }) =>
    `${method} ${target}: asks to upgrade to WebSocket`,
} as const;
