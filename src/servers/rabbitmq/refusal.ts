/** What the broker refuses, with the reply codes and texts that RabbitMQ refuses it with. */
import { REPLY_CODES, type ReplyCode } from '../../protocols/amqp/faults.ts';

const CHANNEL_CODES: ReadonlySet<ReplyCode> = new Set([311, 313, 403, 404, 405, 406] as const);

/** Thrown inside the broker and answered on the wire; it destroys the channel, or the connection where `isFatal`. */
export class Refusal extends Error {
  readonly code: ReplyCode;

  constructor(code: ReplyCode, explanation: string) {
    super(explanation);
    this.name = 'Refusal';
    this.code = code;
  }

  /** Whether the connection ends with it, and not only the channel. */
  get isFatal(): boolean {
    return !CHANNEL_CODES.has(this.code);
  }

  /** As a close method carries it: the code's name and the explanation, in at most 255 bytes. */
  get replyText(): string {
    const text = Buffer.from(REPLY_CODES[this.code] + (this.message === '' ? '' : ` - ${this.message}`));
    return text.length > 255
      ? `${text
          .subarray(0, 252)
          .toString('utf8')
          .replace(/\uFFFD+$/, '')}...`
      : text.toString();
  }
}

/** A refusal that no method caused. */
export class AnonymousRefusal extends Refusal {}

export const accessRefused = (text: string): Refusal => new Refusal(403, text);
export const notFound = (text: string): Refusal => new Refusal(404, text);
export const resourceLocked = (text: string): Refusal => new Refusal(405, text);
export const preconditionFailed = (text: string): Refusal => new Refusal(406, text);
export const commandInvalid = (text: string): Refusal => new Refusal(503, text);
export const channelError = (text: string): Refusal => new Refusal(504, text);
export const notAllowed = (text: string): Refusal => new Refusal(530, text);
export const notImplemented = (text: string): Refusal => new Refusal(540, text);

/** How a text names a thing: `queue 'jobs' in vhost '/'`. */
export function naming(kind: 'queue' | 'exchange', name: string, vhost: string): string {
  return `${kind} '${name}' in vhost '${vhost}'`;
}
