/** Commands that carry out others, which are on no wire. */
import { isError, type RespCommand, type RespValue, textOf } from '../../../protocols/resp/index.ts';

export const SCRIPTS = ['EVAL', 'EVALSHA', 'FCALL'];
const NAMES: ReadonlySet<string> = new Set(SCRIPTS);

/** Stands for what a connection does that can't be read: whatever a script may do. No command has that name. */
export const UNREAD: RespCommand = {
  kind: 'command',
  name: '(unread)',
  args: [],
  argCount: 0,
  cut: true,
  silent: false,
};

export function isScript({ name }: RespCommand): boolean {
  return NAMES.has(name) || name === UNREAD.name;
}

export function isProtocolError(reply: RespValue): boolean {
  return isError(reply) && textOf(reply)?.startsWith('ERR Protocol error') === true;
}
