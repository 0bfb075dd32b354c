/** As many connections as Redis takes by default. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import redis from '../../../src/servers/redis/index.ts';

/** How many files this process and its children may open: the largest number, which Node takes by itself. */
const { userLimits } = process.report.getReport() as unknown as {
  userLimits: { open_files: { hard: number | 'unlimited' } };
};
const OPEN_FILES = Number(userLimits.open_files.hard) || Number.POSITIVE_INFINITY;

it.skipIf(OPEN_FILES < 10_500)('serves ten thousand connections, and refuses the next one', async () => {
  const server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  const { port } = new URL(server.urls.redis!);
  const crowd = fileURLToPath(new URL('crowd.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [crowd, port, '10000']);
  expect(JSON.parse(stdout)).toEqual({
    replies: 10_000,
    highest: 10_000,
    refusal: '-ERR max number of clients reached\r\n',
  });
  await server.close();
});
