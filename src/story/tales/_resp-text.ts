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

interface CommandValues {
  readonly command: string;
  items?: number;
  reply?: string;
  within?: string;
  discarded?: number;
}

/** What is told of a command that carries no message; `by` carried it out: itself, or EXEC. */
export function answeredNote(
  command: RespCommand,
  reply: RespValue,
  by: RespCommand,
  discarded: number,
  missing: number,
): Statement {
  const shown = bare(withoutSecrets(reply, command));
  // Each command that EXEC carried out is told with its own reply.
  const listed = command.name === 'EXEC' ? undefined : listText(shown);
  const text = 'items' in shown ? listed : replyText(shown);
  // It is made for every command, so what does not apply is left out without spreading.
  const values: CommandValues = { command: commandText(command) };
  if ('items' in shown) values.items = shown.length - missing;
  if (text !== undefined) values.reply = text;
  if (by !== command) values.within = by.name;
  if (discarded > 0) values.discarded = discarded;
  return { code: 'REDIS_COMMAND', values };
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

function pairText(value: RespValue): string | undefined {
  const pair = bare(value);
  if (!('items' in pair) || pair.items.length < pair.length) return undefined;
  const items = pair.items.map(scalarText);
  return items.includes(undefined) ? undefined : items.join(' ');
}

function scalarText(value: RespValue): string | undefined {
  const one = bare(value);
  if ('items' in one) return undefined;
  return one.type === 'bulk' ? preview({ body: one.bytes, sizeBytes: one.length }) : replyText(one);
}

/** A reply that is one value. */
function replyText(value: RespValue): string {
  if (value.type === 'bulk') return `"${preview({ body: value.bytes, sizeBytes: value.length })}"`;
  const plain = textOf(value);
  if (plain !== undefined) return plain;
  if (value.type === 'boolean') return String(value.value);
  return 'nil';
}
