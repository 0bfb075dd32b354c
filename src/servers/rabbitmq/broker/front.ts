/** A way into the broker that is open to clients. */
import type { Broker } from './broker.ts';

export interface Front {
  readonly url: string;
  readonly port: number;
  /** Says goodbye to every client; resolves when the port is free again. */
  close(): Promise<void>;
}

/** Opens a front on a port (0: a free one) of each host. Throws a BackendError where that is not possible. */
export type OpenFront = (broker: Broker, port: number, hosts: readonly string[] | undefined) => Promise<Front>;
