import { FlowProducer, type Job, Queue, QueueEvents, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import redis from '../../src/servers/redis/index.ts';
import type { RunningServer } from '../../src/servers/server.ts';

let server: RunningServer;
let connection: { host: string; port: number };
const opened: { close(): Promise<unknown> }[] = [];

function keep<T extends { close(): Promise<unknown> }>(closable: T): T {
  opened.push(closable);
  return closable;
}

/** Resolves when so many jobs have ended. */
function finished(worker: Worker, count: number, event: 'completed' | 'failed' = 'completed'): Promise<Job[]> {
  const jobs: Job[] = [];
  return new Promise((resolve) => {
    worker.on(event, (job: Job | undefined) => {
      if (job) jobs.push(job);
      if (jobs.length === count) resolve(jobs);
    });
  });
}

beforeAll(async () => {
  server = await redis.start({ services: ['redis'], hosts: ['127.0.0.1'] });
  connection = { host: '127.0.0.1', port: Number(new URL(server.urls.redis!).port) };
});

afterEach(async () => {
  for (const closable of opened.splice(0).reverse()) await closable.close();
});

afterAll(() => server.close());

describe('BullMQ on the embedded Redis', () => {
  it('does jobs, many at a time, and tells their results', async () => {
    const queue = keep(new Queue('jobs', { connection }));
    const events = keep(new QueueEvents('jobs', { connection }));
    await events.waitUntilReady();
    const worker = keep(new Worker('jobs', async (job) => job.data.n * 2, { connection, concurrency: 10 }));
    const done = finished(worker, 100);
    await queue.addBulk(Array.from({ length: 100 }, (_, n) => ({ name: 'double', data: { n: n + 1 } })));
    const results = (await done).map((job) => job.returnvalue as number);
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => (n + 1) * 2));
    const job = await queue.add('double', { n: 21 });
    expect(await job.waitUntilFinished(events, 5000)).toBe(42);
    expect(await queue.getJobCounts('completed', 'waiting', 'failed')).toEqual({
      completed: 101,
      waiting: 0,
      failed: 0,
    });
  });

  it('delays and prioritises', async () => {
    const queue = keep(new Queue('ordered', { connection }));
    await queue.add('late', {}, { delay: 150 });
    await queue.add('low', {}, { priority: 10 });
    await queue.add('high', {}, { priority: 1 });
    const order: string[] = [];
    let waitedMs = 0;
    const work = async (job: Job): Promise<void> => {
      if (job.name === 'late') waitedMs = Date.now() - job.timestamp;
      else order.push(job.name);
    };
    const worker = keep(new Worker('ordered', work, { connection, concurrency: 1 }));
    await finished(worker, 3);
    expect(order).toEqual(['high', 'low']);
    expect(waitedMs).toBeGreaterThanOrEqual(150);
  });

  it('repeats', async () => {
    const queue = keep(new Queue('repeated', { connection }));
    const worker = keep(new Worker('repeated', async () => 'tick', { connection }));
    const done = finished(worker, 3);
    await queue.upsertJobScheduler('ticker', { every: 60 }, { name: 'tick' });
    await done;
    expect(await queue.getJobSchedulersCount()).toBe(1);
    await queue.removeJobScheduler('ticker');
  });

  it('retries with backoff, and gives up', async () => {
    const queue = keep(new Queue('flaky', { connection }));
    const worker = keep(
      new Worker(
        'flaky',
        async (job) => {
          if (job.name === 'hopeless' || job.attemptsMade < 2) throw new Error('not yet');
          return 'at last';
        },
        { connection },
      ),
    );
    const done = finished(worker, 1);
    const failures = new Promise<void>((resolve) => {
      worker.on('failed', (job) => {
        if (job?.name === 'hopeless' && job.attemptsMade === 2) resolve();
      });
    });
    await queue.add('flaky', {}, { attempts: 5, backoff: { type: 'exponential', delay: 20 } });
    await queue.add('hopeless', {}, { attempts: 2, backoff: 20 });
    const [job] = await done;
    await failures;
    expect(job).toMatchObject({ attemptsMade: 3, returnvalue: 'at last' });
    expect(await queue.getFailedCount()).toBe(1);
  });

  it('gives a stalled job to another worker', async () => {
    const queue = keep(new Queue('stalled', { connection }));
    let seen: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const stuck = new Worker(
      'stalled',
      () => {
        seen();
        return new Promise(() => {});
      },
      { connection, lockDuration: 100, skipLockRenewal: true, skipStalledCheck: true },
    );
    await queue.add('x', {});
    await started;
    await stuck.close(true);
    const rescuer = keep(
      new Worker('stalled', async () => 'rescued', { connection, stalledInterval: 100, lockDuration: 1000 }),
    );
    const [job] = await finished(rescuer, 1);
    expect(job).toMatchObject({ returnvalue: 'rescued' });
  });

  it('runs a flow, children first', async () => {
    const flow = keep(new FlowProducer({ connection }));
    keep(new Worker('children', async (job) => job.data.n, { connection }));
    const parent = keep(
      new Worker('parents', async (job) => Object.values(await job.getChildrenValues()).reduce((a, b) => a + b, 0), {
        connection,
      }),
    );
    const done = finished(parent, 1);
    await flow.add({
      name: 'sum',
      queueName: 'parents',
      children: [1, 2, 3].map((n) => ({ name: 'part', queueName: 'children', data: { n } })),
    });
    const [job] = await done;
    expect(job?.returnvalue).toBe(6);
  });
});
