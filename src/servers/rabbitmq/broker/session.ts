/** One client that was let into a virtual host, whichever protocol it speaks. */
import type { Guest, VirtualHost } from './virtual-host.ts';

export interface Session extends Guest {
  readonly vhost: VirtualHost;
}
