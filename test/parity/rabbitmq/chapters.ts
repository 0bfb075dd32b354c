/** All parity scripts, in the chapters of the compatibility table. */
import { declaring } from './declaring.ts';
import type { Script } from './script.ts';

export const CHAPTERS: readonly { readonly title: string; readonly scripts: readonly Script[] }[] = [
  { title: 'Exchanges, queues and bindings', scripts: declaring },
];
