import { defineConfig } from 'vitest/config';
import { ComparedWith } from './test/helpers/compared-with.ts';
import { addNewerServers } from './test/helpers/newer-servers.ts';
import { alias, REAL } from './vitest.config.ts';

/** Tests that run on embedded servers in `npm test` run on real ones here. */
const ON_BOTH = [
  'test/backends/url.test.ts',
  'test/cli/dying.test.ts',
  'test/contracts/backend.test.ts',
  'test/contracts/scenario.test.ts',
  'test/lab/restart.test.ts',
  'test/lab/secrets.test.ts',
  'test/testing/shared.test.ts',
  'test/servers/redis/scripting/overdue.test.ts',
];

/** What is pinned: these compare the pins with the real servers, or write them (`npm run pin`, `npm run pin -- redis`). */
const PINNED = ['test/servers/redis/contract.test.ts', 'test/servers/rabbitmq/contract.test.ts'];

addNewerServers();

export default defineConfig(({ mode }) => ({
  resolve: { alias },
  test: {
    include: mode === 'pin' ? PINNED : [...REAL, ...ON_BOTH, ...PINNED],
    setupFiles: ['test/helpers/no-faults.ts'],
    reporters: ['default', new ComparedWith()],
    provide: { subject: 'real', writesPins: mode === 'pin' },
    // Most tests wait for processes and sockets: every core gets a worker, and none is kept free for the main thread.
    maxWorkers: '100%',
    // A process, and a real RabbitMQ, takes half a minute to start where the machine is busy.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
}));
