/** Private servers from the programs installed on this machine. They go when msgplay goes, however it goes. */
import { BackendError } from '../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { Keeper } from './_keeper.ts';
import type { StartLocal } from './_local-parts.ts';
import { probeRabbitmq, startRabbitmq } from './_local-rabbitmq.ts';
import { probeRedis, startRedis } from './_local-redis.ts';
import type { Availability, Backend, Endpoint, StartOptions, Versions } from './backend.ts';

interface Part {
  readonly services: readonly Service[];
  readonly probe: (service: Service, versions?: Versions) => Promise<Availability>;
  readonly start: StartLocal;
}

const PARTS: readonly Part[] = [
  { services: ['rabbitmq', 'stomp'], probe: probeRabbitmq, start: startRabbitmq },
  { services: ['redis'], probe: (_, versions) => probeRedis(versions), start: startRedis },
];

const local: Backend = {
  name: 'local',
  title: {
    en: 'private servers from the programs on this machine',
    ko: '이 컴퓨터에 설치된 프로그램으로 띄우는 전용 서버',
  },
  services: PARTS.flatMap(({ services }) => services),
  async probe(service, _urls, versions) {
    const part = PARTS.find(({ services }) => services.includes(service));
    return part
      ? part.probe(service, versions)
      : { available: false, why: noProgram(service), hint: elsewhere(service) };
  },
  async start(options) {
    const orphan = options.services.find((service) => !local.services.includes(service));
    if (orphan) throw new BackendError(noProgram(orphan), { hint: elsewhere(orphan) });
    options.signal.throwIfAborted();
    const keeper = await Keeper.start();
    try {
      const endpoints = await startParts(keeper, options);
      return { endpoints, close: () => keeper.close() };
    } catch (error) {
      const cause = await causeOf(keeper, error);
      await keeper.close();
      // Whatever failed because the user gave up, the user gave up.
      options.signal.throwIfAborted();
      throw cause;
    }
  },
};
export default local;

/** Whatever failed where the watchdog is lost, or nothing can be written any more, that is why. */
async function causeOf(keeper: Keeper, error: unknown): Promise<unknown> {
  try {
    keeper.assertThere();
    await keeper.assertRoom();
    return error;
  } catch (cause) {
    return cause;
  }
}

async function startParts(keeper: Keeper, options: StartOptions): Promise<Endpoint[]> {
  // When one server fails, the others need not be waited for.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const starting = PARTS.map(async ({ services, start }) => {
    const wanted = options.services.filter((service) => services.includes(service));
    if (wanted.length === 0) return [];
    return start(keeper, { ...options, services: wanted, signal });
  });
  try {
    const parts = (await Promise.all(starting)).flat();
    options.signal.throwIfAborted();
    return parts.map((part) => ({ ...part, backend: local.name, shared: false }));
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(starting);
    throw error;
  }
}

function noProgram(service: Service): string {
  return `there is no program to start for ${SERVICE_TITLES[service]}`;
}

function elsewhere(service: Service): string {
  return `use the embedded one: --backend ${service}=embedded`;
}
