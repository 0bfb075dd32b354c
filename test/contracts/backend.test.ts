/**
 * What every backend promises, run over all that there are. In `npm test` the one that starts real servers is asked
 * what it can do, and in `npm run test:real` it does it.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Backend, StartOptions } from '../../src/backends/backend.ts';
import { loadAll } from '../../src/core/catalogue.ts';
import { MsgplayError } from '../../src/core/errors.ts';
import { SERVICES, type Service } from '../../src/core/services.ts';
import { parseServiceUrl } from '../../src/core/urls.ts';
import web from '../../src/servers/web/index.ts';
import { missing, OWN_BACKEND, startServers } from '../helpers/servers.ts';

const backends = await loadAll<Backend>(new URL('../../src/backends/', import.meta.url), ['backend']);

/** What the backend `url` is pointed at. */
const why = await missing(OWN_BACKEND, ['rabbitmq', 'redis', 'stomp']);
const servers = why === undefined ? await startServers('rabbitmq', 'redis', 'stomp') : undefined;
const own = await web.start({ services: ['ws', 'http'] });
afterAll(() => Promise.all([own.close(), servers?.close()]));
const urls: Partial<Record<Service, string>> = { ...servers?.urls, ...own.urls };

function options(services: readonly Service[], more: Partial<StartOptions> = {}): StartOptions {
  return { services, urls, ports: {}, progress: () => {}, signal: new AbortController().signal, ...more };
}

it('there are backends', () => {
  expect(backends.map(({ name }) => name)).toEqual(expect.arrayContaining(['embedded', 'local', 'url']));
});

for (const backend of backends) {
  const available: Service[] = [];
  for (const service of SERVICES) {
    if ((await backend.probe(service, urls)).available) available.push(service);
  }
  const can = available.length > 0 && (backend.name !== 'local' || OWN_BACKEND === 'local');

  describe(`backend ${backend.name}${can ? '' : ' (starts nothing here)'}`, () => {
    it('has a title, and offers services that there are', () => {
      expect(backend.title).not.toBe('');
      for (const service of backend.services) expect(SERVICES).toContain(service);
    });

    it.each(SERVICES)('says whether it can serve %s, and if not what to do', async (service) => {
      const found = await backend.probe(service, {});
      if (found.available) expect(backend.services).toContain(service);
      else {
        for (const text of [found.why, found.hint]) expect(text).toMatch(/\S/);
        expect(`${found.why} ${found.hint}`).not.toMatch(/undefined|\[object/);
      }
    });

    it.runIf(can)('starts all that it can serve, in one go, and closes it twice without harm', async () => {
      const running = await backend.start(options(available));
      try {
        expect(running.endpoints.map(({ service }) => service).sort()).toEqual([...available].sort());
        for (const { service, url, version, backend: name, shared } of running.endpoints) {
          expect(() => parseServiceUrl(service, url)).not.toThrow();
          expect(version).toMatch(/\S/);
          expect(name).toBe(backend.name);
          expect(shared).toBe(backend.name === 'url');
        }
      } finally {
        await running.close();
      }
      await running.close();
    });

    it.runIf(can)('serves on its URL again after a restart, where it can restart', async () => {
      const service = available.includes('redis') ? 'redis' : available[0]!;
      const running = await backend.start(options([service]));
      const [endpoint] = running.endpoints;
      await endpoint!.restart?.();
      const reached = backends.find(({ name }) => name === 'url')!;
      expect(await reached.probe(service, { [service]: endpoint!.url })).toMatchObject({ available: true });
      await running.close();
    });

    it.runIf(can)('rejects with the reason when it is given up before it began', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(backend.start(options(available, { signal }))).rejects.toThrow('enough');
    });

    it('refuses what it can not serve with an error that says what to do', async () => {
      const missing = SERVICES.find((service) => !available.includes(service));
      if (!missing) return;
      const error = await backend.start(options([missing], { urls: {} })).then(
        () => expect.fail('it must not start'),
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(MsgplayError);
      expect([2, 3]).toContain(error.exitCode);
      expect(error.hint).toMatch(/\S/);
    });
  });
}
