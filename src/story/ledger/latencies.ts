/** Latencies of a run, summed up by their ranks. */
import type { Latency } from '../../core/events.ts';

/** The most latencies kept; beyond it each new one takes the place of an older one, in turn. */
const SAMPLES = 100_000;

export class Latencies {
  readonly #samples: number[] = [];
  #count = 0;

  /** @param latencyMs milliseconds */
  add(latencyMs: number): void {
    if (this.#samples.length < SAMPLES) this.#samples.push(latencyMs);
    else this.#samples[this.#count % SAMPLES] = latencyMs;
    this.#count++;
  }

  /** Undefined where there is none. */
  summary(): Latency | undefined {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    const max = sorted.at(-1);
    if (max === undefined) return undefined;
    const rank = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? max;
    return { p50: rank(0.5), p99: rank(0.99), max };
  }
}
