import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ComparedWith } from './test/helpers/compared-with.ts';

/** Tests that need a real server or much time: `npm run test:real` runs them. */
export const REAL = ['test/**/*{.,-}real.test.ts'];

export const alias = {
  'msgplay/test': fileURLToPath(new URL('./src/testing/index.ts', import.meta.url)),
  msgplay: fileURLToPath(new URL('./src/index.ts', import.meta.url)),
};

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: REAL,
    setupFiles: ['test/helpers/no-faults.ts'],
    reporters: ['default', new ComparedWith()],
    provide: { subject: 'embedded', writesPins: false },
    // A process reads a module once, not once per file: that is a third of the time.
    isolate: false,
    // Most tests wait for processes and sockets: every core gets two workers.
    maxWorkers: 2 * availableParallelism(),
    // A process, and a real RabbitMQ, takes half a minute to start where the machine is busy.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
