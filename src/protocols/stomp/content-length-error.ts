import { ProtocolError } from '../../core/errors.ts';

/** A content-length that is no length, or not that of its body. */
export class ContentLengthError extends ProtocolError {
  constructor(message: string) {
    super(message, { clause: 'STOMP 1.2, Header content-length' });
  }
}
