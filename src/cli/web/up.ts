/** `up --web`: what clients say to the servers that are kept, read along by taps in front of them. */
import type { Endpoint } from '../../backends/backend.ts';
import { BackendError } from '../../core/errors.ts';
import type { Language } from '../../core/language.ts';
import { SERVICE_TITLES, type Service } from '../../core/services.ts';
import { TRACE_FORMAT, version } from '../../core/version.ts';
import { tapEndpoints } from '../../lab/wire/taps.ts';
import type { Web } from './web.ts';

/** What a client is called that does not say what it is called. */
const CLIENT = 'client';

/** The servers as clients reach them through taps. */
export interface ReadAlong {
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  close(): Promise<void>;
}

/** Throws a BackendError for a port that can't be had. */
export async function readAlong(
  web: Web,
  endpoints: ReadonlyMap<Service, Endpoint>,
  ports: Partial<Record<Service, number>>,
  language: Language,
): Promise<ReadAlong> {
  const onEvent = web.begin({ layer: undefined, width: 100, colorLevel: 0, handshakes: false, language });
  const { peers, trace, close } = await tapEndpoints({ endpoints, frames: 'yes', onEvent });
  trace.tell({
    type: 'run-start',
    format: TRACE_FORMAT,
    date: new Date().toISOString(),
    versions: { msgplay: version(), node: process.versions.node },
    scenario: 'up',
    title: 'What clients say to the servers',
    about: [...endpoints.keys()].map((service) => SERVICE_TITLES[service]).join(' · '),
    translations: { ko: { title: '클라이언트가 서버와 주고받는 것' } },
    options: {},
    seed: 0,
    prefix: '',
    backends: Object.fromEntries(
      [...endpoints].map(([service, { backend, version: of }]) => [service, { backend, version: of }]),
    ),
  });
  try {
    const tapped = new Map<Service, Endpoint>();
    for (const [service, endpoint] of endpoints) {
      const url = await peers.url(service, CLIENT, true, ports[service]).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
        const why = error.code === 'EADDRINUSE' ? 'is taken' : 'may not be used by this user';
        const hint = `choose another with --port ${service}=N, or leave it out to get a free one`;
        throw new BackendError(`port ${ports[service]} for ${SERVICE_TITLES[service]} ${why}`, { hint, cause: error });
      });
      tapped.set(service, { ...endpoint, url });
    }
    return { endpoints: tapped, close };
  } catch (error) {
    await close();
    throw error;
  }
}
