/** What a program takes that Lua's own hook can't see: time inside of library functions, and memory. */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Steps of loops inside library functions between two looks at the clock. */
const STEPS = 20_000;
/** Bytes of strings that are made between two looks at what is held. */
const LOOK_BYTES = 32 * 1024 * 1024;
/** The longest string, in bytes: it must fit into a text of V8. */
const STRING_MAX = 2 ** 28;
/** What the strings of a program may hold, in bytes. */
const STRINGS_MAX = Math.min(2 ** 30, 0.25 * totalmem());
/** A table that is full moves into one of twice its size: so much more than it holds must be free then. */
const HEADROOM = 2;

/** Thrown where a program wants more memory than it may have; Lua makes an error of it. */
export class NotEnoughMemory extends Error {
  constructor() {
    super('not enough memory');
  }
}

/** Thrown inside of a library function to end the program; Lua makes an error of it. */
export class ProgramEnds extends Error {}

export class Meter {
  /** Called every so many steps; throws to end the program. */
  look: () => void = () => {};
  /** Set where the program's hook has to be called soon. */
  isDue = false;
  #steps = 0;
  #bytes = 0;
  #buffersBefore: number | undefined;
  #heapBefore: number | undefined;

  /** A program begins. */
  begin(): void {
    this.#bytes = 0;
    this.#buffersBefore = undefined;
    this.#heapBefore = undefined;
  }

  /** One step of a loop inside of a library function. */
  step(): void {
    if (++this.#steps < STEPS) return;
    this.#steps = 0;
    this.checkHeap();
    this.look();
  }

  /** A string, or a buffer for one, is made. Throws NotEnoughMemory. */
  allocate(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < LOOK_BYTES) return;
    this.#bytes = 0;
    if (bytes > STRING_MAX) throw new NotEnoughMemory();
    this.look();
    const { arrayBuffers } = process.memoryUsage();
    this.#buffersBefore ??= arrayBuffers;
    if (arrayBuffers + bytes - this.#buffersBefore > STRINGS_MAX) throw new NotEnoughMemory();
  }

  /**
   * To be called every now and then: what tables hold has to leave room on the heap, or the process would end. Throws
   * NotEnoughMemory.
   */
  checkHeap(): void {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    this.#heapBefore ??= used;
    if (HEADROOM * (used - this.#heapBefore) > limit - used) throw new NotEnoughMemory();
  }
}

export const meter = new Meter();
