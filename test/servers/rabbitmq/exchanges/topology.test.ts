import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeProperties } from '../../../../src/protocols/amqp/properties.ts';
import { matches } from '../../../../src/protocols/amqp/routing.ts';
import { DIFFERENCES } from '../../../../src/servers/rabbitmq/differences.ts';
import { Exchange } from '../../../../src/servers/rabbitmq/exchanges/exchange.ts';
import { Topology } from '../../../../src/servers/rabbitmq/exchanges/topology.ts';
import { Message } from '../../../../src/servers/rabbitmq/messages/message.ts';
import { classic } from '../../../../src/servers/rabbitmq/queues/kinds/classic.ts';
import { readOptions } from '../../../../src/servers/rabbitmq/queues/options.ts';
import { Queue } from '../../../../src/servers/rabbitmq/queues/queue.ts';
import { releaseFor } from '../../../../src/servers/rabbitmq/releases.ts';
import { traitsOf } from '../../../../src/servers/releases.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

// The pure rules, which it is compared with, are those of RabbitMQ 3.
const releaseTraits = traitsOf(DIFFERENCES, releaseFor('3.10'));
const clock = new ManualClock();
const host = { clock, died: () => {}, removeQueue: () => {}, account: () => {} };
const options = readOptions({});
const createQueue = (name: string) =>
  new Queue(
    {
      name,
      title: name,
      kind: classic(releaseTraits),
      isDurable: false,
      isAutoDelete: false,
      owner: undefined,
      arguments: {},
      options,
    },
    host,
  );
const createExchange = (name: string, type: 'direct' | 'fanout' | 'topic' | 'headers') =>
  new Exchange({ name, type, isDurable: false, isAutoDelete: false, isInternal: false, arguments: {} }, releaseTraits);
const traits = { isPersistent: false, priority: 0, ttlMs: undefined };
const createMessage = (exchange: string, key: string, headers = {}) =>
  new Message(exchange, key, encodeProperties({ headers }), Buffer.alloc(0), traits);

const part = fc.constantFrom('a', 'b', '*', '#', '');
const pattern = fc.array(part, { maxLength: 5 }).map((words) => words.join('.'));
const table = fc.record({ a: fc.integer({ min: 0, max: 1 }), b: fc.constant(null) }, { requiredKeys: [] });
const bindings = fc.array(fc.record({ queue: fc.integer({ min: 0, max: 3 }), routingKey: pattern, arguments: table }), {
  maxLength: 12,
});

describe('a topology', () => {
  it('routes as the pure rules say, whatever is bound and unbound', () => {
    const type = fc.constantFrom('direct' as const, 'fanout' as const, 'topic' as const, 'headers' as const);
    const unbinds = fc.array(fc.nat(), { maxLength: 4 });
    const messages = fc.array(fc.tuple(pattern, table), { maxLength: 8 });
    fc.assert(
      fc.property(type, bindings, unbinds, messages, (kind, bound, unbound, sent) => {
        const topology = new Topology(releaseTraits);
        const exchange = createExchange('x', kind);
        topology.addExchange(exchange);
        const queues = [0, 1, 2, 3].map((index) => createQueue(`q${index}`));
        for (const queue of queues) topology.addQueue(queue);
        for (const one of bound) topology.bind(exchange, queues[one.queue]!, one.routingKey, one.arguments);
        const gone = unbound.flatMap((index) => bound[index % Math.max(1, bound.length)] ?? []);
        for (const one of gone) topology.unbind(exchange, queues[one.queue]!, one.routingKey, one.arguments);
        const id = (one: (typeof bound)[number]) =>
          JSON.stringify([one, Object.entries(one.arguments).sort()].slice(0, 1));
        const left = bound.filter((one) => !gone.some((other) => id(one) === id(other)));
        for (const [key, headers] of sent) {
          const found = topology.route(exchange, createMessage('x', key, headers)).map(({ name }) => name);
          const expected = left.filter((one) => matches(kind, one, key, headers)).map((one) => `q${one.queue}`);
          expect([...found].sort()).toEqual([...new Set(expected)].sort());
          // What was found is remembered, and must be found again.
          expect(topology.route(exchange, createMessage('x', key, headers)).map(({ name }) => name)).toEqual(found);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('ends with patterns on which backtracking would not', () => {
    const topology = new Topology(releaseTraits);
    const exchange = createExchange('x', 'topic');
    topology.bind(exchange, createQueue('q'), `${'#.a.'.repeat(30)}#.b`, {});
    expect(topology.route(exchange, createMessage('x', 'a.'.repeat(120)))).toEqual([]);
  });

  it('does not fill up with the keys it has seen', () => {
    const topology = new Topology(releaseTraits);
    const exchange = createExchange('x', 'topic');
    for (let key = 0; key < 10_000; key += 1) topology.route(exchange, createMessage('x', `k.${key}`));
    expect(exchange.found.size).toBeLessThanOrEqual(1024);
  });
});
