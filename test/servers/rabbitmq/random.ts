/** Random sequences of operations, made once and played on both brokers. */
import fc from 'fast-check';
import type { Reply } from '../../helpers/amqp-peer.ts';
import type { Bench, Line } from './contract/_script.ts';

const EXCHANGES = ['direct', 'fanout', 'topic', 'headers'] as const;
const KEYS = ['a', 'a.b', 'b', 'a.*', '#'] as const;

const queue = fc.integer({ min: 0, max: 2 });
const exchange = fc.constantFrom(...EXCHANGES);
const key = fc.constantFrom(...KEYS);

export type Operation =
  | {
      do: 'publish';
      exchange: (typeof EXCHANGES)[number] | '';
      key: string;
      queue: number;
      priority: number;
      header: number;
    }
  | { do: 'bind' | 'unbind'; queue: number; exchange: (typeof EXCHANGES)[number]; key: string; header: number }
  | { do: 'get'; queue: number; noAck: boolean }
  | { do: 'ack' | 'reject' | 'requeue'; nth: number; multiple: boolean }
  | { do: 'recover' }
  | { do: 'purge' | 'look'; queue: number };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      exchange: fc.oneof(exchange, fc.constant('' as const)),
      key,
      queue,
      priority: fc.integer({ min: 0, max: 4 }),
      header: fc.integer({ min: 0, max: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('bind' as const, 'unbind' as const),
      queue,
      exchange,
      key,
      header: fc.integer({ min: 0, max: 1 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), queue, noAck: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('ack' as const, 'reject' as const, 'requeue' as const),
      nth: fc.nat({ max: 5 }),
      multiple: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recover' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('purge' as const, 'look' as const), queue }) },
);

export const operations = fc.array(operation, { minLength: 5, maxLength: 40 });

/**
 * Queues of three kinds: plain, with priorities, and short. No dead letters: when these arrive is a matter of luck on a
 * broker of many processes; they have scripts of their own.
 */
async function prepare(bench: Bench, line: Line): Promise<string[]> {
  const first = await bench.queue(line, 'q0', { exclusive: true });
  const kinds = [{ 'x-max-priority': 3 }, { 'x-max-length': 2 }];
  const queues = [first];
  for (const [index, args] of kinds.entries()) {
    queues.push(await bench.queue(line, `q${index + 1}`, { exclusive: true, arguments: args }));
  }
  for (const type of EXCHANGES) await bench.exchange(line, type, type, { autoDelete: false });
  return queues;
}

/** Plays the operations and tells what each of them answered, and what is left in the end. */
export async function play(bench: Bench, list: readonly Operation[]): Promise<unknown> {
  const line = await bench.open();
  const publisher = await line.sibling();
  await publisher.call('confirm.select');
  const queues = await prepare(bench, line);
  const unacked: number[] = [];
  const answers: unknown[] = [];
  let published = 0;
  for (const one of list) {
    if (one.do === 'publish') {
      const target = one.exchange === '' ? '' : bench.name(one.exchange);
      const routingKey = one.exchange === '' ? queues[one.queue]! : one.key;
      published += 1;
      publisher.publish(target, routingKey, `m${published}`, { priority: one.priority, headers: { h: one.header } });
      await publisher.peer.confirms(publisher.number, published);
    } else if (one.do === 'bind' || one.do === 'unbind') {
      const binding = {
        queue: queues[one.queue]!,
        exchange: bench.name(one.exchange),
        routingKey: one.key,
        arguments: { h: one.header },
      };
      answers.push(await line.call(`queue.${one.do}`, binding));
    } else if (one.do === 'get') {
      const got = await line.call('basic.get', { queue: queues[one.queue]!, noAck: one.noAck });
      if (got.method === 'basic.get-ok' && !one.noAck) unacked.push(got.args.deliveryTag as number);
      answers.push(got);
    } else if (one.do === 'recover') {
      unacked.length = 0;
      answers.push(await line.call('basic.recover', { requeue: true }));
    } else if (one.do === 'purge') answers.push(await line.call('queue.purge', { queue: queues[one.queue]! }));
    else if (one.do === 'look')
      answers.push(await line.call('queue.declare', { queue: queues[one.queue]!, passive: true }));
    else settle(line, unacked, one as Settling);
  }
  const left = [];
  for (const name of queues) left.push(await drain(line, name));
  for (const type of EXCHANGES) await line.call('exchange.delete', { exchange: bench.name(type) });
  return { answers, left };
}

type Settling = Extract<Operation, { nth: number }>;

function settle(line: Line, unacked: number[], one: Settling): void {
  if (unacked.length === 0) return;
  const index = one.nth % unacked.length;
  const deliveryTag = unacked[index]!;
  unacked.splice(one.multiple ? 0 : index, one.multiple ? index + 1 : 1);
  const { multiple } = one;
  if (one.do === 'ack') line.send('basic.ack', { deliveryTag, multiple });
  else line.send('basic.nack', { deliveryTag, multiple, requeue: one.do === 'requeue' });
}

async function drain(line: Line, queue: string): Promise<Reply[]> {
  const got: Reply[] = [];
  for (;;) {
    const reply = await line.call('basic.get', { queue, noAck: true });
    if (reply.method !== 'basic.get-ok') return got;
    got.push(reply);
  }
}
