import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { msgplay: fileURLToPath(new URL('./src/index.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    // A real RabbitMQ takes half a minute to start where the machine is busy.
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
