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

/** Whether a command gets a reply: it does, or not, or only if the transaction in front of it is carried out, or is not. */
export type Answered = 'yes' | 'no' | 'if done' | 'if not done';

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
  /** How they are switched if the transaction does nothing that was asked for last and switches them; until that is known. */
  #otherwise: Replies | undefined;
  #isResp3 = false;
  /** The command that was sent last is refused, since its client is subscribed. */
  isRefused = false;

  /** A command has been sent; `words` are all of it. Answers whether it gets a reply. */
  sent(name: string, words: readonly Buffer[]): Answered {
    this.isRefused = this.#subscribed.size > 0 && !this.#isResp3 && !WHILE_SUBSCRIBED.test(name);
    const mode = name === 'CLIENT REPLY' ? modeOf(words[2], words.length - 2) : undefined;
    const isSwitch = mode !== undefined && !this.#queueing && !this.isRefused;
    if (name === 'EXEC' && this.#switches.length > 0 && !this.isRefused) return this.#exec(words);
    if (!isSwitch && !this.isRefused) {
      if (mode && this.#switches.length < MOST_QUEUED) this.#switches.push(mode);
      this.#follow(name, words);
    }
    if (this.#replies === 'on' && this.#otherwise === undefined && !isSwitch) return 'yes';
    // What is subscribed to is confirmed by pushes, which come whatever was asked for.
    const isPushed = !this.#queueing && !this.isRefused && SUBSCRIPTION.test(name);
    const next = (replies: Replies): [Replies, boolean] =>
      isSwitch
        ? [switched(replies, mode), mode === 'on']
        : [replies === 'skipping' ? 'on' : replies, replies === 'on' || isPushed];
    const [replies, isAnswered] = next(this.#replies);
    this.#replies = replies;
    if (this.#otherwise === undefined) return isAnswered ? 'yes' : 'no';
    const [otherwise, isAnsweredThen] = next(this.#otherwise);
    this.#otherwise = otherwise;
    if (isAnswered === isAnsweredThen) return isAnswered ? 'yes' : 'no';
    return isAnswered ? 'if done' : 'if not done';
  }

  /** EXEC of a transaction that switches replies: that is about what comes behind EXEC. */
  #exec(words: readonly Buffer[]): Answered {
    const switches = this.#switches;
    this.#follow('EXEC', words);
    const isSilent = this.#replies !== 'on';
    // Its reply would come without its head, or nobody knows whether it comes.
    if (this.#otherwise !== undefined || (isSilent && switches.includes('on')))
      throw malformed('replies that can not be told apart', 'CLIENT REPLY');
    const before = this.#replies === 'skipping' ? 'on' : this.#replies;
    let replies: Replies = before;
    let skips = false;
    for (const mode of switches) {
      if (mode !== 'skip') replies = mode;
      else skips ||= replies !== 'off';
    }
    this.#replies = skips && replies === 'on' ? 'skipping' : replies;
    if (!isSilent) this.#otherwise = before;
    return isSilent ? 'no' : 'yes';
  }

  /** Whether a transaction switches replies that was asked for and is not answered. */
  get isOpen(): boolean {
    return this.#otherwise !== undefined;
  }

  /** It was answered: it was carried out, or did nothing. */
  told(isDone: boolean): void {
    if (!isDone && this.#otherwise !== undefined) this.#replies = this.#otherwise;
    this.#otherwise = undefined;
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
        if (this.#otherwise === 'off') this.#otherwise = 'on';
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
}

function switched(replies: Replies, mode: Mode): Replies {
  if (mode !== 'skip') return mode;
  return replies === 'on' ? 'skipping' : replies;
}
