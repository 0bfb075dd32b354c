import type { ConsumeMessage } from 'amqplib';
import { defineScenario, inTurn, range, say } from 'msgplay';

/** How long a worker takes for a job. */
const WORK_MS = 5;
/** When the broker may forget a job, and why that of the crash and the last one are done as often as they are. */
const ways = (job: number, last: number) => ({
  none: {
    title: 'No acks: the broker forgets a job when it sends it',
    during: say`the broker forgot job ${job} when it sent it, and worker-1 did not finish it`,
    after: say`worker-1 had done job ${job}; the broker forgot it when it sent it`,
    last: say`the broker sent all jobs at once and kept none: what worker-1 had not begun is lost, job ${last} as well`,
  },
  early: {
    title: 'Early acks: a worker acks a job, then does it',
    during: say`job ${job} was acked before it was done, so nobody gives it out again`,
    after: say`job ${job} was acked, and done before the crash`,
    last: say`worker-2 got all from job ${job + 1} on, which was delivered but not acked, to job ${last}`,
  },
  late: {
    title: 'Late acks: a worker does a job, then acks it',
    during: say`job ${job} was not acked, so it went back, and worker-2 did it; with a crash after the work, just before the ack, it would be done twice (--after-work)`,
    after: say`worker-1 had done job ${job} but not acked it, so worker-2 did it again`,
    last: say`what came behind job ${job} was still in the queue: worker-2 got it, job ${last} as well`,
  },
});
const PERSISTENT = { persistent: true };
const OFTEN = { 0: 'never', 1: 'once', 2: 'twice' };
const list = (jobs: readonly number[]) => jobs.join(', ') || '-';

export default defineScenario({
  name: 'acks',
  title: 'The moment of the ack decides what a crash costs',
  lesson: 1,
  options: {
    when: { type: 'choice', choices: ['all', 'none', 'early', 'late'], default: 'all', help: 'when a job is acked' },
    jobs: { type: 'integer', default: 4, min: 2, max: 100, help: 'how many jobs wait in the queue' },
    crashOn: { type: 'integer', default: 2, min: 1, max: 99, help: 'the job at which worker-1 crashes' },
    afterWork: { type: 'flag', help: 'worker-1 crashes when it has done that job, not in the middle of it' },
  },
  needs: ['rabbitmq'],
  about: ({ jobs, crashOn, afterWork }) =>
    afterWork
      ? say`jobs: ${jobs} · worker-1 crashes when it has done job ${crashOn}`
      : say`jobs: ${jobs} · worker-1 crashes in the middle of job ${crashOn}`,
  names: ['job'],
  validate: ({ jobs, crashOn }) =>
    crashOn < jobs ? undefined : 'With --crash-on below --jobs there is a job left for worker-2.',

  async run(lab, { when, jobs, crashOn, afterWork }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const orders = await lab.using(await connect('producer')).createConfirmChannel();
    const WAYS = ways(crashOn, jobs);
    const rows: string[][] = [];
    for (const way of when === 'all' ? (['none', 'early', 'late'] as const) : [when]) {
      await lab.step(WAYS[way].title);
      const queue = lab.name(`jobs-${way}`);
      await orders.assertQueue(queue, { durable: true });
      for (const job of range(1, jobs)) orders.sendToQueue(queue, Buffer.from(JSON.stringify({ job })), PERSISTENT);
      await orders.waitForConfirms();
      const fate = say`worker-1 will crash at job ${crashOn}. How often will that job be done?`;
      const crashed = await lab.predict(fate, OFTEN);
      const last = await lab.predict(say`And the last job, number ${jobs}: how often will it be done?`, OFTEN);

      const done: number[] = [];
      const given = { 'worker-1': 0, 'worker-2': 0 };
      let crashes = false;
      const work = async (worker: keyof typeof given) => {
        const connection = (await connect(worker)).on('error', () => {});
        const channel = await connection.createChannel();
        await channel.prefetch(1);
        // One job after the other, however many the broker has already handed over.
        const handle = inTurn(async (delivery: ConsumeMessage) => {
          if (crashes && worker === 'worker-1') return;
          const { job } = JSON.parse(delivery.content.toString());
          if (way === 'early') channel.ack(delivery);
          await lab.sleep(WORK_MS);
          const dies = !crashes && job === crashOn;
          if (!dies || afterWork) lab.note(say`has done job ${job}`, worker);
          if (!dies || afterWork) done.push(job);
          if (way === 'late' && !dies) channel.ack(delivery);
          crashes ||= dies;
        });
        const take = (delivery: ConsumeMessage | null) => {
          given[worker]++;
          if (delivery) void handle(delivery);
        };
        await channel.consume(queue, take, { noAck: way === 'none' });
        return connection;
      };
      const first = await work('worker-1');
      const gone = new Promise((resolve) => first.on('close', resolve));
      const taken = { none: jobs, early: crashOn + 1, late: crashOn }[way];
      await lab.until('worker-1 has what the broker gives it', () => crashes && given['worker-1'] === taken);
      if (afterWork) lab.note(say`crashes when it has done job ${crashOn}`, 'worker-1');
      else lab.note(say`crashes in the middle of job ${crashOn}`, 'worker-1');
      lab.cut('worker-1');
      await gone;
      const second = await work('worker-2');
      const left = { none: 0, early: jobs - crashOn, late: jobs - crashOn + 1 }[way];
      const before = done.length;
      await lab.until('worker-2 has done what is left', () => done.length === before + left);
      if (left === 0) lab.note('gets nothing: no job is left', 'worker-2');
      await second.close();

      const times = (job: number) => done.filter((one) => one === job).length as 0 | 1 | 2;
      crashed.answer(times(crashOn), WAYS[way][afterWork ? 'after' : 'during']);
      last.answer(times(jobs), WAYS[way].last);
      const { messageCount } = await orders.checkQueue(queue);
      lab.check(say`acks ${way}: the broker has no job left`, messageCount === 0, say`${messageCount} in the queue`);
      // What the broker forgot before it was done is lost; what was done before the broker heard of it comes again.
      const undone = afterWork ? [] : [crashOn];
      const lost = { none: [...undone, ...range(crashOn + 1, jobs)], early: undone, late: [] }[way];
      const repeated = way === 'late' && afterWork ? [crashOn] : [];
      const doneTimes = (often: number) => list(range(1, jobs).filter((job) => times(job) === often));
      const title = say`acks ${way}: the crash costs just these jobs`;
      const isRight = doneTimes(0) === list(lost) && doneTimes(2) === list(repeated);
      lab.check(title, isRight, say`never done: ${doneTimes(0)} · done twice: ${doneTimes(2)}`);
      rows.push([way, doneTimes(0), doneTimes(2)]);
    }
    const columns = ['acks', 'jobs never done', 'jobs done twice'];
    lab.table({ title: 'What the crash cost: delivered is not done', columns, rows });
  },
});
