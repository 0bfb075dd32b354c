/** Errors that a scenario's clients throw where nobody can catch them: an event without a listener, a lost rejection. */
import { setImmediate } from 'node:timers/promises';

/** How long a scenario may go on after such an error until it is ended, in ms: it often fails by itself. */
const GO_ON_MS = 5_000;

export class Strays {
  readonly #stop: (() => void) | undefined;
  #hear: (error: unknown) => void = () => {};

  /** @param listen tells a listener of each, and gives what stops that; see Run.strayErrors */
  constructor(listen: ((listener: (error: unknown) => void) => () => void) | undefined) {
    this.#stop = listen?.((error) => this.#hear(error));
  }

  /**
   * Lets a scenario play. The scenario's own error counts, where it has one; else the first stray one, when the scenario
   * has ended or has gone on for so long that it will not end. What is thrown once it is over is part of being closed.
   *
   * @param tell hears of each stray error as it comes
   * @returns what the scenario threw, or undefined
   */
  async during(scene: Promise<void>, tell: (error: unknown) => void): Promise<{ readonly error: unknown } | undefined> {
    let stray: { readonly error: unknown } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const goneOn = new Promise<void>((resolve) => {
      this.#hear = (error) => {
        tell(error);
        stray ??= { error };
        timer ??= setTimeout(resolve, GO_ON_MS);
      };
    });
    try {
      await Promise.race([scene, goneOn]);
      return stray;
    } catch (error) {
      return { error };
    } finally {
      clearTimeout(timer);
      this.#hear = () => {};
    }
  }

  /** Stops listening, once what closing has just brought about has been heard. */
  async stop(): Promise<void> {
    await setImmediate();
    this.#stop?.();
  }
}
