/** All parity scripts, in the chapters of the compatibility table. */

import type { Script } from './_script.ts';
import { connecting } from './connecting.ts';
import { consuming } from './consuming.ts';
import { declaring } from './declaring.ts';
import { limits } from './limits.ts';
import { messages } from './messages.ts';
import { routing } from './routing.ts';

export const CHAPTERS: readonly { readonly title: string; readonly scripts: readonly Script[] }[] = [
  { title: 'Exchanges, queues and bindings', scripts: declaring },
  { title: 'Routing', scripts: routing },
  { title: 'Publishing, getting, acknowledging', scripts: messages },
  { title: 'Consuming', scripts: consuming },
  { title: 'Expiry, limits, dead letters, priorities, quorum queues', scripts: limits },
  { title: 'Connections and channels', scripts: connecting },
];
