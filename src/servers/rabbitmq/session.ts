/** One client that was let in, whichever protocol it speaks. */
import type { Queue } from './queue.ts';
import type { User } from './users.ts';
import type { VirtualHost } from './vhost.ts';

export interface Session {
  readonly user: User;
  readonly vhost: VirtualHost;
  /** The exclusive queues it declared, which end with it. */
  readonly owned: Set<Queue>;
}
