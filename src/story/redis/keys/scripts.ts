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

/** Behind what went wrong while a script ran, where it did not catch that: so since Redis 7.0, and before. */
const WENT_WRONG = / script: \S+, on @|@user_script/;

/** What can't be begun: there is no such script, its text is none, or the number of its keys is not. */
const NO_SCRIPT =
  /^(?:NOSCRIPT |ERR (?:Error compiling|Function not found|Protocol error|(?:Number of|numkeys|Bad number) |(?:Invalid|Un\w+) .*\bshebang\b|Can not (?:run|execute a) script ))/;

/**
 * Nothing, or nothing of the kind, is carried out at present, or not for this client or these keys. A script that writes
 * all the same is told so, too: it has changed nothing then, either.
 */
const NOT_NOW =
  /^(?:NOAUTH Authentication|NOPERM .*\bpermissions\b|(?:LOADING|BUSY) \w+ is |MASTERDOWN Link|CLUSTERDOWN (?:The cluster|Hash slot)|CROSSSLOT Keys|TRYAGAIN Multiple|(?:MOVED|ASK) \d+ \S*:\d+$|READONLY (?:You|Can) |NOREPLICAS Not enough|MISCONF (?:Errors|\w+ is) |OOM allow-oom )/;

/** Without memory a script that says what it needs is refused as a whole; any other may go on without what was refused it. */
const NO_MEMORY = /^OOM command not allowed/;

function saysWhatItNeeds({ name, args: [text] }: RespCommand): boolean {
  return name === 'FCALL' || (name === 'EVAL' && text?.toString('latin1', 0, 2) === '#!');
}

/** No script can call what carries out scripts: an error that names that is about the command itself. */
function isAbout({ name }: RespCommand, error: string): boolean {
  return new RegExp(`['"\`]${name}['"\`]`, 'i').test(error);
}

/** Whether a script that was answered with an error may have done something before that. */
export function mayHaveBegun(command: RespCommand, error: string): boolean {
  if (WENT_WRONG.test(error)) return true;
  const keyCount = command.args[1]?.toString('latin1', 0, 24) ?? '0';
  if (isAbout(command, error) || NO_SCRIPT.test(error) || NOT_NOW.test(error) || !/^-?\d+$/.test(keyCount))
    return false;
  return !(NO_MEMORY.test(error) && saysWhatItNeeds(command));
}
