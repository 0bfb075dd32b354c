/**
 * Real servers for tests: private ones, which the backend `local` starts from the programs on this machine. Tests that
 * need them are skipped where there are none and say so in their names; with MSGPLAY_REQUIRE_SERVERS=1 they fail.
 */
import { isService, type Service } from '../../src/core/services.ts';
import { type BackendChoice, loadBackend } from '../../src/lab/provision.ts';

/** Why something is not here; undefined when it is. */
export type Absence = string | undefined;

/** Whether tests fail instead of being skipped where a server is absent. */
export const serversRequired = process.env.MSGPLAY_REQUIRE_SERVERS === '1';

/** Passes an absence on, but where servers are required it is an error. */
export function absence(why: string | undefined): Absence {
  if (why !== undefined && serversRequired) throw new Error(`MSGPLAY_REQUIRE_SERVERS=1, but ${why}`);
  return why;
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

/** The name of a test that may be skipped: it says why. */
export function titled(title: string, why: Absence): string {
  return why === undefined ? title : `${title} (skipped: ${why})`;
}

export interface RealServers {
  readonly urls: Partial<Record<Service, string>>;
  /** They named by URL, as a user names a broker that others share. */
  readonly shared: BackendChoice;
  close(): Promise<void>;
}

/** Starts private servers for these services. */
export async function startServers(...services: Service[]): Promise<RealServers> {
  const local = await loadBackend('local');
  const signal = new AbortController().signal;
  const started = await local.start({ services, urls: {}, ports: {}, progress: () => {}, signal });
  const urls = Object.fromEntries(started.endpoints.map(({ service, url }) => [service, url]));
  return { urls, shared: { perService: {}, urls, ports: {} }, close: () => started.close() };
}
