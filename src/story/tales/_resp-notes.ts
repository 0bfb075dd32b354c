/** Tells of Redis commands that carry no message, and counts them. */
import type { RespCommand, RespValue } from '../../protocols/resp/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import { answeredNote, unansweredNote } from './_resp-text.ts';

export class CommandNotes {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** One that is told otherwise. */
  count(): void {
    this.#ledger.commands++;
  }

  /**
   * `by` carried it out: itself, or EXEC. It kept so many queued commands from being carried out; so many answers that
   * its reply counts did not come.
   */
  answered(seen: SeenFrame, command: RespCommand, reply: RespValue, by = command, discarded = 0, missing = 0): void {
    if (seen.frame.phase !== 'open') return;
    this.count();
    this.#ledger.note(seen, answeredNote(command, reply, by, discarded, missing));
  }

  /** One whose reply is switched off was sent. */
  unanswered(seen: SeenFrame, command: RespCommand, by = command): void {
    if (seen.frame.phase !== 'open') return;
    this.count();
    this.#ledger.note(seen, unansweredNote(command, by));
  }
}
