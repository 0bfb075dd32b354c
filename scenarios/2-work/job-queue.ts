import type { Message } from 'amqplib';
import { defineScenario, inTurn, type Lab, range, say } from 'msgplay';

/** The last of the first workers needs this much longer for the same job. */
const SLOWNESS = 4;
/** What becomes of the job of a worker that dies. */
const WHY_LOST = 'BRPOP takes a job off the list: Redis knows nothing of it any more, and nobody acks';
const WHY_AGAIN =
  'RabbitMQ keeps a job until its ack; the connection was lost before, so the job went back to the queue';
/** Does a job, given as JSON; resolves to whether it is done: not where its worker dies before. */
type Work = (job: string) => Promise<boolean>;

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
  about: ({ via, jobs, workers, join, prefetch }) =>
    via === 'redis'
      ? say`a Redis list · jobs: ${jobs} · workers: ${workers}, then ${join} more`
      : say`a RabbitMQ queue · jobs: ${jobs} · workers: ${workers}, then ${join} more · prefetch ${prefetch}`,
  names: ['job'],
  validate: ({ crash, workers }) =>
    crash && workers < 2 ? 'With --crash there must be a second worker to take over: --workers 2 or more.' : undefined,

  async run(lab, { via, jobs, workers, join, prefetch, crash }) {
    const queue = await (via === 'redis' ? redisList(lab) : rabbitmqQueue(lab, prefetch));
    const names = range(1, workers + join).map((number) => `worker-${number}`);
    const newcomers = names.slice(workers);
    const slow = workers > 1 ? `worker-${workers}` : undefined;
    const done: { job: number; worker: string }[] = [];
    const shareOf = (some: string[]) => done.filter(({ worker }) => some.includes(worker)).length;
    let dead: string | undefined;
    const hire = (worker: string) =>
      queue.hire(worker, async (text) => {
        if (worker === dead) return false;
        const { job, costMs } = JSON.parse(text);
        const dies = crash && job === 1 && dead === undefined;
        await lab.sleep(costMs * (worker === slow ? SLOWNESS : 1) * (dies ? 0.5 : 1));
        if (dies) {
          dead = worker;
          lab.note('crashes in the middle of job 1', worker);
          lab.cut(worker);
        } else done.push({ job, worker });
        return !dies;
      });
    const all = range(1, jobs).map((job) => ({ job, costMs: 10 + Math.floor(lab.random() * 20) }));
    const early = join > 0 ? Math.ceil(jobs / 2) : jobs;

    const shares = { every: 'all of them: each gets every job', one: 'one of them' };
    const takers = await lab.predict('All workers consume the same queue. How many of them will do each job?', shares);
    const fates = { lost: 'nobody does it: it is lost with its worker', again: 'another worker gets it' };
    const death = 'A worker is about to die in the middle of job 1. What becomes of that job?';
    const heir = crash ? await lab.predict(death, fates) : undefined;
    await lab.step(say`The workers (${workers}) subscribe, and the producer sends ${early} jobs`);
    for (const worker of names.slice(0, workers)) await hire(worker);
    if (slow) lab.note(say`is slow: a job takes it ${SLOWNESS} times its costMs`, slow);
    await queue.send(all.slice(0, early));
    if (crash) await lab.until('the worker of job 1 dies', () => dead !== undefined);
    const lost = crash && via === 'redis' ? 1 : 0;
    const end = () => lab.until('every job is done', () => done.length === jobs - lost, 60_000);
    if (join > 0) {
      const parts = { none: 'nothing', part: 'a part of the jobs', all: 'all that comes from now on' };
      const question = say`More workers join (${join}), and more jobs come. What will they get?`;
      const share = await lab.predict(question, parts);
      await lab.step(say`More workers join (${join}), and the producer sends the other ${jobs - early} jobs`);
      for (const worker of newcomers) await hire(worker);
      await queue.send(all.slice(early));
      await end();
      const late = shareOf(newcomers);
      const why = say`who joined late did ${late} of ${jobs} jobs: the next job goes to a worker that is free, however long it has been there`;
      share.answer(late > 0 ? 'part' : 'none', why);
      // So many jobs leave none of the workers without one.
      if (jobs - early >= names.length) lab.check('who joined did a part', late > 0, say`jobs: ${late}`);
    } else await end();

    const different = new Set(done.map(({ job }) => job)).size;
    const times = say`jobs done: ${different}, in all ${done.length} times: a queue gives a job to one consumer at a time`;
    takers.answer(different === done.length ? 'one' : 'every', times);
    lab.check('no job was done twice', different === done.length);
    const first = done.find(({ job }) => job === 1);
    if (lost) lab.check('the job of the dead worker is lost: Redis forgot it when it handed it out', !first);
    else lab.check('every job was done', different === jobs, say`${different} of ${jobs}`);
    heir?.answer(first ? 'again' : 'lost', first ? WHY_AGAIN : WHY_LOST);
    if (crash && first) lab.check('another worker did the job of the dead one', first.worker !== dead, first.worker);
    const rows = names.map((name) => [name === slow ? say`${name} (slow)` : name, shareOf([name])]);
    lab.table({ title: "Each worker's share", columns: ['worker', { title: 'jobs done', bar: true }], rows });
  },
});

/** A queue that keeps each job until it is acked, and gives it out again where its worker is lost. */
async function rabbitmqQueue(lab: Lab, prefetch: number) {
  const amqp = await import('amqplib');
  const connect = async (peer: string) =>
    lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
  const queue = lab.name('jobs');
  const channel = await (await connect('producer')).createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  return {
    async send(jobs: readonly object[]) {
      for (const job of jobs) channel.sendToQueue(queue, Buffer.from(JSON.stringify(job)), { persistent: true });
      await channel.waitForConfirms();
    },
    async hire(name: string, work: Work) {
      const worker = await (await connect(name)).on('error', () => {}).createChannel();
      await worker.prefetch(prefetch);
      // One job after the other, however many the broker has already handed over.
      const take = inTurn(async (delivery: Message | null) => {
        if (delivery && (await work(delivery.content.toString()))) worker.ack(delivery);
      });
      await worker.consume(queue, (delivery) => void take(delivery));
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
    async hire(name: string, work: Work) {
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
