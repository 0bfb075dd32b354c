/** CLIENT REPLY: which commands get no reply. https://redis.io/docs/latest/commands/client-reply/ */
import { itemAt } from '../../core/present.ts';

import { SUBSCRIPTION } from './names.ts';

export class Silence {
  #replies: 'on' | 'off' | 'skipping' = 'on';
  /** Inside a transaction a switch is queued like any other command, and answered. */
  #queueing = false;

  /** A command has been sent; `words` are all of it. True where it gets no reply. */
  sent(name: string, words: readonly Buffer[]): boolean {
    if (name === 'CLIENT REPLY' && words.length === 3 && !this.#queueing) {
      const mode = itemAt(words, 2).toString('latin1', 0, 8).toLowerCase();
      if (mode === 'on') this.#replies = 'on';
      else if (mode === 'off') this.#replies = 'off';
      else if (mode === 'skip' && this.#replies === 'on') this.#replies = 'skipping';
      else if (mode !== 'skip') return this.#isSilent();
      return mode !== 'on';
    }
    if (name === 'MULTI') this.#queueing = true;
    else if (name === 'EXEC' || name === 'DISCARD') this.#queueing = false;
    else if (name === 'RESET') {
      this.#queueing = false;
      // It undoes OFF before it is answered, but not a SKIP that is about it.
      if (this.#replies === 'off') this.#replies = 'on';
    }
    // What is subscribed to is confirmed by pushes, which come whatever was asked for.
    return this.#isSilent() && (this.#queueing || !SUBSCRIPTION.test(name));
  }

  #isSilent(): boolean {
    if (this.#replies === 'skipping') {
      this.#replies = 'on';
      return true;
    }
    return this.#replies === 'off';
  }
}
