/** What a test's client waits for: looked at anew whenever something came. */
export class Awaited {
  readonly #checks = new Set<() => void>();
  readonly #withinMs: number;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** Something came: looks whether it is what is waited for. */
  came(): void {
    for (const check of [...this.#checks]) check();
  }

  /** Resolves to the first result there is; rejects with `failure` when there was none in time. */
  until<T>(attempt: () => T | undefined, failure: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#checks.delete(check);
        reject(new Error(failure()));
      }, this.#withinMs);
      const check = () => {
        const result = attempt();
        if (result === undefined) return;
        clearTimeout(timer);
        this.#checks.delete(check);
        resolve(result);
      };
      this.#checks.add(check);
      check();
    });
  }
}
