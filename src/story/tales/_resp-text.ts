/** Commands and replies of Redis on one line, cut where they are long. */
import { itemAt } from '../../core/collections/present.ts';
import type { Statement } from '../../core/statements/index.ts';
import {
  bare,
  HIDDEN,
  type RespCommand,
  type RespValue,
  secretArgs,
  textOf,
  withoutSecrets,
} from '../../protocols/resp/index.ts';
import { preview } from '../ledger/index.ts';

const SHOWN_ARGUMENTS = 5;
/** Longer arguments are cut: what they are is told by their beginning. */
const SHOWN_CHARACTERS = 40;
/** Replies are listed where they have no more items, in no more characters. */
const SHOWN_ITEMS = 8;
const SHOWN_LIST = 60;
const NO_ITEMS: RespValue = { type: 'array', items: [], length: 0 };

interface CommandValues {
  readonly command: string;
  items?: number;
  reply?: string;
  within?: string;
  discarded?: number;
  db?: number;
}

/** How a command was carried out. */
export interface How {
  /** What carried it out: itself, or EXEC. */
  readonly by?: RespCommand;
  /** In which database; undefined where that is not known. */
  readonly db?: number | undefined;
  /** How many queued commands it kept from being carried out. */
  readonly discarded?: number;
  /** How many answers that its reply counts did not come. */
  readonly missing?: number;
}

/** Commands that are the same in every database. */
const ANYWHERE =
  /^(?:ACL|AUTH|BGSAVE|CLIENT|COMMAND|CONFIG|DISCARD|ECHO|EXEC|FLUSHALL|FUNCTION|HELLO|INFO|MONITOR|MULTI|PING|P?PUBSUB|QUIT|RESET|ROLE|SAVE|SCRIPT|SELECT|SWAPDB|TIME|UNWATCH|WAIT)\b/;

/** What is told of a command that carries no message. */
export function answeredNote(command: RespCommand, reply: RespValue, how: How): Statement {
  const { by = command, db = 0, discarded = 0, missing = 0 } = how;
  const shown = essential(command, bare(withoutSecrets(reply, command)));
  // Each command that EXEC carried out is told with its own reply.
  const listed = command.name === 'EXEC' ? undefined : (pendingText(command, shown) ?? listText(shown));
  const text = 'items' in shown ? listed : replyText(shown);
  // It is made for every command, so what does not apply is left out without spreading.
  const values: CommandValues = { command: commandText(command) };
  if ('items' in shown) values.items = shown.length - missing;
  if (text !== undefined) values.reply = text;
  if (db > 0 && !ANYWHERE.test(command.name)) values.db = db;
  if (by !== command) values.within = by.name;
  if (discarded > 0) values.discarded = discarded;
  return { code: 'REDIS_COMMAND', values };
}

/** What of a reply is told: of XAUTOCLAIM not where to go on; of XREAD no streams of which nothing was read. */
function essential({ name }: RespCommand, reply: RespValue): RespValue {
  if (!('items' in reply)) return reply;
  const [, claimed] = reply.items;
  if (name === 'XAUTOCLAIM' && claimed) return bare(claimed);
  if (!name.startsWith('XREAD')) return reply;
  const streams = reply.type === 'map' ? reply.items.filter((_, at) => at % 2 === 1) : reply.items.map(secondOf);
  return streams.every((one) => one !== undefined && 'items' in one && one.length === 0) ? NO_ITEMS : reply;
}

/** Whether a command that takes, reads or removes messages found none. */
export function foundNothing(command: RespCommand, reply: RespValue): boolean {
  const value = essential(command, bare(reply));
  if ('items' in value) return value.length === 0;
  return value.type.startsWith('null') || (value.type === 'integer' && textOf(value) === '0');
}

function secondOf(value: RespValue): RespValue | undefined {
  const pair = bare(value);
  return 'items' in pair && pair.length === 2 ? pair.items[1] : undefined;
}

/** The same of one whose reply is switched off. */
export function unansweredNote(command: RespCommand, by: RespCommand): Statement {
  const values = { command: commandText(command), unanswered: true, ...(by !== command && { within: by.name }) };
  return { code: 'REDIS_COMMAND', values };
}

/** A command on one line: its name and its first arguments. */
function commandText(command: RespCommand): string {
  const { name, args, argCount } = command;
  const hidden = secretArgs(command);
  const count = Math.min(args.length, SHOWN_ARGUMENTS);
  let line = name;
  for (let at = 0; at < count; at++) {
    const arg = itemAt(args, at);
    line +=
      hidden.size > 0 && hidden.has(at) ? ` ${HIDDEN}` : ` ${short(preview({ body: arg, sizeBytes: arg.length }))}`;
  }
  return argCount > count ? `${line} …` : line;
}

function short(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
}

/** The items of a reply that has a few short ones, such as members with their scores: `tea 900, milk 300`. */
function listText(value: RespValue): string | undefined {
  if (!('items' in value) || value.items.length < value.length || value.length > SHOWN_ITEMS) return undefined;
  const items = value.items.map((item) => scalarText(item) ?? pairText(item));
  const each =
    value.type === 'map' ? items.flatMap((item, at) => (at % 2 === 0 ? [`${item} ${items[at + 1]}`] : [])) : items;
  const text = each.join(', ');
  return text === '' || items.includes(undefined) || text.length > SHOWN_LIST ? undefined : text;
}

/** How many entries of a group are not acknowledged, and how many of them each consumer holds: `3 (a 2, b 1)`. */
function pendingText({ name, argCount }: RespCommand, value: RespValue): string | undefined {
  if (name !== 'XPENDING' || argCount !== 2 || !('items' in value)) return undefined;
  const [count, , , consumers] = value.items;
  const text = count && scalarText(count);
  const each = consumers && listText(bare(consumers));
  return text !== undefined && each !== undefined ? `${text} (${each})` : text;
}

function pairText(value: RespValue): string | undefined {
  const pair = bare(value);
  if (!('items' in pair) || pair.items.length < pair.length) return undefined;
  const items = pair.items.map(scalarText);
  return items.includes(undefined) ? undefined : items.join(' ');
}

function scalarText(value: RespValue): string | undefined {
  const one = bare(value);
  if ('items' in one) return undefined;
  if (one.type !== 'bulk') return replyText(one);
  return one.length === 0 ? '""' : preview({ body: one.bytes, sizeBytes: one.length });
}

/** A reply that is one value. */
function replyText(value: RespValue): string {
  if (value.type === 'bulk') return `"${preview({ body: value.bytes, sizeBytes: value.length })}"`;
  const plain = textOf(value);
  if (plain !== undefined) return plain;
  if (value.type === 'boolean') return String(value.value);
  return 'nil';
}
