export default {
  test: { setupFiles: ['msgplay/test/vitest'], env: { MSGPLAY_SERVICES: 'redis' }, testTimeout: 60_000 },
};
