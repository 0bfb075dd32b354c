/** One client that was let into a virtual host, whichever protocol it speaks. */
import type { Client, VirtualHost } from './virtual-host.ts';

export interface VhostClient extends Client {
  readonly vhost: VirtualHost;
}
