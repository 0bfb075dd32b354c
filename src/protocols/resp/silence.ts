/** CLIENT REPLY: which commands get no reply. https://redis.io/docs/latest/commands/client-reply/ */
import { malformed } from './bytes.ts';
import { SUBSCRIPTION } from './names.ts';

/** What a client that is subscribed may send in RESP2; anything else is refused, and does nothing. */
const WHILE_SUBSCRIBED = /^(?:[PS]?(?:UN)?SUBSCRIBE|PING|QUIT|RESET)$/;

/** So many are remembered, and of a transaction so many commands. */
const MOST_SUBSCRIBED = 65_536;
const MOST_QUEUED = 1_000;

type Mode = 'on' | 'off' | 'skip';
type Replies = 'on' | 'off' | 'skipping';

/** How CLIENT REPLY switches replies; undefined where the server refuses to. */
export function modeOf(word: Buffer | undefined, argCount: number): Mode | undefined {
  const mode = argCount === 1 ? word?.toString('latin1', 0, 8).toLowerCase() : undefined;
  return mode === 'on' || mode === 'off' || mode === 'skip' ? mode : undefined;
}

export class Silence {
  #replies: Replies = 'on';
  /** Inside a transaction a switch is queued like any other command. */
  #queueing = false;
  /** What the client subscribed to: kinds and names. */
  readonly #subscribed = new Set<string>();
  /** What it does so in the transaction that is open. */
  #queued: [name: string, words: readonly Buffer[]][] = [];
  /** How it switches replies in there. */
  #switches: Mode[] = [];
  /** How replies were switched before the last transaction was asked for. */
  #before: Replies = 'on';
  #isResp3 = false;
  /** The command that was sent last is refused, since its client is subscribed. */
  isRefused = false;

  /** A command has been sent; `words` are all of it. True where it gets no reply. */
  sent(name: string, words: readonly Buffer[]): boolean {
    this.isRefused = this.#subscribed.size > 0 && !this.#isResp3 && !WHILE_SUBSCRIBED.test(name);
    if (this.isRefused) return this.#isSilent();
    const mode = name === 'CLIENT REPLY' ? modeOf(words[2], words.length - 2) : undefined;
    if (mode && !this.#queueing) {
      if (mode !== 'skip') this.#replies = mode;
      else if (this.#replies === 'on') this.#replies = 'skipping';
      return mode !== 'on';
    }
    if (name === 'EXEC' && this.#switches.length > 0) return this.#exec(name, words);
    if (mode && this.#switches.length < MOST_QUEUED) this.#switches.push(mode);
    this.#follow(name, words);
    // What is subscribed to is confirmed by pushes, which come whatever was asked for.
    return this.#isSilent() && (this.#queueing || !SUBSCRIPTION.test(name));
  }

  /** EXEC of a transaction that switches replies: that is about what comes behind EXEC. */
  #exec(name: string, words: readonly Buffer[]): boolean {
    const isSilent = this.#isSilent();
    const switches = this.#switches;
    this.#follow(name, words);
    // Its reply would come without its head.
    if (isSilent && switches.includes('on')) throw malformed('replies of a transaction that has none', 'CLIENT REPLY');
    this.#before = this.#replies;
    let skips = false;
    for (const mode of switches) {
      if (mode !== 'skip') this.#replies = mode;
      else skips ||= this.#replies !== 'off';
    }
    if (skips && this.#replies === 'on') this.#replies = 'skipping';
    return isSilent;
  }

  /** The transaction that was asked for last did nothing. */
  failed(): void {
    this.#replies = this.#before;
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
        this.#switches = [];
        return;
      case 'RESET':
        this.#queueing = this.#isResp3 = false;
        this.#queued = [];
        this.#switches = [];
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
