/** The frames that a RESP conversation emits. */
import type { Frame } from '../protocol.ts';
import type { CutArg } from './command-reader.ts';
import type { RespValue } from './value.ts';

/** A command of the client. Its frame's name is `name`. */
export interface RespCommand {
  readonly kind: 'command';
  /** In upper case, with the subcommand of a container command: `SET`, `CLIENT SETINFO`. */
  readonly name: string;
  /** What follows the name. Fewer or shorter than on the wire where `cut` is true. */
  readonly args: readonly Buffer[];
  /** How many arguments follow the name on the wire. */
  readonly argCount: number;
  /** True where arguments were too long to keep whole. */
  readonly cut: boolean;
  /** Size and digest of arguments that were not kept whole, by their index in `args`; of very many not of all. */
  readonly cutArgs?: ReadonlyMap<number, CutArg> | undefined;
  /** No reply will come: CLIENT REPLY said so. */
  readonly silent: boolean;
  /** It has no reply that would say so, but it is refused: its client is subscribed, and speaks RESP2. */
  readonly refused?: true | undefined;
}

/** A reply of the server. Its frame's name is `reply`. */
export interface RespReply {
  readonly kind: 'reply';
  readonly reply: RespValue;
  /** The command it answers: the very object of that command's frame. Undefined where that was not seen. */
  readonly command: RespCommand | undefined;
  /** The commands of a transaction, by their places in it, that EXEC's reply counts and does not answer: CLIENT REPLY said so. */
  readonly unanswered?: readonly number[];
}

/** What the server sends unasked, and confirmations of subscriptions. Its frame's name is `type`. */
export interface RespPush {
  readonly kind: 'push';
  readonly reply: RespValue;
  /** `message`, `pmessage`, `smessage`, `subscribe`, `invalidate`, `monitor`, ... */
  readonly type: string;
  /** The command that this confirms. */
  readonly command?: RespCommand | undefined;
}

export type RespFrameValue = RespCommand | RespReply | RespPush;
export type RespFrame = Frame<RespFrameValue>;
