/** Servers that the user names. They are not ours: others may use them, and they go on when we are done. */
import { BackendError, MsgplayError, messageOf, UsageError } from '../core/errors.ts';
import { isRelease } from '../core/releases.ts';
import { howToName, SERVICE_TITLES, SERVICES } from '../core/services.ts';
import { addressOf, authorityOf, parseServiceUrl } from '../core/urls.ts';
import { knock } from '../services/knock.ts';
import { loadService } from '../services/service.ts';
import type { Backend, Endpoint } from './backend.ts';

/** What was told of knocking: many runs in a row knock at the same doors. */
const told = new Set<string>();

const url: Backend = {
  name: 'url',
  title: { en: 'a server that you name', ko: '직접 지정하는 서버' },
  services: SERVICES,
  async probe(service, urls) {
    const text = urls[service];
    if (text === undefined)
      return { available: false, why: 'no URL is named', hint: `name it with ${howToName(service)}` };
    try {
      const target = parseServiceUrl(service, text);
      const { host, port } = addressOf(service, target);
      const version = await knock(await loadService(service), target);
      return { available: true, version, detail: authorityOf(host, port) };
    } catch (error) {
      const hint = error instanceof MsgplayError ? error.hint : undefined;
      return { available: false, why: messageOf(error), hint: hint ?? `name it with ${howToName(service)}` };
    }
  },
  async start({ services, urls, versions, progress, signal }) {
    // Every URL is looked at before the first one is knocked at: a typing error should not cost a connection.
    const targets = services.map((service) => {
      const text = urls[service];
      if (text === undefined) {
        throw new UsageError(`--backend url needs to know where ${SERVICE_TITLES[service]} is`, {
          hint: `name it with ${howToName(service)}`,
        });
      }
      return { service, text, target: parseServiceUrl(service, text) };
    });
    const knocking = targets.map(async ({ service, text, target }): Promise<Endpoint> => {
      const { host, port } = addressOf(service, target);
      const knocks = `knocking at ${SERVICE_TITLES[service]}, ${authorityOf(host, port)}`;
      if (!told.has(knocks)) progress(knocks);
      told.add(knocks);
      const version = await knock(await loadService(service), target, signal);
      const asked = versions?.[service];
      if (asked !== undefined && !isRelease(version, asked)) {
        const hint = 'leave the version out, or name another server';
        throw new BackendError(`${authorityOf(host, port)} is ${SERVICE_TITLES[service]} ${version}, not ${asked}`, {
          hint,
        });
      }
      return { service, url: text, backend: url.name, version, shared: true };
    });
    return { endpoints: await Promise.all(knocking), close: async () => {} };
  },
};
export default url;
