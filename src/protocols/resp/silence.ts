/** CLIENT REPLY: which commands get no reply. https://redis.io/docs/latest/commands/client-reply/ */
import { itemAt } from '../../core/collections/present.ts';

import { SUBSCRIPTION } from './names.ts';

/** What a client that is subscribed may send in RESP2; anything else is refused, and does nothing. */
const WHILE_SUBSCRIBED = /^(?:[PS]?(?:UN)?SUBSCRIBE|PING|QUIT|RESET)$/;

/** So many are remembered, and of a transaction so many commands. */
const MOST_SUBSCRIBED = 65_536;
const MOST_QUEUED = 1_000;

export class Silence {
  #replies: 'on' | 'off' | 'skipping' = 'on';
  /** Inside a transaction a switch is queued like any other command, and answered. */
  #queueing = false;
  /** What the client subscribed to: kinds and names. */
  readonly #subscribed = new Set<string>();
  /** What it does so in the transaction that is open. */
  #queued: [name: string, words: readonly Buffer[]][] = [];
  #isResp3 = false;
  /** The command that was sent last is refused, since its client is subscribed. */
  isRefused = false;

  /** A command has been sent; `words` are all of it. True where it gets no reply. */
  sent(name: string, words: readonly Buffer[]): boolean {
    this.isRefused = this.#subscribed.size > 0 && !this.#isResp3 && !WHILE_SUBSCRIBED.test(name);
    if (this.isRefused) return this.#isSilent();
    if (name === 'CLIENT REPLY' && words.length === 3 && !this.#queueing) {
      const mode = itemAt(words, 2).toString('latin1', 0, 8).toLowerCase();
      if (mode === 'on') this.#replies = 'on';
      else if (mode === 'off') this.#replies = 'off';
      else if (mode === 'skip' && this.#replies === 'on') this.#replies = 'skipping';
      else if (mode !== 'skip') return this.#isSilent();
      return mode !== 'on';
    }
    this.#follow(name, words);
    // What is subscribed to is confirmed by pushes, which come whatever was asked for.
    return this.#isSilent() && (this.#queueing || !SUBSCRIPTION.test(name));
  }

  #follow(name: string, words: readonly Buffer[]): void {
    switch (name) {
      case 'MULTI':
        this.#queueing = true;
        return;
      case 'EXEC':
      case 'DISCARD':
        this.#queueing = false;
        if (name === 'EXEC') for (const [queued, its] of this.#queued) this.#subscribe(queued, its);
        this.#queued = [];
        return;
      case 'RESET':
        this.#queueing = this.#isResp3 = false;
        this.#queued = [];
        this.#subscribed.clear();
        // It undoes OFF before it is answered, but not a SKIP that is about it.
        if (this.#replies === 'off') this.#replies = 'on';
        return;
      case 'HELLO':
        if (words[1] && !this.#queueing) this.#isResp3 = words[1].toString('latin1', 0, 2) === '3';
        return;
      default:
        if (!name.endsWith('SUBSCRIBE') || !SUBSCRIPTION.test(name)) return;
        if (!this.#queueing) this.#subscribe(name, words);
        else if (this.#queued.length < MOST_QUEUED) this.#queued.push([name, words.slice()]);
    }
  }

  #subscribe(name: string, words: readonly Buffer[]): void {
    const kind = name.replace(/(?:UN)?SUBSCRIBE/, '');
    const names = words.slice(1).map((word) => `${kind} ${word.toString('latin1')}`);
    if (!name.endsWith('UNSUBSCRIBE')) {
      for (const one of names) if (this.#subscribed.size < MOST_SUBSCRIBED) this.#subscribed.add(one);
    } else if (names.length > 0) for (const one of names) this.#subscribed.delete(one);
    else for (const one of this.#subscribed) if (one.startsWith(`${kind} `)) this.#subscribed.delete(one);
  }

  #isSilent(): boolean {
    if (this.#replies === 'skipping') {
      this.#replies = 'on';
      return true;
    }
    return this.#replies === 'off';
  }
}
