/**
 * Servers for tests. In `npm test` they are embedded ones. In `npm run test:real` they are private real ones, which the
 * backend `local` starts from the programs on this machine; what needs them is skipped where there are none and says so
 * in its name, and fails with MSGPLAY_REQUIRE_SERVERS=1. With MSGPLAY_REQUIRE_SERVERS=all it fails, too, where one of
 * the releases is absent that embedded servers follow.
 */
import { inject } from 'vitest';
import { isService, type Service } from '../../src/core/services.ts';
import { type BackendChoice, loadBackend } from '../../src/lab/servers/provision.ts';

/** Why something is not here; undefined when it is. */
export type Absence = string | undefined;

const { MSGPLAY_REQUIRE_SERVERS } = process.env;
/** Whether tests fail instead of being skipped where a server is absent. */
export const serversRequired = MSGPLAY_REQUIRE_SERVERS === '1' || MSGPLAY_REQUIRE_SERVERS === 'all';

/** Passes an absence on, but where servers are required it is an error. */
export function absence(why: string | undefined): Absence {
  if (why !== undefined && serversRequired)
    throw new Error(`MSGPLAY_REQUIRE_SERVERS=${MSGPLAY_REQUIRE_SERVERS}, but ${why}`);
  return why;
}

/** Passes the absence of one release on, of several that tests compare with. */
export function releaseAbsence(why: string | undefined): Absence {
  return MSGPLAY_REQUIRE_SERVERS === 'all' ? absence(why) : why;
}

/** Why a backend can't serve everything here that it should; what it never offers does not count. */
export async function missing(backend: string, needs: readonly Service[]): Promise<Absence> {
  const { services, probe } = await loadBackend(backend);
  for (const service of needs.filter((one) => isService(one) && services.includes(one))) {
    const availability = await probe(service, {});
    if (!availability.available) return absence(availability.why);
  }
  return undefined;
}

/** The backend that this run is about. */
export const OWN_BACKEND = inject('subject') === 'real' ? 'local' : 'embedded';

/** The name of a test that may be skipped: it says why. */
export function titled(title: string, why: Absence): string {
  return why === undefined ? title : `${title} (skipped: ${why})`;
}

export interface Servers {
  readonly urls: Partial<Record<Service, string>>;
  /** They named by URL, as a user names a broker that others share. */
  readonly shared: BackendChoice;
  close(): Promise<void>;
}

/** Starts private servers for these services: embedded ones, or real ones where this run is about those. */
export function startServers(...services: Service[]): Promise<Servers> {
  return startServersOf(OWN_BACKEND, ...services);
}

/** Starts private servers of a backend for these services. */
export async function startServersOf(name: string, ...services: Service[]): Promise<Servers> {
  const backend = await loadBackend(name);
  const signal = new AbortController().signal;
  const started = await backend.start({ services, urls: {}, ports: {}, progress: () => {}, signal });
  const urls = Object.fromEntries(started.endpoints.map(({ service, url }) => [service, url]));
  return { urls, shared: { perService: {}, urls, ports: {} }, close: () => started.close() };
}
