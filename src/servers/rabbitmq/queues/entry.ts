/** A message's place in one queue. */
import type { Message } from '../messages/message.ts';

export class Entry {
  readonly message: Message;
  /** Where in the order of arrival it stands; it comes back to this place when it is requeued. */
  readonly position: number;
  /** The clock's time at which it expires. */
  readonly expiresAt: number | undefined;
  /** How often it was given to somebody and came back; only quorum queues count it. */
  returns = 0;
  wasDelivered = false;

  constructor(message: Message, position: number, expiresAt: number | undefined) {
    this.message = message;
    this.position = position;
    this.expiresAt = expiresAt;
  }
}
