import { defineScenario, say } from 'msgplay';

/** The last worker needs this much longer for the same job. */
const SLOWNESS = 4;

/** Small frames leave at once, instead of waiting up to 40 ms for company (Nagle's algorithm). */
const SOCKET = { noDelay: true };

export default defineScenario({
  name: 'job-queue',
  title: 'Competing consumers share one queue',
  lesson: 1,
  options: {
    jobs: { type: 'integer', default: 8, min: 1, max: 1000, help: 'how many jobs the producer sends' },
    workers: { type: 'integer', default: 2, min: 1, max: 20, help: 'how many workers share the queue' },
    prefetch: {
      type: 'integer',
      default: 1,
      min: 0,
      max: 1000,
      help: 'how many unacked jobs a worker may hold (0: no limit)',
    },
    crash: { type: 'flag', help: "worker-1's connection drops in the middle of its second job" },
  },
  needs: ['rabbitmq'],
  about: ({ jobs, workers, prefetch, crash }) =>
    crash
      ? say`jobs: ${jobs} · workers: ${workers} · prefetch ${prefetch} · worker-1 crashes on its 2nd job`
      : say`jobs: ${jobs} · workers: ${workers} · prefetch ${prefetch}`,
  names: ['job'],
  validate: ({ crash, jobs, workers }) =>
    crash && (workers < 2 || jobs < 4)
      ? 'With --crash there must be a second worker to take over (--workers 2 or more) and work for both (--jobs 4 or more).'
      : undefined,

  async run(lab, { jobs, workers, prefetch, crash }) {
    const amqp = await import('amqplib');
    const queue = lab.name('jobs');
    const names = Array.from({ length: workers }, (_, index) => `worker-${index + 1}`);
    const done = new Map<number, { worker: string; redelivered: boolean }>();
    const shares = new Map(names.map((name) => [name, 0]));
    const stopWorkers: (() => Promise<void>)[] = [];
    let crashedOn: number | undefined;

    const producer = await amqp.connect(await lab.url('rabbitmq', 'producer'), SOCKET);
    lab.defer(() => producer.close());
    const channel = await producer.createConfirmChannel();
    await channel.assertQueue(queue, { durable: true });

    for (const name of names) {
      const connection = await amqp.connect(await lab.url('rabbitmq', name), SOCKET);
      let alive = true;
      let started = 0;
      connection.on('error', () => {
        alive = false;
      });
      const worker = await connection.createChannel();
      worker.on('error', () => {});
      // The channel first: that way its last acks are on the wire before the connection goes.
      const stop = async (): Promise<void> => {
        if (!alive) return;
        alive = false;
        await worker.close();
        await connection.close();
      };
      lab.defer(stop);
      stopWorkers.push(stop);
      await worker.prefetch(prefetch);

      // One job after the other, however many the broker has already handed over.
      let work = Promise.resolve();
      await worker.consume(queue, (delivery) => {
        work = work.then(async () => {
          if (!delivery || !alive) return;
          const job = JSON.parse(delivery.content.toString());
          if (crash && name === 'worker-1' && ++started === 2) {
            await lab.sleep(job.costMs / 2);
            crashedOn = job.job;
            alive = false;
            return lab.cut(name);
          }
          await lab.sleep(job.costMs * (name === names.at(-1) ? SLOWNESS : 1));
          done.set(job.job, { worker: name, redelivered: delivery.fields.redelivered });
          shares.set(name, shares.get(name)! + 1);
          worker.ack(delivery);
        });
      });
    }

    lab.step(say`The producer sends ${jobs} jobs; the workers (${workers}) take them`);
    for (let job = 1; job <= jobs; job++) {
      const costMs = 10 + Math.floor(lab.random() * 20);
      channel.sendToQueue(queue, Buffer.from(JSON.stringify({ job, costMs })), { persistent: true });
    }
    await channel.waitForConfirms();
    await lab.until('every job is done', () => done.size === jobs, 60_000);
    for (const stop of stopWorkers) await stop();

    lab.table({
      title: "Each worker's share",
      columns: [{ title: 'worker' }, { title: 'jobs done', bar: true }],
      rows: names.map((name) => [name === names.at(-1) && workers > 1 ? `${name} (slow)` : name, shares.get(name)!]),
    });
    const { messageCount } = await channel.checkQueue(queue);
    lab.check('every job was done', done.size === jobs, say`${done.size} of ${jobs}`);
    lab.check('no job was lost or left over', messageCount === 0, say`${messageCount} left in the queue`);
    if (crash) {
      const retried = done.get(crashedOn!);
      const elsewhere = retried?.redelivered === true && retried.worker !== 'worker-1';
      lab.check(
        "the crashed worker's job went to another worker",
        elsewhere,
        say`job ${crashedOn} to ${retried?.worker}`,
      );
    } else if (prefetch === 1 && workers > 1 && jobs >= 2 * workers) {
      const [slow, ...others] = [...shares.values()].reverse();
      lab.check(
        'the slow worker got fewer jobs',
        others.every((share) => share > slow!),
        say`${slow} of ${jobs}`,
      );
    }
  },
});
