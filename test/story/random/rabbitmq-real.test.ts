/**
 * The random programs on a real RabbitMQ: the truth is what its tracer tells, and what is left in its queues.
 * MSGPLAY_RANDOM_REAL_RUNS says how many of each kind, MSGPLAY_RANDOM_REAL_VERSION on which release.
 */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Keeper } from '../../../src/backends/_keeper.ts';
import type { Endpoint } from '../../../src/backends/backend.ts';
import local from '../../../src/backends/local.ts';
import type { Service } from '../../../src/core/services.ts';
import { missing, titled } from '../../helpers/servers.ts';
import { seed } from './chosen.ts';
import { awaited, untimed } from './rabbitmq/arbitrary.ts';
import { Firehose } from './rabbitmq/firehose.ts';
import { perform } from './rabbitmq/play.ts';
import { forReal, type Program } from './rabbitmq/program.ts';
import { lines } from './rabbitmq/program-text.ts';
import { judgeReal } from './rabbitmq/real-judge.ts';
import { RealWorld } from './rabbitmq/real-world.ts';

const version = process.env.MSGPLAY_RANDOM_REAL_VERSION ?? '3.10';
const numRuns = Number(process.env.MSGPLAY_RANDOM_REAL_RUNS ?? 20);
/**
 * So many of them may be told wrong. It should be none; but no two runs of a program on a real server go alike, and one
 * in some hundred still meets a moment that the story takes for another (see rabbitmq.test.ts).
 */
const MOST_FALSE = Math.ceil(numRuns / 20);
const TOPICS = ['k1', 'k2', 'q1'];
const QUEUES = ['q1', 'q2', 'q3', 's1', 'missing'];

const why = await missing('local', ['rabbitmq', 'stomp']);

describe.skipIf(why)(titled('the story of random programs on a real RabbitMQ', why), () => {
  let endpoints: Map<Service, Endpoint>;
  let firehose: Firehose;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const run = vi.spyOn(Keeper.prototype, 'run');
    const signal = new AbortController().signal;
    const started = await local.start({
      services: ['rabbitmq', 'stomp'],
      versions: { rabbitmq: version },
      urls: {},
      ports: {},
      progress: () => {},
      signal,
    });
    close = started.close;
    endpoints = new Map(started.endpoints.map((endpoint) => [endpoint.service, endpoint]));
    const { command = '', env = {} } = run.mock.calls.at(-1)?.[1] ?? {};
    run.mockRestore();
    // The tracer is switched on by the rabbitmqctl that stands beside that server.
    await promisify(execFile)(join(dirname(command), 'rabbitmqctl'), ['trace_on'], { env });
    firehose = await Firehose.open(endpoints.get('rabbitmq')?.url ?? '');
  });

  afterAll(async () => {
    firehose?.close();
    await close?.();
  });

  async function violations(program: Program): Promise<string[]> {
    firehose.routed.clear();
    const left = new Map<string, string[]>();
    const world = await RealWorld.of(endpoints);
    try {
      await perform(program, world);
      const account = await world.end();
      await firehose.catchUp(TOPICS);
      for (const queue of QUEUES) {
        const bodies = await firehose.drain(queue);
        if (bodies) left.set(queue, bodies);
      }
      const { events, fates } = world;
      return judgeReal(program, { events, fates, account, routed: firehose.routed, left });
    } finally {
      await firehose.cleanUp(QUEUES, ['x1', 'x2']);
    }
  }

  const runs = (programs: fc.Arbitrary<Program>): Program[] => fc.sample(programs, { numRuns, seed }).map(forReal);

  test.each([
    { title: 'in which each step is answered before the next', programs: awaited },
    { title: 'that wait for little', programs: untimed },
  ])(
    '$title',
    async ({ programs }) => {
      const failures: string[] = [];
      for (const program of runs(programs)) {
        const found = await violations(program).catch((error: Error) => [error.message]);
        if (found.length > 0) failures.push([...lines(program), '', ...found].join('\n'));
      }
      const shortestFirst = failures.sort((one, other) => one.length - other.length);
      const told = `${failures.length} programs of seed ${seed} fail:\n${shortestFirst.join('\n\n')}`;
      expect(failures.length, told).toBeLessThanOrEqual(MOST_FALSE);
    },
    600_000,
  );
});
