/** AMQP transactions: what was published and settled counts at commit, or not at all. https://www.rabbitmq.com/docs/semantics */
import type { SeenBroker } from '../broker/broker.ts';
import type { Held } from '../broker/channels/channel.ts';
import { request } from '../broker/channels/request.ts';
import type { Sighting } from '../ledger/index.ts';
import type { SeenFrame } from '../teller.ts';
import type { AmqpChannel } from './_amqp-channel.ts';
import { settleNow } from './_amqp-requests.ts';

export function select(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel): void {
  const isAlready = channel.transaction !== undefined;
  channel.transaction ??= { publishes: [], settled: [] };
  channel.ask(request('tx.select', channel.span(seen), {}), false, () => {
    if (!isAlready) broker.ledger.note(seen, { code: 'TRANSACTIONS_BEGIN', values: {} });
  });
}

export function commit(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel): void {
  const { publishes = [], settled = [] } = channel.transaction ?? {};
  channel.transaction = { publishes: [], settled: [] };
  for (const publish of publishes) {
    publish.span = channel.span(seen);
    publish.unit = publishes;
    publish.send(seen);
    channel.pending.push(publish);
  }
  for (const { held, how, method } of settled) {
    settleNow(broker, seen, channel, method, held, how, { isLater: true }).unit = publishes;
  }
  const values = { messages: publishes.length, acks: acksIn(settled) };
  channel.ask(request('tx.commit', channel.span(seen), {}), false, () => {
    if (isAny(values)) broker.ledger.note(seen, { code: 'TRANSACTION_COMMITTED', values });
  });
}

export function rollback(broker: SeenBroker, seen: SeenFrame, channel: AmqpChannel): void {
  const { publishes = [], settled = [] } = channel.transaction ?? {};
  channel.transaction = { publishes: [], settled: [] };
  // What it acknowledged is held again, whether the server gets to this or not.
  for (const { held } of settled) for (const one of held) holdAgain(channel, one);
  const neverCommitted = (at: Sighting): void => {
    for (const publish of publishes) publish.undone(at, { code: 'NEVER_COMMITTED', values: {} });
  };
  const asked = request('tx.rollback', channel.span(seen), {
    done: (at) => {
      for (const publish of publishes) publish.undone(at, { code: 'ROLLED_BACK', values: {} });
      const values = { messages: publishes.length, acks: acksIn(settled) };
      // Whoever showed that it was rolled back, it is this channel's.
      const its = { ...at, peer: channel.peer, connection: channel.connection };
      if (isAny(values)) broker.ledger.note(its, { code: 'TRANSACTION_ROLLED_BACK', values });
    },
    lost: neverCommitted,
    undone: neverCommitted,
  });
  channel.ask(asked, false);
}

function acksIn(settled: readonly { readonly held: readonly Held[] }[]): number {
  return settled.reduce((count, { held }) => count + held.length, 0);
}

/** Nothing comes of a transaction with nothing in it. */
function isAny({ messages, acks }: { messages: number; acks: number }): boolean {
  return messages + acks > 0;
}

/** What was acknowledged counts as held again. */
function holdAgain({ unacked }: AmqpChannel, held: Held): void {
  unacked.set(held.tag, held);
}
