import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { defineScenario, type Lab, say } from 'msgplay';

/** When the broker may forget a job, and why the one at which worker-1 crashes is done as often as it is. */
const WAYS = {
  none: {
    title: 'No acks: the broker forgets a job when it sends it',
    during: 'the broker forgot it when it sent it, and worker-1 did not finish it',
    after: 'worker-1 had finished it; the broker forgot it when it sent it',
    last: 'the broker sent all jobs at once, kept none of them, and worker-1 never came to the last',
  },
  early: {
    title: 'Early acks: a worker acks a job, then does it',
    during: 'it was acked before it was done, so nobody gives it out again',
    after: 'it was acked, and done before the crash',
    last: 'it was not acked yet, so worker-2 got it',
  },
  late: {
    title: 'Late acks: a worker does a job, then acks it',
    during: 'it was not acked, so it went back to the queue, and worker-2 did it',
    after: 'worker-1 had done it but not acked it, so worker-2 did it again',
    last: 'it was not acked yet, so worker-2 got it',
  },
} as const;
type Way = keyof typeof WAYS;
type Options = { readonly jobs: number; readonly crashOn: number; readonly afterWork: boolean };
const OFTEN = ['never', 'once', 'twice'] as const;

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

  async run(lab, { when, ...options }) {
    const { jobs, crashOn, afterWork } = options;
    const rows: string[][] = [];
    const amqp = await import('amqplib');
    const producer = await amqp.connect(await lab.url('rabbitmq', 'producer'), { noDelay: true });
    lab.defer(() => producer.close());
    const orders = await producer.createConfirmChannel();
    for (const way of when === 'all' ? (['none', 'early', 'late'] as const) : [when]) {
      const done = await crash(lab, way, orders, options);
      const [never, , twice] = OFTEN.map((_, times) => list([...done.keys()].filter((job) => done.get(job) === times)));
      rows.push([way, `${never}`, `${twice}`]);
      // What the broker forgot before it was done is lost; what was done before the broker heard of it comes again.
      const lost = {
        none: numbers(afterWork ? crashOn + 1 : crashOn, jobs),
        early: afterWork ? [] : [crashOn],
        late: [],
      };
      lab.check(say`acks ${way}: jobs never done: ${list(lost[way])}`, never === list(lost[way]), say`found: ${never}`);
      const again = list(way === 'late' && afterWork ? [crashOn] : []);
      lab.check(say`acks ${way}: jobs done twice: ${again}`, twice === again, say`found: ${twice}`);
    }
    lab.table({
      title: 'What the crash cost',
      columns: [{ title: 'acks' }, { title: 'jobs never done' }, { title: 'jobs done twice' }],
      rows,
    });
  },
});

/** Lets worker-1 crash, and worker-2 go on with what the broker still has; tells how often each job was done. */
async function crash(
  lab: Lab,
  way: Way,
  orders: ConfirmChannel,
  { jobs, crashOn, afterWork }: Options,
): Promise<Map<number, number>> {
  const amqp = await import('amqplib');
  const queue = lab.name(`jobs-${way}`);
  const done = new Map(numbers(1, jobs).map((job) => [job, 0]));

  await lab.step(WAYS[way].title);
  await orders.assertQueue(queue, { durable: true });
  for (const job of done.keys()) orders.sendToQueue(queue, Buffer.from(JSON.stringify({ job })), { persistent: true });
  await orders.waitForConfirms();
  const crashed = await lab.predict(
    say`worker-1 will crash at job ${crashOn}. How often will that job be done?`,
    OFTEN,
  );
  const last = await lab.predict(say`And the last job, number ${jobs}: how often will it be done?`, OFTEN);

  const work = async (name: string, count: number, crashes: boolean) => {
    const connection = await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true });
    const channel = await connection.createChannel();
    for (const one of [connection, channel]) one.on('error', () => {});
    const inbox: ConsumeMessage[] = [];
    await channel.prefetch(1);
    await channel.consume(queue, (delivery) => delivery && inbox.push(delivery), { noAck: way === 'none' });
    for (let turn = 0; turn < count; turn++) {
      await lab.until(say`${name} is given a job`, () => inbox.length > turn);
      const delivery = inbox[turn] as ConsumeMessage;
      const { job } = JSON.parse(delivery.content.toString());
      const crashesNow = crashes && job === crashOn;
      if (way === 'early') channel.ack(delivery);
      await lab.sleep(5);
      if (!crashesNow || afterWork) done.set(job, (done.get(job) ?? 0) + 1);
      if (way === 'late' && !crashesNow) channel.ack(delivery);
    }
    return { connection, channel, inbox };
  };
  const first = await work('worker-1', crashOn, true);
  const given = { none: jobs, early: crashOn + 1, late: crashOn }[way];
  await lab.until('worker-1 has what the broker gives it', () => first.inbox.length === given);
  const gone = new Promise((resolve) => first.connection.on('close', resolve));
  lab.note(
    afterWork ? say`crashes when it has done job ${crashOn}` : say`crashes in the middle of job ${crashOn}`,
    'worker-1',
  );
  lab.cut('worker-1');
  await gone;
  const left = { none: 0, early: jobs - crashOn, late: jobs - crashOn + 1 }[way];
  const second = await work('worker-2', left, false);
  await second.channel.close();
  await second.connection.close();
  const { messageCount } = await orders.checkQueue(queue);
  lab.check(say`acks ${way}: the broker has no job left`, messageCount === 0, say`${messageCount} in the queue`);
  crashed.answer(OFTEN[done.get(crashOn) ?? 0] ?? '', WAYS[way][afterWork ? 'after' : 'during']);
  last.answer(OFTEN[done.get(jobs) ?? 0] ?? '', WAYS[way].last);
  return done;
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function list(jobs: readonly number[]): string {
  return jobs.length === 0 ? '-' : jobs.join(', ');
}
