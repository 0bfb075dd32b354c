/** Who watches which key of a database: WATCH. */
import type { Watcher } from './waiter.ts';

export class Watchers {
  readonly #byKey = new Map<string, Set<Watcher>>();

  /** Whether anybody watches anything. */
  get any(): boolean {
    return this.#byKey.size > 0;
  }

  /** The keys that are watched. */
  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  add(key: string, watcher: Watcher): void {
    let watchers = this.#byKey.get(key);
    if (watchers === undefined) {
      watchers = new Set();
      this.#byKey.set(key, watchers);
    }
    watchers.add(watcher);
  }

  remove(key: string, watcher: Watcher): void {
    const watchers = this.#byKey.get(key);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byKey.delete(key);
  }

  /** Tells those who watch a key that it was changed. */
  changed(key: string): void {
    for (const watcher of this.#byKey.get(key) ?? []) watcher.watchBroken = true;
  }
}
