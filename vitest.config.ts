import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ComparedWith } from './test/helpers/compared-with.ts';

/** Tests that need a real server, or minutes: `npm run test:real` runs them. */
export const REAL = ['test/**/*{.,-}real.test.ts'];

export const alias = { msgplay: fileURLToPath(new URL('./src/index.ts', import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: REAL,
    reporters: ['default', new ComparedWith()],
    provide: { subject: 'embedded', writesPins: false },
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
