/** What has to be undone, in reverse order, whatever happened in between. */
export class Cleanups {
  readonly #actions: (() => unknown)[] = [];
  #running: Promise<void> | undefined;

  /** Remembers an action; when the cleanup has already begun, it runs at once so that nothing is left behind. */
  add(action: () => unknown): void {
    if (this.#running) this.#running = this.#running.then(() => this.#drain([action]));
    else this.#actions.push(action);
  }

  /**
   * Runs every action, last one first, each after the one before has settled. A failing action does not keep the
   * others from running; the first failure is thrown at the end. Calling it again waits for the same run.
   */
  run(): Promise<void> {
    this.#running ??= this.#drain(this.#actions);
    return this.#running;
  }

  async #drain(actions: (() => unknown)[]): Promise<void> {
    const failures: unknown[] = [];
    for (let action = actions.pop(); action; action = actions.pop()) {
      try {
        await action();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
