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

class RespTeller implements Teller {
  readonly #ledger: Ledger;
  readonly #pubsub: PubSubStory;
  readonly #stories: readonly RedisStory[];
  /** Who follows a command whose reply has not come. */
  readonly #asked = new WeakMap<RespCommand, RedisStory>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#pubsub = new PubSubStory(ledger);
    this.#stories = [this.#pubsub, new ListStory(ledger), new StreamStory(ledger)];
  }

  frame(seen: SeenFrame): void {
    const value = seen.frame.value as RespFrameValue;
    if (value.kind === 'push') return this.#pubsub.push(seen, value);
    if (value.kind === 'command') {
      const story = this.#stories.find((one) => one.command(seen, value));
      if (story) this.#asked.set(value, story);
      return;
    }
    const { command, reply } = value;
    if (!command) return;
    // Who has said QUIT is subscribed to nothing any more, though the connection may stand a moment longer.
    if (command.name === 'QUIT') return this.#pubsub.closed(seen, seen.connection);
    const story = this.#asked.get(command);
    if (story && !isError(reply)) return story.reply(seen, command, reply);
    for (const message of story?.published(command) ?? []) {
      this.#ledger.explain(message);
      const why = textOf(reply);
      this.#ledger.step(seen, message, { stage: 'rejected', verb: 'error', from: 'server', route: '', why });
    }
    if (story && story.published(command).length > 0) return;
    if (seen.frame.phase === 'open')
      this.#ledger.note(seen, `${commandText(command)} → ${replyText(withoutSecrets(reply, command))}`);
  }

  closed(at: Sighting, connection: number): void {
    this.#pubsub.closed(at, connection);
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
