/** A restart of a server, as the connections through the taps see it. */
import type { Side } from '../../core/events.ts';
import type { Reader } from '../../tap/tap.ts';

/** The most bytes of new connections that are kept until the old ones are gone. */
const HELD_BYTES = 8 * 1024 * 1024;

/**
 * Between the last that is heard of the connections that a restart ends and the first that is heard of those that
 * follow it, the restart is told. Connections end whenever their clients notice, so what the new ones say is kept until
 * then.
 */
export class Restart {
  readonly #old: Set<number>;
  readonly #tell: () => void;
  readonly #held: (() => void)[] = [];
  #heldBytes = 0;
  #told = false;
  #whenOldAreGone: () => void = () => {};
  /** Resolves when every connection that was open when the restart began has ended. */
  readonly oldAreGone: Promise<void>;

  constructor(old: Iterable<number>, tell: () => void) {
    this.#old = new Set(old);
    this.#tell = tell;
    this.oldAreGone = new Promise((resolve) => {
      this.#whenOldAreGone = resolve;
    });
    if (this.#old.size === 0) this.#whenOldAreGone();
  }

  /** A connection has ended. */
  gone(connection: number): void {
    if (!this.#old.delete(connection) || this.#old.size > 0) return;
    this.#whenOldAreGone();
    if (this.#held.length > 0) this.tell();
  }

  /** Tells the restart, unless it is told already, and then what was kept. */
  tell(): void {
    if (this.#told) return;
    this.#tell();
    this.release();
  }

  /** Lets everything pass from here on: also where the restart failed, so that there is nothing to tell. */
  release(): void {
    this.#told = true;
    for (const action of this.#held.splice(0)) action();
  }

  /** A reader of a connection that was opened after the restart began. */
  reader(inner: Reader): Reader {
    const unread = new Set<Side>();
    const read = (from: Side, action: () => void): void => {
      if (unread.has(from)) return;
      try {
        action();
      } catch (error) {
        unread.add(from);
        inner.fault(from, error);
      }
    };
    return {
      conversation: {
        push: (from, chunk) => {
          if (this.#passes()) return read(from, () => inner.conversation.push(from, chunk));
          this.#heldBytes += chunk.length;
          const isTooMuch = this.#heldBytes > HELD_BYTES;
          const bytes = isTooMuch ? chunk.subarray(0, 0) : Buffer.from(chunk);
          this.#held.push(() =>
            read(from, () => {
              if (isTooMuch) throw new Error('too many bytes came while a server restarted');
              inner.conversation.push(from, bytes);
            }),
          );
        },
        end: (from) => this.#later(() => read(from, () => inner.conversation.end(from))),
        cut: (from) => this.#later(() => read(from, () => inner.conversation.cut?.(from))),
      },
      fault: (from, error) => this.#later(() => inner.fault(from, error)),
      unreachable: (error) => this.#later(() => inner.unreachable?.(error)),
      // Kept until later it would say that the end began later than it did.
      ending: () => {
        if (this.#told) inner.ending?.();
      },
      ended: (by) => this.#later(() => inner.ended?.(by)),
      closed: (by) => this.#later(() => inner.closed(by)),
    };
  }

  #later(action: () => void): void {
    if (this.#passes()) action();
    else this.#held.push(action);
  }

  /** Whether the restart is told; it is as soon as it can be, when there is something to tell after it. */
  #passes(): boolean {
    if (!this.#told && this.#old.size === 0) this.tell();
    return this.#told;
  }
}
