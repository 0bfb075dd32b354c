import type { ConsumeMessage } from 'amqplib';
import { count, defineScenario, inTurn, range, say } from 'msgplay';

/** When the broker may forget a job, and what is lost with worker-1. */
const WAYS = {
  none: { step: 'No acks: the broker forgets a job when it sends it', loss: 'what worker-1 had not finished is lost' },
  early: { step: 'Early acks: a worker acks a job, then does it', loss: 'no more is lost than the job in its hands' },
  late: { step: 'Late acks: a worker does a job, then acks it', loss: 'nothing is lost' },
};

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
  about: ({ jobs, crashOn }) => say`jobs: ${jobs} · worker-1 crashes at job ${crashOn}`,
  names: ['job'],
  validate: ({ jobs, crashOn }) =>
    crashOn < jobs ? undefined : 'With --crash-on below --jobs there is a job left for worker-2.',

  async run(lab, { when, jobs, crashOn, afterWork }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const orders = await lab.using(await connect('producer')).createConfirmChannel();
    const why = {
      none: say`the broker sent all jobs at once and kept none: what worker-1 did not finish is lost, job ${jobs} as well`,
      early: say`job ${crashOn} was acked before it was done, so nobody gives it out again; job ${crashOn + 1} was not yet acked, so worker-2 got it`,
      late: say`job ${crashOn} was not acked, so it went back, and worker-2 did it; with a crash after the work, just before the ack, it is done twice (--after-work)`,
    };
    const rows: string[][] = [];
    for (const way of when === 'all' ? (['none', 'early', 'late'] as const) : [when]) {
      await lab.step(WAYS[way].step);
      const queue = lab.name(`jobs-${way}`);
      await orders.assertQueue(queue);
      for (const job of range(1, jobs)) orders.sendToQueue(queue, Buffer.from(JSON.stringify({ job })));
      await orders.waitForConfirms();
      const question = say`worker-1 will crash at job ${crashOn}. How often will that job be done?`;
      const fate = await lab.predict(question, { 0: 'never', 1: 'once', 2: 'twice' });

      const done: number[] = [];
      let [given, isDead] = [0, false];
      const work = async (worker: string) => {
        const connection = (await connect(worker)).on('error', () => {});
        const channel = await connection.createChannel();
        await channel.prefetch(1);
        // One job after the other, however many the broker has already handed over.
        const handle = inTurn(async (delivery: ConsumeMessage) => {
          if (isDead && worker === 'worker-1') return;
          const { job } = JSON.parse(delivery.content.toString());
          if (way === 'early') channel.ack(delivery);
          await lab.sleep(5); // That is its work.
          const dies = job === crashOn && !isDead;
          isDead ||= dies;
          if (dies && !afterWork) return;
          done.push(job);
          lab.note(say`has done job ${job}`, worker);
          if (way === 'late' && !dies) channel.ack(delivery);
        });
        const take = (delivery: ConsumeMessage | null) => {
          given++;
          if (delivery) void handle(delivery);
        };
        await channel.consume(queue, take, { noAck: way === 'none' });
        return connection;
      };
      await work('worker-1');
      const atOnce = { none: jobs, early: crashOn + 1, late: crashOn }[way];
      await lab.until('worker-1 has what the broker gives it', () => isDead && given === atOnce);
      lab.note(afterWork ? 'crashes after its work' : say`crashes in the middle of job ${crashOn}`, 'worker-1');
      await lab.cut('worker-1');
      const second = await work('worker-2');
      if (way === 'none') lab.note('gets nothing: no job is left', 'worker-2');
      else await lab.until('worker-2 has done what is left', () => done.includes(jobs));
      await second.close();

      fate.answer(count(done, crashOn), why[way]);
      const lost = range(1, jobs).filter((job) => !done.includes(job));
      const twice = range(1, jobs).filter((job) => count(done, job) > 1);
      const isSo = { none: lost.includes(jobs), early: lost.length <= 1, late: lost.length === 0 }[way];
      const [never, again] = [lost.join(', ') || '-', twice.join(', ') || '-'];
      lab.check(WAYS[way].loss, isSo, say`never done: ${never} · done twice: ${again}`);
      rows.push([way, never, again]);
    }
    const columns = ['acks', 'jobs never done', 'jobs done twice'];
    lab.table({ title: 'What the crash cost: delivered is not done', columns, rows });
  },
});
