/** Purges and deletions that AMQP clients ask for: what of an exchange or a queue is there no more, and with how many messages. */
import type { AmqpArgs } from '../../protocols/amqp/index.ts';
import type { SeenBroker } from '../broker/broker.ts';
import { queueDeletion } from '../broker/channels/queue-deletion.ts';
import * as remove from '../broker/channels/remove.ts';
import { during } from '../broker/span.ts';
import type { SeenFrame } from '../teller.ts';
import { type AmqpChannel, toldWhenDone } from './_amqp-channel.ts';

type Args<Name extends keyof AmqpArgs> = AmqpArgs[Name];

/** It goes with the messages that wait there, or was not there: the server agrees to both. */
export function deleteQueue(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  args: Args<'queue.delete'>,
): void {
  const queue = args.queue || channel.lastQueue;
  const { request: asked, answer } = queueDeletion(broker, seen, channel, queue, args.ifEmpty || args.ifUnused);
  const tell = (messages?: number): void => {
    const all = broker.topology.everNamed(queue).filter((one) => during(one, asked.span) !== 'no');
    const isAbsent = broker.own && all.length === 0 && !messages;
    // Of a stream the server says that it held none.
    const isTold = messages !== undefined && !all.some(({ traits }) => traits.isStream);
    const rest = isAbsent ? { absent: true as const } : isTold ? { messages } : {};
    broker.ledger.note(seen, { code: 'DELETES_QUEUE', values: { queue, ...rest } });
  };
  if (args.noWait) return channel.ask(toldWhenDone(asked, tell), true);
  channel.ask(asked, false, (_at, value) => {
    if (value.method !== 'queue.delete-ok') return;
    answer(value.args.messageCount);
    tell(value.args.messageCount);
  });
}

export function purgeQueue(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel, args: Args<'queue.purge'>): void {
  const queue = args.queue || channel.lastQueue;
  const { request: asked, answer } = remove.purgeQueue(broker, seen, channel, queue);
  const tell = (messages?: number): void => {
    const values = { queue, ...(messages !== undefined && { messages }) };
    broker.ledger.note(seen, { code: 'PURGES_QUEUE', values });
  };
  if (args.noWait) return channel.ask(toldWhenDone(asked, tell), true);
  channel.ask(asked, false, (_at, value) => {
    if (value.method !== 'queue.purge-ok') return;
    answer(value.args.messageCount);
    tell(value.args.messageCount);
  });
}

export function deleteExchange(
  broker: SeenBroker,
  seen: SeenFrame,
  channel: AmqpChannel,
  { exchange, ifUnused, noWait }: Args<'exchange.delete'>,
): void {
  const asked = remove.deleteExchange(broker, seen, channel, exchange, ifUnused);
  const tell = (): void => {
    const isAbsent = broker.own && !broker.topology.at(exchange, asked.span);
    const values = { exchange, ...(isAbsent && { absent: true as const }) };
    broker.ledger.note(seen, { code: 'DELETES_EXCHANGE', values });
  };
  if (noWait) return channel.ask(toldWhenDone(asked, tell), true);
  channel.ask(asked, false, tell);
}
