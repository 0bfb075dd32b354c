/** What a command is called in a trace, and what its name says about the replies that follow. */
import { itemAt } from '../../core/collections/present.ts';

/** Commands whose first argument names a subcommand. */
const CONTAINERS = new Set([
  'ACL',
  'CLIENT',
  'CLUSTER',
  'COMMAND',
  'CONFIG',
  'DEBUG',
  'FUNCTION',
  'LATENCY',
  'MEMORY',
  'MODULE',
  'OBJECT',
  'PUBSUB',
  'SCRIPT',
  'SENTINEL',
  'SLOWLOG',
  'XGROUP',
  'XINFO',
]);

/** Commands that are answered by pushes, one for each channel. */
export const SUBSCRIPTION = /^[PS]?(?:UN)?SUBSCRIBE$/;

/** What a client sends before it begins its work. */
const OPENING = new Set([
  'HELLO',
  'AUTH',
  'SELECT',
  'CLIENT SETINFO',
  'CLIENT SETNAME',
  'CLIENT ID',
  'INFO',
  'COMMAND',
]);

/** Commands that change how the replies after them pair with commands. */
const SPECIAL = new Set([
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'PSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SSUBSCRIBE',
  'SUNSUBSCRIBE',
  'MONITOR',
  'HELLO',
  'RESET',
  'MULTI',
  'EXEC',
  'DISCARD',
]);

/** A name is never longer than this in a trace. */
const MAX_NAME_CHARS = 64;
const MAX_CACHED = 1024;

/** What is known of a command by its name alone. */
export interface NameInfo {
  /** In upper case, a container's subcommand included. */
  readonly name: string;
  /** How many words of the command the name takes: 1, or 2. */
  readonly words: 1 | 2;
  readonly opening: boolean;
  readonly special: boolean;
  readonly closing: boolean;
}

const cache = new Map<string, NameInfo>();
const containers = new Map<string, Map<string, NameInfo>>();

function remember(map: Map<string, NameInfo>, key: string, info: NameInfo): NameInfo {
  if (map.size < MAX_CACHED && key.length <= MAX_NAME_CHARS) map.set(key, info);
  return info;
}

function infoOf(name: string, words: 1 | 2): NameInfo {
  const opening = OPENING.has(name) || name.startsWith('COMMAND ');
  return { name, words, opening, special: SPECIAL.has(name), closing: name === 'QUIT' };
}

function printable(word: Buffer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name must not break the line it is shown in
  const text = word.toString('latin1', 0, MAX_NAME_CHARS).replace(/[\x00-\x20\x7f-\xff]/g, '?');
  return text.toUpperCase();
}

/** What was asked for last, and how it was written: often the next command has the same name. */
let last: NameInfo | undefined;
let lastWritten: Buffer = Buffer.alloc(0);
/** Each name as it was written. */
const written = new Map<NameInfo, Buffer>();

function isLast(word: Buffer): boolean {
  if (word.length !== lastWritten.length) return false;
  for (let at = 0; at < word.length; at++) if (word[at] !== lastWritten[at]) return false;
  return true;
}

/** The name of a command, from its words. Known names cost one look-up. */
export function nameOf(words: readonly Buffer[]): NameInfo {
  const word = itemAt(words, 0);
  if (last !== undefined && isLast(word)) return last;
  const first = word.toString('latin1', 0, MAX_NAME_CHARS);
  const known = cache.get(first);
  if (known !== undefined) {
    const bytes = written.get(known);
    if (bytes) [last, lastWritten] = [known, bytes];
    return known;
  }
  const subcommands = words.length > 1 ? containers.get(first) : undefined;
  if (subcommands !== undefined) {
    const second = itemAt(words, 1).toString('latin1', 0, MAX_NAME_CHARS);
    return (
      subcommands.get(second) ??
      remember(subcommands, second, infoOf(`${printable(itemAt(words, 0))} ${printable(itemAt(words, 1))}`, 2))
    );
  }
  const name = printable(itemAt(words, 0));
  if (!CONTAINERS.has(name)) {
    const info = remember(cache, first, infoOf(name, 1));
    // A copy: the word itself keeps alive all that it was read with.
    if (cache.has(first) && word.length < MAX_NAME_CHARS) written.set(info, Buffer.from(word));
    return info;
  }
  if (words.length === 1) return infoOf(name, 1);
  if (containers.size < MAX_CACHED) containers.set(first, new Map());
  return infoOf(`${name} ${printable(itemAt(words, 1))}`, 2);
}
