/** Follows messages through Redis: publish/subscribe, lists, streams, and plain commands with their replies. */
import {
  bare,
  HIDDEN,
  isError,
  type RespCommand,
  type RespFrameValue,
  type RespValue,
  secretArgs,
  textOf,
  withoutSecrets,
} from '../../protocols/resp/index.ts';
import { type Ledger, preview, type Sighting } from '../ledger.ts';
import type { SeenFrame, Tale, Teller } from '../teller.ts';
import { ListStory } from './_redis-lists.ts';
import { PubSubStory } from './_redis-pubsub.ts';
import type { RedisStory } from './_redis-story.ts';
import { StreamStory } from './_redis-streams.ts';
import { Transactions } from './_redis-transactions.ts';

class RespTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #pubsub: PubSubStory;
  readonly #lists: ListStory;
  readonly #stories: readonly RedisStory[];
  readonly #transactions = new Transactions();
  /** Who follows a command whose reply has not come. */
  readonly #asked = new WeakMap<RespCommand, RedisStory>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#pubsub = new PubSubStory(ledger);
    this.#lists = new ListStory(ledger);
    this.#stories = [this.#pubsub, this.#lists, new StreamStory(ledger)];
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as RespFrameValue;
    if (value.kind === 'push') return this.#pubsub.push(seen, value);
    if (value.kind === 'command') {
      const now = this.#transactions.command(seen.connection, value);
      if (now === true) return;
      for (const command of now === false ? [value] : now) this.#ask(seen, command);
      return;
    }
    const { command, reply } = value;
    if (!command) return;
    const executed = this.#transactions.executedBy(command);
    if (executed) return this.#executed(seen, command, executed, reply);
    if (!this.#transactions.waits(command)) return this.#answer(seen, command, reply);
    if (!isError(reply)) return;
    this.#transactions.refused(seen.connection, command);
    this.#plain(seen, command, reply);
  }

  closed(at: Sighting, connection: number): void {
    this.#transactions.closed(connection);
    this.#pubsub.closed(at, connection);
  }

  #ask(seen: SeenFrame, command: RespCommand): void {
    const story = this.#stories.find((one) => one.command(seen, command));
    if (story) this.#asked.set(command, story);
  }

  /** EXEC answers with the replies of all that it carried out; with nil where a watched key had changed. */
  #executed(seen: SeenFrame, exec: RespCommand, commands: readonly RespCommand[], reply: RespValue): void {
    const value = bare(reply);
    if ('items' in value) {
      for (const [index, command] of commands.entries()) {
        const item = value.items[index];
        if (item) this.#answer(seen, command, item);
      }
      return;
    }
    const why = isError(reply) ? textOf(reply) : 'a watched key had changed, so EXEC did nothing';
    for (const command of commands) this.#refused(seen, command, 'dropped', 'EXEC', why);
    this.#plain(seen, exec, reply);
  }

  #answer(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    // Who has said QUIT is subscribed to nothing any more, though the connection may stand a moment longer.
    if (command.name === 'QUIT') return this.#pubsub.closed(seen, seen.connection);
    const story = this.#asked.get(command);
    if (story && !isError(reply)) return story.reply(seen, command, reply);
    if (!this.#refused(seen, command, 'rejected', 'error', textOf(reply))) this.#plain(seen, command, reply);
  }

  /** What a command published goes nowhere; false where it published nothing. */
  #refused(
    seen: SeenFrame,
    command: RespCommand,
    stage: 'rejected' | 'dropped',
    verb: string,
    why: string | undefined,
  ): boolean {
    const messages = this.#asked.get(command)?.published(command) ?? [];
    for (const message of messages) {
      this.#ledger.explain(message);
      this.#ledger.step(seen, message, { stage, verb, from: 'server', route: '', why });
    }
    return messages.length > 0;
  }

  /** A command that carries no message. */
  #plain(seen: SeenFrame, command: RespCommand, reply: RespValue): void {
    if (seen.frame.phase !== 'open') return;
    this.#ledger.note(seen, `${commandText(command)} → ${replyText(withoutSecrets(reply, command))}`);
    if (!isError(reply)) this.#lists.deleted(seen, command);
  }
}

/** A command on one line: its name and its first arguments. */
function commandText(command: RespCommand): string {
  const { name, args, argCount } = command;
  const hidden = secretArgs(command);
  const shown = args.slice(0, 3).map((arg, index) => (hidden.has(index) ? HIDDEN : preview(arg)));
  return [name, ...shown, ...(argCount > shown.length ? ['…'] : [])].join(' ');
}

function replyText(reply: RespValue): string {
  const value = bare(reply);
  const text = textOf(value);
  if (text !== undefined) return value.type === 'bulk' ? `"${preview(Buffer.from(text))}"` : text;
  if (value.type === 'boolean') return String(value.value);
  if ('items' in value) return `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  return 'nil';
}

const tale: Tale = { name: 'resp', begin: (ledger) => new RespTeller(ledger) };
export default tale;
