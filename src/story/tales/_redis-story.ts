/** The contract of those who follow one use of Redis: what it is used for decides who follows a command. */
import type { RespCommand, RespValue } from '../../protocols/resp/index.ts';
import type { Message } from '../ledger.ts';
import type { SeenFrame } from '../teller.ts';

export interface RedisStory {
  /** Whether this is a command it follows; then the reply, unless it is an error, comes to `reply`. */
  command(seen: SeenFrame, command: RespCommand): boolean;
  reply(seen: SeenFrame, command: RespCommand, reply: RespValue): void;
  /** The messages that a command publishes. */
  published(command: RespCommand): readonly Message[];
}
