/**
 * Everything msgplay throws on purpose, split by who has to act.
 * Any other error that reaches the command line is a bug of ours and shows its stack.
 */
export abstract class MsgplayError extends Error {
  /** What the process exits with when nobody handles the error. */
  abstract readonly exitCode: number;
  /** What to do next: a sentence or a command. */
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** You typed something that can't be right. Nothing was started. */
export class UsageError extends MsgplayError {
  readonly exitCode = 2;
}

/** The world is not ready: no server, no binary, no access. The run was not possible, and nothing is left behind. */
export class BackendError extends MsgplayError {
  readonly exitCode = 3;
}

/** The server is there, but others share it, and what a run would do to it is not for a run to do. Told as a BackendError. */
export class SharedServerError extends BackendError {
  override readonly name = 'BackendError';
}

/**
 * A peer broke its protocol's specification. A server answers it on the wire; a tap records it and goes on
 * forwarding. It destroys at most the connection it happened on.
 */
export class ProtocolError extends MsgplayError {
  readonly exitCode = 1;
  /** The clause of the specification that was broken, such as `AMQP 0-9-1 §4.2.3`. */
  readonly clause: string;
  /** The protocol's own number for the error where it has one (an AMQP reply code, a WebSocket close code, an HTTP status). */
  readonly code: number | undefined;

  constructor(message: string, options: { clause: string; code?: number; hint?: string; cause?: unknown }) {
    super(message, options);
    this.clause = options.clause;
    this.code = options.code;
  }
}

/** The message of anything that was thrown, also of what can't be made a text. */
export function messageOf(error: unknown): string {
  try {
    if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'something that has no message was thrown';
  }
}

/** Node's own words without its jargon: `ENOSPC: no space left on device, write` is a full disk. */
export function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EISDIR') return 'it is a directory';
  return messageOf(error)
    .replace(/^[A-Z]+: /, '')
    .replace(/, [a-z]+( '.*)?$/s, '');
}
