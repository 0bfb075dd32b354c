/** What msgplay and the processes that play for it say to each other. Plain JSON. */
import type { Where } from '../output/output.ts';
import type { Played } from '../running/play.ts';
import type { Turn } from './turns.ts';
import type { Setup } from './workers.ts';

export type ToWorker =
  | ({ readonly kind: 'setup' } & Setup)
  | { readonly kind: 'play'; readonly turn: Turn; readonly file: string }
  | { readonly kind: 'abort' };

export type FromWorker =
  | { readonly kind: 'said'; readonly where: Where; readonly text: string }
  | { readonly kind: 'played'; readonly played: Played; readonly began: boolean }
  | { readonly kind: 'bug'; readonly stack: string };
