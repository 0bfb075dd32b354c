import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import rabbitmq from '../../../src/servers/rabbitmq/index.ts';
import type { RunningServer } from '../../../src/servers/server.ts';
import { type RealRabbitmq, startReal, unavailable } from '../../helpers/real-rabbitmq.ts';
import { CHAPTERS } from './chapters.ts';
import { Bench, type Script } from './script.ts';
import { StompBench, type StompScript, stomp } from './stomp.ts';

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
});
