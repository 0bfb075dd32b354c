/** What runs declare on a RabbitMQ that others share: queues and exchanges, by their names. */
import type { Channel, ChannelModel } from 'amqplib';
import { messageOf } from '../../core/errors.ts';
import type { Service } from '../../core/services.ts';
import { TooLong, within } from '../../core/time/patience.ts';
import type { AmqpValue } from '../../protocols/amqp/index.ts';
import type { Frame } from '../../protocols/protocol.ts';
import type { Item, LeftoversOf, Removal, Watcher, Watching } from './leftovers.ts';

/** So many deletions are under way at once. */
const AT_ONCE = 16;
/** How long one deletion may take, in ms. */
const DELETE_MS = 10_000;

class Declared implements Watcher {
  readonly #watching: Watching;
  readonly #items = new Map<string, Item>();
  readonly #foreign = new Set<string>();

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  watch(frame: Frame): void {
    if (frame.protocol !== 'amqp') return;
    const { method, args } = frame.value as AmqpValue;
    // What is exclusive or deletes itself goes with its connections.
    if (method === 'queue.declare' && !args.passive && args.queue !== '') {
      this.#note('queue', args.queue, args.exclusive || args.autoDelete);
    }
    if (method === 'exchange.declare' && !args.passive) this.#note('exchange', args.exchange, args.autoDelete);
  }

  async items(): Promise<readonly Item[]> {
    return [...this.#items.values()];
  }

  #note(kind: 'queue' | 'exchange', name: string, goesByItself: boolean): void {
    const { isOurs, declared, foreign } = this.#watching;
    const key = `${kind} ${name}`;
    if (isOurs(name)) {
      if (this.#items.has(key)) return;
      const item: Item = { kind, name };
      this.#items.set(key, item);
      declared(item);
    } else if (!goesByItself && !this.#foreign.has(key)) {
      this.#foreign.add(key);
      foreign({ kind, name });
    }
  }
}

/** RabbitMQ answers a deletion of what is not there with success, so nothing needs to be asked first. */
async function removeOne(channel: Channel, { kind, name }: Item): Promise<void> {
  await within(DELETE_MS, kind === 'queue' ? channel.deleteQueue(name) : channel.deleteExchange(name));
}

async function openChannel(connection: ChannelModel): Promise<Channel> {
  const channel = await within(DELETE_MS, connection.createChannel());
  channel.on('error', () => {});
  return channel;
}

/**
 * Takes one after the other off the list; a refusal closes the channel, so the next one is deleted on another. A server
 * that does not answer is not asked again.
 */
async function removeInTurn(connection: ChannelModel, left: Item[], removal: Removal, failures: unknown[]) {
  let channel: Channel | undefined;
  for (let item = left.pop(); item; item = left.pop()) {
    try {
      channel ??= await openChannel(connection);
      await removeOne(channel, item);
      removal.removed(item);
    } catch (error) {
      if (error instanceof TooLong) throw error;
      failures.push(error);
      channel = undefined;
    }
  }
  if (channel) await within(DELETE_MS, channel.close());
}

async function remove(urls: ReadonlyMap<Service, string>, items: readonly Item[], removal: Removal): Promise<void> {
  const url = urls.get('rabbitmq');
  if (url === undefined) throw new Error('no URL of it by AMQP is known (--rabbitmq-url)');
  const { connect } = await import('amqplib');
  const done = new AbortController();
  // amqplib hands its options to the socket, which an aborted signal then ends; its types don't know that.
  const options: object = { signal: done.signal };
  try {
    const connection = await within(DELETE_MS, connect(url, options));
    connection.on('error', () => {});
    const failures: unknown[] = [];
    const left = [...items];
    const channels = Math.min(AT_ONCE, left.length);
    await Promise.all(Array.from({ length: channels }, () => removeInTurn(connection, left, removal, failures)));
    await within(DELETE_MS, connection.close());
    if (failures.length > 0) throw new Error(messageOf(failures[0]));
  } finally {
    done.abort();
  }
}

/** AMQP lists neither queues nor exchanges: what others left is known only where it was written down. */
export const rabbitmqLeftovers: LeftoversOf = { watcher: (watching) => new Declared(watching), remove };
