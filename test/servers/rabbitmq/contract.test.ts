import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rabbitmq from '../../../src/servers/rabbitmq/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';
import { type RealRabbitmq, startReal, unavailable } from '../../helpers/real-rabbitmq.ts';
import { CHAPTERS } from './contract/_chapters.ts';
import { Bench, type Script } from './contract/_script.ts';
import { StompBench, type StompScript, stomp } from './contract/stomp.ts';
import { operations, play } from './random.ts';

const why = await unavailable();
const prefix = `t${randomBytes(4).toString('hex')}.`;
let embedded: RunningServer;
let real: RealRabbitmq;

beforeAll(async () => {
  embedded = await rabbitmq.start({ services: ['rabbitmq', 'stomp'] });
  if (!why) real = await startReal();
}, 90_000);
afterAll(async () => {
  await embedded?.close();
  await real?.close();
});

let counter = 0;
async function outcome(url: string, { run, loosening }: Script, number: number): Promise<unknown> {
  const bench = new Bench(url, `${prefix}${number}.`);
  try {
    const told = bench.comparable(await run(bench));
    return loosening ? loosening.loosen(told) : told;
  } finally {
    await bench.close();
  }
}

async function stompOutcome(url: string, { run }: StompScript, number: number): Promise<unknown> {
  const bench = new StompBench(url, `${prefix}${number}.`);
  try {
    return bench.comparable(await run(bench));
  } finally {
    bench.close();
  }
}

if (why) console.warn(`not compared with a real RabbitMQ: ${why}`);

describe.skipIf(why)('the embedded RabbitMQ answers as the real one', () => {
  for (const { title, scripts } of CHAPTERS) {
    describe(title, () => {
      it.each(scripts)('$title', async (script) => {
        const number = counter++;
        const [ours, theirs] = await Promise.all([
          outcome(embedded.urls.rabbitmq!, script, number),
          outcome(real.amqp, script, number),
        ]);
        expect(ours).toEqual(theirs);
      });
    });
  }

  describe('STOMP', () => {
    it.each(stomp)('$title', async (script) => {
      const number = counter++;
      const [ours, theirs] = await Promise.all([
        stompOutcome(embedded.urls.stomp!, script, number),
        stompOutcome(real.stomp, script, number),
      ]);
      expect(ours).toEqual(theirs);
    });
  });

  it('plays any sequence of operations', async () => {
    const played = (url: string, list: Parameters<typeof play>[1], number: number) =>
      outcome(url, { title: '', run: (bench) => play(bench, list) }, number);
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const number = counter++;
        const [ours, theirs] = await Promise.all([
          played(embedded.urls.rabbitmq!, list, number),
          played(real.amqp, list, number),
        ]);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 60, endOnFailure: false },
    );
  }, 120_000);

  it('keeps over a restart what the real one keeps', async () => {
    if (!real.restart) return;
    const before = async (url: string) => {
      const bench = new Bench(url, prefix);
      const line = await bench.open();
      const durable = await bench.queue(line, 'durable', { durable: true });
      const passing = await bench.queue(line, 'passing');
      const quorum = await bench.queue(line, 'quorum', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      const kept = await bench.exchange(line, 'kept', 'direct', { durable: true });
      const gone = await bench.exchange(line, 'gone', 'direct');
      await line.call('queue.bind', { queue: durable, exchange: kept, routingKey: 'k' });
      await line.call('queue.bind', { queue: durable, exchange: gone, routingKey: 'k' });
      await line.confirmed('', durable, ['persistent 1', 'persistent 2', 'held'], { deliveryMode: 2 });
      await line.confirmed('', durable, ['transient'], {});
      await line.confirmed('', quorum, ['persistent'], { deliveryMode: 2 });
      await line.confirmed('', quorum, ['transient'], {});
      await line.confirmed('', passing, ['persistent'], { deliveryMode: 2 });
      await line.call('basic.get', { queue: durable });
      await bench.close();
    };
    const after = async (url: string) => {
      const bench = new Bench(url, prefix);
      const line = await bench.open();
      await line.confirmed(`${prefix}kept`, 'k', ['bound still']);
      const got = [];
      for (const [queue, most] of [
        ['durable', 5],
        ['quorum', 3],
      ] as const) {
        for (let count = 0; count < most; count += 1) {
          got.push(await line.call('basic.get', { queue: bench.name(queue), noAck: true }));
        }
      }
      const looked = [
        await (await line.sibling()).call('queue.declare', { queue: bench.name('passing'), passive: true }),
        await (await line.sibling()).call('exchange.declare', { exchange: bench.name('gone'), passive: true }),
      ];
      await line.call('queue.delete', { queue: bench.name('durable') });
      await line.call('queue.delete', { queue: bench.name('quorum') });
      await line.call('exchange.delete', { exchange: bench.name('kept') });
      const told = bench.comparable([got.map(({ method, body }) => [method, body]), looked]);
      await bench.close();
      return told;
    };
    await Promise.all([before(embedded.urls.rabbitmq!), before(real.amqp)]);
    await Promise.all([embedded.restart!(), real.restart()]);
    const [ours, theirs] = await Promise.all([after(embedded.urls.rabbitmq!), after(real.amqp)]);
    expect(ours).toEqual(theirs);
  }, 120_000);
});
