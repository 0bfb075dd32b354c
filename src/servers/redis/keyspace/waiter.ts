/** Who waits for a key, or watches one: what the keyspace knows of clients. */

/** Learns of changes of the keys that it watches. */
export interface Watcher {
  /** Set when one of them was changed. */
  watchBroken: boolean;
}

/** Where keys can be waited for. */
export interface Awaited {
  /** Who waits for a key, in the order in which they came. */
  readonly waiting: Map<string, Set<Waiter>>;
}

/** A wait for some keys of a database. */
export interface KeyWait {
  readonly keys: readonly string[];
  /** Tries to answer from a key that is ready; false where there is nothing yet. Throws a ReplyError as the answer. */
  readonly serve: (key: string) => boolean;
  /** Writes what a timeout answers. */
  readonly timeout: () => void;
}

export type Blocked =
  | ({ readonly kind: 'keys'; readonly db: Awaited; readonly cancelTimer: (() => void) | undefined } & KeyWait)
  /** Held back by CLIENT PAUSE. */
  | { readonly kind: 'pause'; readonly retry: () => void }
  /** Its script runs for so long that others are let in. */
  | { readonly kind: 'script' };

/** A client that may wait. */
export interface Waiter {
  blocked: Blocked | undefined;
  /** Answers with an error. */
  error(text: string): void;
  /** Goes on with what the client sent while it was blocked. */
  resume(): void;
}
