/** The errors that Redis answers with. Their texts are its own: clients match on them. */

/** Ends a command with an error reply. No Error: it carries no stack, since it is part of normal service. */
export class ReplyError {
  /** The code and the text, as on the wire without `-`. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const make = (message: string): ReplyError => new ReplyError(message);

export const WRONG_TYPE = make('WRONGTYPE Operation against a key holding the wrong kind of value');
export const SYNTAX = make('ERR syntax error');
export const NOT_INTEGER = make('ERR value is not an integer or out of range');
export const NOT_FLOAT = make('ERR value is not a valid float');
export const NO_SUCH_KEY = make('ERR no such key');
export const INDEX_RANGE = make('ERR index out of range');
export const OVERFLOW = make('ERR increment or decrement would overflow');
export const OOM = make("OOM command not allowed when used memory > 'maxmemory'.");
export const NOT_POSITIVE = make('ERR value is out of range, must be positive');

/** What is not part of an embedded server, said plainly instead of being half there. */
export function notHere(what: string): ReplyError {
  return make(
    `ERR ${what} is not available in msgplay's embedded Redis; use a real server for it (--backend redis=local)`,
  );
}

/** What a container command answers when a subcommand's options make no sense. */
export function badArguments(container: string, subcommand: string): ReplyError {
  return make(`ERR unknown subcommand or wrong number of arguments for '${subcommand}'. Try ${container} HELP.`);
}

export function wrongArity(name: string): ReplyError {
  return make(`ERR wrong number of arguments for '${name}' command`);
}
