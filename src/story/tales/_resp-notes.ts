/** Tells of Redis commands that carry no message, and counts them. */
import type { RespCommand, RespValue } from '../../protocols/resp/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { UNREAD } from '../redis/keys/scripts.ts';
import type { PubSub } from '../redis/pubsub/pubsub.ts';
import type { Work } from '../redis/session.ts';
import type { SeenFrame } from '../teller.ts';
import { answeredNote, type How, unansweredNote } from './_resp-text.ts';

export class CommandNotes {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** One that is told otherwise. */
  count(): void {
    this.#ledger.commands++;
  }

  /** A transaction begins. */
  multi(seen: SeenFrame): void {
    if (seen.frame.phase === 'open') this.#ledger.note(seen, { code: 'REDIS_COMMAND', values: { command: 'MULTI' } });
  }

  /** It was answered. */
  answered(seen: SeenFrame, command: RespCommand, reply: RespValue, how: How = {}): void {
    if (seen.frame.phase !== 'open' || command === UNREAD) return;
    this.count();
    this.#ledger.note(seen, answeredNote(command, reply, how));
  }

  /** What will get no reply is told as soon as it is said. */
  silent(seen: SeenFrame, by: RespCommand, works: readonly Work[], pubsub: PubSub): void {
    for (const { command, isTold } of works) {
      if (command.name === 'MULTI' || pubsub.follows(command)) this.count();
      else if (command.name !== 'QUIT' && !isTold) this.unanswered(seen, command, by);
    }
    if (by.name === 'EXEC' && by.silent) this.unanswered(seen, by);
  }

  /** One whose reply is switched off was sent. */
  unanswered(seen: SeenFrame, command: RespCommand, by = command): void {
    if (seen.frame.phase !== 'open') return;
    this.count();
    this.#ledger.note(seen, unansweredNote(command, by));
  }
}
