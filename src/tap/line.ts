/** One direction of a connection through a tap, where the way is to be slow, or blocked for a while. */

/** How a connection through a tap is to be, in both directions. */
export interface Conditions {
  /** Nothing gets through. What is sent meanwhile arrives when it goes on. */
  readonly paused?: boolean;
  /** How much later everything arrives, in ms. */
  readonly latencyMs?: number;
  /** The most that gets through in a second. */
  readonly bytesPerSecond?: number;
}

/** So many bytes are held before their sender has to wait. */
const HELD_BYTES = 64 * 1024;

interface Held {
  /** Undefined is the end. */
  readonly chunk: Buffer | undefined;
  readonly cameAt: number;
}

export class Line {
  readonly #pass: (chunk: Buffer | undefined) => void;
  /** Called when there is room again. */
  readonly #hasRoom: () => void;
  readonly #held: Held[] = [];
  /** Whether what is sent now has to be held. */
  holds = false;
  #conditions: Conditions = {};
  #heldBytes = 0;
  /** Until when what got through last takes up the way, as bytesPerSecond has it. */
  #busyUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (chunk: Buffer | undefined) => void, hasRoom: () => void) {
    this.#pass = pass;
    this.#hasRoom = hasRoom;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Whether something is held that gets through by itself. */
  get isMoving(): boolean {
    return !this.isEmpty && !this.#conditions.paused;
  }

  /** Whether whoever sends has to wait. */
  get isFull(): boolean {
    return this.#heldBytes >= HELD_BYTES;
  }

  set conditions(conditions: Conditions) {
    this.#conditions = conditions;
    this.#goOn();
  }

  /** Takes what was sent, or its end, to let it through when it is time. */
  hold(chunk: Buffer | undefined): void {
    this.#held.push({ chunk, cameAt: performance.now() });
    this.#heldBytes += chunk?.length ?? 0;
    this.#goOn();
  }

  /** The connection is gone, and what was held with it. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    const { paused = false, latencyMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = this.#conditions;
    for (let next = this.#held[0]; next && !paused; next = this.#held[0]) {
      const now = performance.now();
      const waitMs = Math.max(next.cameAt + latencyMs, this.#busyUntil) - now;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#goOn(), Math.ceil(waitMs));
        this.#timer.unref();
        return;
      }
      const bytes = next.chunk?.length ?? 0;
      this.#held.shift();
      this.#heldBytes -= bytes;
      this.#busyUntil = now + (bytes / bytesPerSecond) * 1000;
      this.#pass(next.chunk);
    }
    this.holds = !this.isEmpty || paused || latencyMs > 0 || bytesPerSecond !== Number.POSITIVE_INFINITY;
    if (!this.isFull) this.#hasRoom();
  }
}
