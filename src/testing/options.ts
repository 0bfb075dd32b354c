/** Which servers a lab has, and where they come from. */
import { UsageError } from '../core/errors.ts';
import { factsOf, isService, SERVICES, type Service } from '../core/services.ts';
import { didYouMean } from '../core/text/suggest.ts';
import { parseServiceUrl } from '../core/urls.ts';
import type { BackendChoice } from '../lab/servers/provision.ts';

/** How a lab is started. */
export interface LabOptions<Needs extends Service = Service> {
  /** What there is to be. Default: all of it. */
  readonly services?: readonly Needs[];
  /** Where servers come from: `embedded`, or another backend's name. Default: `embedded`, where no URL names one. */
  readonly backend?: string;
  /**
   * Servers of your own, by service. Default: what MSGPLAY_RABBITMQ_URL, MSGPLAY_REDIS_URL and so on name, unless
   * `backend` is given.
   */
  readonly urls?: Partial<Record<Service, string>>;
  /** The version of the real thing that an embedded server follows, by service: `4.0`, `valkey`. Default: the newest. */
  readonly versions?: Partial<Record<Service, string>>;
  /** For how long assertions wait, in ms. Default: what MSGPLAY_TIMEOUT_MS says, or 4,000: less than test runners wait. */
  readonly timeoutMs?: number;
  /** What connections are called that do not say who they are. Default: `app`. */
  readonly peer?: string;
  /** Fields of messages' bodies (JSON), or headers, by which the story calls them: with `['order']`, `order 7`. */
  readonly names?: readonly string[];
}

/** The services that are asked for, each known and once. */
export function servicesOf(services: readonly string[] = SERVICES): Service[] {
  for (const name of services) {
    if (isService(name)) continue;
    throw new UsageError(`There is no service '${name}'.`, {
      hint: didYouMean(name, SERVICES) ?? `There are ${SERVICES.join(', ')}.`,
    });
  }
  if (services.length === 0)
    throw new UsageError('A lab needs a service.', { hint: `There are ${SERVICES.join(', ')}.` });
  return SERVICES.filter((service) => services.includes(service));
}

/** Test runners give a test 5 s: an assertion that does not hold has to have told the story by then. */
const TIMEOUT_MS = 4_000;
const TIMEOUT_VARIABLE = 'MSGPLAY_TIMEOUT_MS';

/** For how long assertions wait, in ms. */
export function timeoutOf({ timeoutMs }: LabOptions, environment: NodeJS.ProcessEnv): number {
  const named = environment[TIMEOUT_VARIABLE] || undefined;
  const limitMs = timeoutMs ?? Number(named ?? TIMEOUT_MS);
  if (Number.isFinite(limitMs) && limitMs >= 0) return limitMs;
  const [source, value] = timeoutMs === undefined ? [TIMEOUT_VARIABLE, named] : ['timeoutMs', timeoutMs];
  throw new UsageError(`${source} is a number of ms from 0 up, not ${value}.`);
}

/** Which backend serves what; URLs from the environment count where nothing else was said. */
export function choiceOf(
  services: readonly Service[],
  { backend, urls = {}, versions }: LabOptions,
  environment: NodeJS.ProcessEnv,
): Pick<BackendChoice, 'everywhere' | 'perService' | 'urls' | 'ports' | 'versions'> {
  const named: Partial<Record<Service, string>> = {};
  for (const service of services) {
    const { variable } = factsOf(service);
    const fromEnvironment = backend === undefined ? environment[variable] || undefined : undefined;
    const url = urls[service] ?? fromEnvironment;
    if (url === undefined) continue;
    parseServiceUrl(service, url, urls[service] === undefined ? variable : `urls.${service}`);
    named[service] = url;
  }
  return { everywhere: backend, perService: {}, urls: named, ports: {}, versions };
}
