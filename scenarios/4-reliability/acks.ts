import type { ConsumeMessage } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

/** When the broker may forget a job, and why the one at which worker-1 crashes is done as often as it is. */
const WAYS = {
  none: {
    title: 'No acks: the broker forgets a job when it sends it',
    during: 'the broker forgot the job of the crash when it sent it, and worker-1 did not finish it',
    after: 'worker-1 had finished the job of the crash; the broker forgot it when it sent it',
    last: 'the broker sent all jobs at once, kept none of them, and worker-1 never came to the last',
  },
  early: {
    title: 'Early acks: a worker acks a job, then does it',
    during: 'the job of the crash was acked before it was done, so nobody gives it out again',
    after: 'the job of the crash was acked, and done before the crash',
    last: 'the last job was not acked yet, so worker-2 got it',
  },
  late: {
    title: 'Late acks: a worker does a job, then acks it',
    during: 'the job of the crash was not acked, so it went back to the queue, and worker-2 did it',
    after: 'worker-1 had done the job of the crash but not acked it, so worker-2 did it again',
    last: 'the last job was not acked yet, so worker-2 got it',
  },
};
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
    const rows: string[][] = [];
    for (const way of when === 'all' ? (['none', 'early', 'late'] as const) : [when]) {
      await lab.step(WAYS[way].title);
      const queue = lab.name(`jobs-${way}`);
      await orders.assertQueue(queue, { durable: true });
      for (const job of range(1, jobs))
        orders.sendToQueue(queue, Buffer.from(JSON.stringify({ job })), { persistent: true });
      await orders.waitForConfirms();
      const crashed = await lab.predict(
        say`worker-1 will crash at job ${crashOn}. How often will that job be done?`,
        OFTEN,
      );
      const last = await lab.predict(say`And the last job, number ${jobs}: how often will it be done?`, OFTEN);

      const done: number[] = [];
      const given = { 'worker-1': 0, 'worker-2': 0 };
      const work = async (worker: keyof typeof given) => {
        let crashes = false;
        const connection = await connect(worker);
        connection.on('error', () => {});
        const channel = await connection.createChannel();
        await channel.prefetch(1);
        const take = (delivery: ConsumeMessage | null) => {
          given[worker]++;
          if (!delivery || crashes) return;
          const { job } = JSON.parse(delivery.content.toString());
          crashes = worker === 'worker-1' && job === crashOn;
          if (way === 'early') channel.ack(delivery);
          if (!crashes || afterWork) done.push(job);
          if (way === 'late' && !crashes) channel.ack(delivery);
        };
        await channel.consume(queue, take, { noAck: way === 'none' });
        return connection;
      };
      const first = await work('worker-1');
      const gone = new Promise((resolve) => first.on('close', resolve));
      const taken = { none: jobs, early: crashOn + 1, late: crashOn }[way];
      await lab.until('worker-1 has what the broker gives it', () => given['worker-1'] === taken);
      lab.note(
        afterWork ? say`crashes when it has done job ${crashOn}` : say`crashes in the middle of job ${crashOn}`,
        'worker-1',
      );
      lab.cut('worker-1');
      await gone;
      const second = await work('worker-2');
      const left = { none: 0, early: jobs - crashOn, late: jobs - crashOn + 1 }[way];
      await lab.until('worker-2 has what is left', () => given['worker-2'] === left);
      await second.close();

      const times = (job: number) => done.filter((one) => one === job).length as 0 | 1 | 2;
      crashed.answer(times(crashOn), WAYS[way][afterWork ? 'after' : 'during']);
      last.answer(times(jobs), WAYS[way].last);
      const { messageCount } = await orders.checkQueue(queue);
      lab.check(say`acks ${way}: the broker has no job left`, messageCount === 0, say`${messageCount} in the queue`);
      // What the broker forgot before it was done is lost; what was done before the broker heard of it comes again.
      const lost = {
        none: range(afterWork ? crashOn + 1 : crashOn, jobs),
        early: afterWork ? [] : [crashOn],
        late: [],
      };
      const never = list(range(1, jobs).filter((job) => times(job) === 0));
      const again = list(way === 'late' && afterWork ? [crashOn] : []);
      const twice = list(range(1, jobs).filter((job) => times(job) === 2));
      lab.check(
        say`acks ${way}: the crash costs what it must, and no more`,
        never === list(lost[way]) && twice === again,
        say`never done: ${never} · done twice: ${twice}`,
      );
      rows.push([way, never, twice]);
    }
    lab.table({ title: 'What the crash cost', columns: ['acks', 'jobs never done', 'jobs done twice'], rows });
  },
});
