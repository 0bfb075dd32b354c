import type { Message } from 'amqplib';
import { defineScenario, inTurn, type Lab, range, say } from 'msgplay';

export default defineScenario({
  name: 'job-queue',
  title: 'Competing consumers share one queue',
  lesson: 1,
  options: {
    via: { type: 'choice', choices: ['rabbitmq', 'redis'], default: 'rabbitmq', help: 'which broker has the queue' },
    jobs: { type: 'integer', default: 8, min: 1, max: 1000, help: 'how many jobs the producer sends' },
    workers: { type: 'integer', default: 2, min: 1, max: 20, help: 'how many workers share the queue' },
    join: { type: 'integer', default: 1, min: 0, max: 10, help: 'how many more workers join in the middle' },
    prefetch: { type: 'integer', default: 1, min: 0, max: 1000, help: 'unacked jobs a worker may hold (0: no limit)' },
    crash: { type: 'flag', help: 'whoever takes job 1 dies in the middle of it' },
  },
  needs: ({ via }) => [via],
  about: ({ via, jobs, workers, join }) => say`${via} · jobs: ${jobs} · workers: ${workers}, then ${join} more`,
  names: ['job'],
  validate: ({ crash, workers }) =>
    crash && workers < 2 ? 'With --crash there must be a second worker to take over: --workers 2 or more.' : undefined,

  async run(lab, { via, jobs, workers, join, prefetch, crash }) {
    const queue = await (via === 'redis' ? redisList(lab) : rabbitmqQueue(lab, prefetch));
    const names = range(1, workers + join).map((number) => `worker-${number}`);
    const newcomers = names.slice(workers);
    const slow = `worker-${workers}`;
    const done: { job: number; worker: string }[] = [];
    let dead = '';
    const hire = (worker: string) =>
      // Resolves to whether the job is done: then it is acked, and the next one comes.
      queue.hire(worker, async (text) => {
        const { job, costMs } = JSON.parse(text);
        if (crash && job === 1) dead ||= worker;
        await lab.sleep(worker === slow ? 4 * costMs : costMs);
        if (worker === dead) return false;
        done.push({ job, worker });
        return true;
      });
    const all = range(1, jobs).map((job) => ({ job, costMs: 10 + Math.floor(lab.random() * 20) }));
    const early = join > 0 ? Math.ceil(jobs / 2) : jobs;

    const shares = { every: 'all of them: each gets every job', one: 'one of them' };
    const takers = await lab.predict('All workers consume the same queue. How many of them will do each job?', shares);
    const fates = { lost: 'nobody does it: it is lost with its worker', again: 'another worker gets it' };
    const death = 'A worker is about to die in the middle of job 1. What becomes of that job?';
    const fate = crash ? await lab.predict(death, fates) : undefined;
    await lab.step(say`The workers (${workers}) subscribe, and the producer sends ${early} jobs`);
    for (const worker of names.slice(0, workers)) await hire(worker);
    lab.note('is slow: a job takes it 4 times its costMs', slow);
    await queue.send(all.slice(0, early));
    if (crash) {
      await lab.until('somebody works on job 1', () => dead !== '');
      lab.note('crashes in the middle of job 1', dead);
      await lab.cut(dead);
    }

    const parts = { none: 'nothing', part: 'a part of the jobs', all: 'all that comes from now on' };
    const question = say`More workers join (${join}), and more jobs come. What will they get?`;
    const share = join > 0 ? await lab.predict(question, parts) : undefined;
    const rest = say`More workers join (${join}), and the producer sends the other ${jobs - early} jobs`;
    if (join > 0) await lab.step(rest);
    for (const worker of newcomers) await hire(worker);
    await queue.send(all.slice(early));
    // A list forgets a job when it hands it out, so nobody else gets that of a worker that dies.
    const expected = crash && via === 'redis' ? jobs - 1 : jobs;
    await lab.until('every job is done', () => done.length >= expected, 60_000);

    const late = done.filter(({ worker }) => newcomers.includes(worker)).length;
    const free = say`who joined late did ${late} of ${jobs} jobs: the next job goes to a worker that is free, however long it has been there`;
    share?.answer(late > 0 ? 'part' : 'none', free);
    const different = new Set(done.map(({ job }) => job)).size;
    takers.answer(different === done.length ? 'one' : 'every', 'a queue gives a job to one consumer at a time');
    lab.check('no job was done twice', different === done.length);
    const title = expected < jobs ? 'the job of the dead worker is lost' : 'every job was done';
    lab.check(title, different === expected, say`${different} of ${jobs}`);
    const heir = done.find(({ job }) => job === 1)?.worker;
    const kept =
      'RabbitMQ keeps a job until its ack; the connection was lost before, so the job went back to the queue';
    const taken = 'BRPOP takes a job off the list: Redis knows nothing of it any more, and nobody acks';
    fate?.answer(heir ? 'again' : 'lost', via === 'redis' ? taken : kept);
    if (crash && heir) lab.check('another worker did the job of the dead one', heir !== dead, heir);
    const shareOf = (name: string) => done.filter(({ worker }) => worker === name).length;
    const rows = names.map((name) => [name === slow ? say`${name} (slow)` : name, shareOf(name)]);
    lab.table({ title: "Each worker's share", columns: ['worker', { title: 'jobs done', bar: true }], rows });
  },
});

/** A queue that keeps each job until it is acked, and gives it out again where its worker is lost. */
async function rabbitmqQueue(lab: Lab, prefetch: number) {
  const amqp = await import('amqplib');
  const queue = lab.name('jobs');
  const connect = async (peer: string) =>
    lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
  const producer = await (await connect('producer')).createConfirmChannel();
  await producer.assertQueue(queue, { durable: true });
  return {
    async send(jobs: readonly object[]) {
      for (const job of jobs) producer.sendToQueue(queue, Buffer.from(JSON.stringify(job)), { persistent: true });
      await producer.waitForConfirms();
    },
    async hire(name: string, work: (job: string) => Promise<boolean>) {
      const worker = await (await connect(name)).on('error', () => {}).createChannel();
      await worker.prefetch(prefetch);
      // One job after the other, however many the broker has already handed over.
      const take = inTurn(async (delivery: Message | null) => {
        if (delivery && (await work(delivery.content.toString()))) worker.ack(delivery);
      });
      await worker.consume(queue, take);
    },
  };
}

/** A list: whoever takes a job off it has it, and Redis forgets it. */
async function redisList(lab: Lab) {
  const { Redis } = await import('ioredis');
  const list = lab.name('jobs');
  const producer = lab.using(new Redis(await lab.url('redis', 'producer')));
  return {
    async send(jobs: readonly object[]) {
      for (const job of jobs) await producer.lpush(list, JSON.stringify(job));
    },
    async hire(name: string, work: (job: string) => Promise<boolean>) {
      const worker = new Redis(await lab.url('redis', name), { retryStrategy: () => null }).on('error', () => {});
      lab.defer(() => worker.disconnect());
      const take = async (): Promise<boolean> => {
        const [, job = ''] = (await worker.brpop(list, 0)) ?? [];
        return (await work(job)) && take();
      };
      await worker.ping();
      take().catch(() => {});
    },
  };
}
