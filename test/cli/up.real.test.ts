/** `msgplay up` and `run` with a backend for one service of several. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { msgplay, start } from '../helpers/cli.ts';
import { missing, titled } from '../helpers/servers.ts';

const noRedis = await missing('local', ['redis']);
describe.skipIf(noRedis !== undefined)(titled('a local Redis', noRedis), () => {
  test('--backend redis=local', async () => {
    const running = start(['up', 'redis', 'http', '--backend', 'redis=local', '--json']);
    await running.says(/\{.*\n/);
    const listed = JSON.parse(running.stdout()) as Record<string, { backend: string }>;
    expect([listed.redis!.backend, listed.http!.backend]).toEqual(['local', 'embedded']);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });

  test('a run takes one service from here and the other from there', async () => {
    const { code, stdout } = await msgplay(['run', 'pubsub', '--backend', 'redis=local']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/RabbitMQ .* \(embedded\) · Redis .* \(local\)/);
  });

  test('a port that is taken is an error that says which, and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const { code, stdout, stderr } = await msgplay(['up', 'redis', '--port', `redis=${port}`, '--backend', 'local']);
    holder.close();
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^msgplay: .*port ${port}.*\n.*another`, 'm'));
  });
});
