/** Random sequences of operations must come out alike on the embedded RabbitMQ and on a real one. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RELEASES } from '../../../src/servers/rabbitmq/releases.ts';
import { unavailable } from '../../helpers/real-rabbitmq.ts';
import { titled } from '../../helpers/servers.ts';
import { Bench } from './contract/_script.ts';
import { embedded, real, type Subject } from './contract/_subject.ts';
import { type Operation, operations, play } from './random.ts';

const run = `t${randomBytes(4).toString('hex')}`;
let count = 0;

async function played(subject: Subject, list: readonly Operation[], prefix: string): Promise<unknown> {
  const bench = new Bench(subject, prefix);
  try {
    return bench.comparable(await play(bench, list));
  } finally {
    bench.close();
  }
}

const releases = await Promise.all(RELEASES.map(async (release) => ({ release, why: await unavailable(release) })));

describe.each(releases)('RabbitMQ $release.name, embedded and real', ({ release, why }) => {
  let ours: Subject;
  let theirs: Subject;
  beforeAll(async () => {
    if (why !== undefined) return;
    [ours, theirs] = await Promise.all([embedded(release), real(release)]);
  });
  afterAll(async () => {
    await ours?.close();
    await theirs?.close();
  });

  it.skipIf(why !== undefined)(titled('play any sequence of operations alike', why), async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (list) => {
        const prefix = `${run}.${count++}.`;
        const outcomes = await Promise.all([played(ours, list, prefix), played(theirs, list, prefix)]);
        expect(outcomes[0]).toEqual(outcomes[1]);
      }),
      { numRuns: Number(process.env.RANDOM_RUNS ?? 60), endOnFailure: false },
    );
  });
});
