import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { StartOptions } from '../../src/backends/backend.ts';
import embedded from '../../src/backends/embedded.ts';
import { BackendError } from '../../src/core/errors.ts';
import type { Service } from '../../src/core/services.ts';

function options(services: Service[], more: Partial<StartOptions> = {}): StartOptions {
  return { services, urls: {}, ports: {}, progress: () => {}, signal: new AbortController().signal, ...more };
}

describe('the embedded backend', () => {
  it('starts one server for the services it meets, and restarts it on the same URLs', async () => {
    const running = await embedded.start(options(['http', 'ws']));
    const [one, other] = running.endpoints;
    expect([one, other].map((endpoint) => [endpoint?.backend, endpoint?.shared])).toEqual([
      ['embedded', false],
      ['embedded', false],
    ]);
    const http = running.endpoints.find(({ service }) => service === 'http')!;
    await fetch(`${http.url}/updates/a`, { method: 'POST', body: 'x' });
    await other!.restart?.();
    expect(await (await fetch(`${http.url}/updates/a`)).json()).toEqual([]);
    await running.close();
    await expect(fetch(`${http.url}/health`)).rejects.toThrow();
  });

  it('closes what it started when something else fails', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const error = await embedded.start(options(['ws', 'http'], { ports: { http: port } })).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.message).toBe(`port ${port} for HTTP is taken`);
    holder.close();
  });

  it('knows the version that each server follows', async () => {
    expect(await embedded.probe('ws', {})).toEqual({ available: true, version: 'HTTP/1.1, WebSocket 13' });
  });
});
