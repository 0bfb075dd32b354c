import { ProtocolError } from '../../core/errors.ts';

/** A content-length that is no length, or not that of its body. */
export class ContentLengthError extends ProtocolError {
  /** A class of its own for servers; whoever hears of it hears of a protocol that was broken. */
  override readonly name = 'ProtocolError';

  constructor(message: string) {
    super(message, { clause: 'STOMP 1.2, Header content-length' });
  }
}
