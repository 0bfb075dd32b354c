/** Obtains the endpoints of a run: decides which backend serves which service, and starts them. */
import type { Backend, Endpoint, Versions } from '../../backends/backend.ts';
import { listNames, loadNamed } from '../../core/catalogue.ts';
import { Cleanups } from '../../core/cleanups.ts';
import { obtain } from '../../core/collections/maps.ts';
import { UsageError } from '../../core/errors.ts';
import { learnUrl } from '../../core/secrets.ts';
import { howToName, SERVICE_TITLES, SERVICES, type Service } from '../../core/services.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { Clock } from '../../core/time/clock.ts';

const BACKENDS = new URL('../../backends/', import.meta.url);

/** What the user said about backends. */
export interface BackendChoice {
  /** For every service that is not named on its own; default `embedded`. */
  readonly everywhere?: string | undefined;
  readonly perService: Partial<Record<Service, string>>;
  /** Naming a URL chooses the backend `url`. */
  readonly urls: Partial<Record<Service, string>>;
  readonly ports: Partial<Record<Service, number>>;
  /** Versions that are asked for; each backend takes its newest where none is. */
  readonly versions?: Versions | undefined;
  /** Addresses that embedded servers listen on; loopback where none is named. */
  readonly hosts?: readonly string[] | undefined;
  /** What clients of embedded servers have to know. */
  readonly password?: string | undefined;
  /** Origins of pages that embedded servers let in beside those of this machine. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Time for embedded servers. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Whether the process may end while embedded servers listen. Default: they keep it alive. */
  readonly background?: boolean | undefined;
  /** Whether each embedded server gets a thread of its own. Default: all are on this one. */
  readonly threads?: boolean | undefined;
}

export interface Provision {
  readonly endpoints: ReadonlyMap<Service, Endpoint>;
  close(): Promise<void>;
}

export interface ProvisionOptions {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export function backendNames(): Promise<string[]> {
  return listNames(BACKENDS, ['backend']);
}

export function loadBackend(name: string): Promise<Backend> {
  return loadNamed<Backend>(BACKENDS, name);
}

/** Starts what is needed. When one backend fails, those that have started are closed again. */
export async function provision(
  services: readonly Service[],
  choice: BackendChoice,
  { progress, signal }: ProvisionOptions,
): Promise<Provision> {
  const cleanups = new Cleanups();
  const endpoints = new Map<Service, Endpoint>();
  try {
    for (const [backend, served] of await assign(services, choice)) {
      const started = await backend.start({ ...choice, services: served, progress, signal });
      cleanups.add(() => started.close());
      for (const endpoint of started.endpoints) {
        learnUrl(endpoint.url);
        endpoints.set(endpoint.service, endpoint);
      }
    }
  } catch (error) {
    await cleanups.run();
    throw error;
  }
  return { endpoints, close: () => cleanups.run() };
}

/** Which backend serves which services; a backend appears once, with all that it serves. */
export async function assign(services: readonly Service[], choice: BackendChoice): Promise<Map<Backend, Service[]>> {
  const loaded = new Map<string, Promise<Backend>>();
  const load = (name: string): Promise<Backend> => obtain(loaded, name, () => loadChecked(name));
  // Loading what was named even where nothing needs it tells a typing mistake early.
  for (const name of [choice.everywhere, ...Object.values(choice.perService)]) if (name !== undefined) await load(name);

  const assigned = new Map<Backend, Service[]>();
  for (const service of SERVICES.filter((one) => services.includes(one))) {
    const backend = await backendFor(service, choice, load);
    assigned.set(backend, [...(assigned.get(backend) ?? []), service]);
  }
  return assigned;
}

async function backendFor(
  service: Service,
  { everywhere, perService, urls }: BackendChoice,
  load: (name: string) => Promise<Backend>,
): Promise<Backend> {
  const title = SERVICE_TITLES[service];
  const named = perService[service];
  if (named !== undefined) {
    const backend = await load(named);
    if (!backend.services.includes(service)) {
      throw new UsageError(`The backend ${named} has no ${title}.`, {
        hint: `It offers ${backend.services.join(', ')}.`,
      });
    }
    if (named === 'url' && urls[service] === undefined) throw urlMissing(service);
    return backend;
  }
  if (urls[service] !== undefined) return load('url');
  if (everywhere === 'url') throw urlMissing(service);
  const backend = await load(everywhere ?? 'embedded');
  // "--backend local" is about brokers: what a backend never offers comes from msgplay itself.
  return backend.services.includes(service) ? backend : load('embedded');
}

function urlMissing(service: Service): UsageError {
  return new UsageError(`The backend url needs to know where ${SERVICE_TITLES[service]} is.`, {
    hint: `Name it with ${howToName(service)}.`,
  });
}

async function loadChecked(name: string): Promise<Backend> {
  const known = await backendNames();
  if (known.includes(name)) return loadBackend(name);
  throw new UsageError(`There is no backend '${name}'.`, {
    hint: didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
  });
}
