/** What runs leave on servers that others share, and how it is removed. */
import type { Service } from '../../core/services.ts';
import type { Frame } from '../../protocols/protocol.ts';

/** One thing on a server that bears the name of a run. */
export interface Item {
  readonly kind: 'queue' | 'exchange' | 'key' | 'library';
  /** Of a key each character is one byte. */
  readonly name: string;
  /** The Redis database of a key. */
  readonly database?: number;
}

/** Something that a run declared under a name that the lab did not give. */
export type Foreign = Pick<Item, 'kind' | 'name'>;

export interface Watching {
  /** Whether a name was given by the run's lab. */
  readonly isOurs: (name: string) => boolean;
  /** Hears of each thing that was declared, once. */
  readonly declared: (item: Item) => void;
  /** Hears of names that the lab did not give. */
  readonly foreign: (foreign: Foreign) => void;
}

/** Takes note of what a run declares, off the wire. */
export interface Watcher {
  watch(frame: Frame, connection: number): void;
  /** Whether more may be there than was told to `declared`. Default: no. */
  readonly mayBeMore?: boolean;
  /** All that was declared; looks on the server where more was declared than is worth remembering. */
  items(url: string): Promise<readonly Item[]>;
}

/** How far a removal is. */
export interface Removal {
  /** Called for each thing that is gone. */
  readonly removed: (item: Item) => void;
}

/** How leftovers are dealt with at one service. */
export interface LeftoversOf {
  watcher(watching: Watching): Watcher;
  /** What is there that `isOurs` knows the name of. Absent where the protocol can't list. */
  find?(url: string, isOurs: (name: string) => boolean): Promise<readonly Item[]>;
  /**
   * Removes things, in batches; `urls` are those of all services that are known to be shared. Rejects with why the rest
   * stays, where some does.
   */
  remove(urls: ReadonlyMap<Service, string>, items: readonly Item[], removal: Removal): Promise<void>;
}

const PLURALS = { queue: 'queues', exchange: 'exchanges', key: 'keys', library: 'libraries' } as const;

/** `3 queues, 1 exchange`. */
export function counted(items: Iterable<Pick<Item, 'kind'>>): string {
  const counts = new Map<Item['kind'], number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${count === 1 ? kind : PLURALS[kind]}`).join(', ');
}
