/** What can be wrong with AMQP bytes, and the reply code that answers it (AMQP 0-9-1 §1.2 of the reference). */
import { ProtocolError } from '../../core/errors.ts';

export const REPLY_CODES = {
  200: 'REPLY_SUCCESS',
  311: 'CONTENT_TOO_LARGE',
  312: 'NO_ROUTE',
  313: 'NO_CONSUMERS',
  320: 'CONNECTION_FORCED',
  402: 'INVALID_PATH',
  403: 'ACCESS_REFUSED',
  404: 'NOT_FOUND',
  405: 'RESOURCE_LOCKED',
  406: 'PRECONDITION_FAILED',
  501: 'FRAME_ERROR',
  502: 'SYNTAX_ERROR',
  503: 'COMMAND_INVALID',
  504: 'CHANNEL_ERROR',
  505: 'UNEXPECTED_FRAME',
  506: 'RESOURCE_ERROR',
  530: 'NOT_ALLOWED',
  540: 'NOT_IMPLEMENTED',
  541: 'INTERNAL_ERROR',
} as const;
export type ReplyCode = keyof typeof REPLY_CODES;

function fault(code: ReplyCode, section: string, message: string): ProtocolError {
  return new ProtocolError(message, { clause: `AMQP 0-9-1 §${section}`, code });
}

/** The stream can't be cut into frames any more. Destroys the connection. */
export function frameError(section: string, message: string): ProtocolError {
  return fault(501, section, message);
}

/** What is wrong with the envelope of a frame: the octet it ends with, or a length that was not agreed on. */
type Wrong = { readonly end: number } | { readonly size: number; readonly frameMax: number };

/** A frame behind which nothing can be read any more; with what is known of it, for whoever answers. */
export class FrameFault extends ProtocolError {
  readonly type: number;
  /** How its payload begins: 17 octets, or all that there are. */
  readonly start: Buffer;
  readonly wrong: Wrong;

  constructor(message: string, type: number, start: Buffer, wrong: Wrong) {
    super(message, { clause: 'AMQP 0-9-1 §4.2.3', code: 501 });
    this.name = 'ProtocolError';
    this.type = type;
    this.start = Buffer.from(start);
    this.wrong = wrong;
  }
}

/** A frame whose content can't be read. Destroys the connection. */
export function syntaxError(section: string, message: string): ProtocolError {
  return fault(502, section, message);
}

/** A method that the specification does not know. Destroys the connection. */
export function unknownMethod(classId: number, methodId: number): ProtocolError {
  return fault(503, '4.2.4', `no method has class ${classId} and method ${methodId}`);
}

/** A frame that can't stand here: content without its method, or a method inside content. Destroys the connection. */
export function unexpectedFrame(message: string): ProtocolError {
  return fault(505, '4.2.6', message);
}
