import type { ConsumeMessage } from 'amqplib';
import { defineScenario, range, say } from 'msgplay';

const MAILS = [1, 2, 3];
/** How long each retry waits, in ms. */
const ladder = (retries: number, wait: number, factor: number) =>
  range(1, retries).map((turn) => wait * factor ** (turn - 1));

export default defineScenario({
  name: 'retry-backoff',
  title: 'Retries that wait longer each time, and a poison message that is parked at last',
  lesson: 5,
  options: {
    retries: { type: 'integer', default: 3, min: 1, max: 6, help: 'how often a mail that fails is tried again' },
    wait: { type: 'integer', default: 20, min: 1, max: 2000, help: 'how long the first retry waits, in ms' },
    factor: { type: 'integer', default: 2, min: 1, max: 10, help: 'each retry waits so many times as long' },
    fails: { type: 'integer', default: 2, min: 1, max: 6, help: 'how often mail 2 fails before it succeeds' },
  },
  needs: ['rabbitmq'],
  about: ({ retries, wait, factor, fails }) =>
    say`retries: ${retries}, after ${ladder(retries, wait, factor).join(', ')} ms · mail 1 can't ever be sent · failures of mail 2: ${fails}`,
  names: ['mail'],
  validate: ({ retries, wait, factor }) =>
    ladder(retries, wait, factor).reduce((sum, step) => sum + step, 0) > 30_000
      ? 'The retries would wait for more than 30 s altogether: lower --retries, --wait or --factor.'
      : undefined,

  async run(lab, { retries, wait, factor, fails }) {
    const amqp = await import('amqplib');
    const [mails, parked] = [lab.name('mails'), lab.name('parked')];
    const waits = ladder(retries, wait, factor);
    const stages = waits.map((ms) => ({ ms, queue: lab.name(`retry-${ms}ms`) }));
    const connect = async (peer: string) => {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true }));
      return connection.createConfirmChannel();
    };

    await lab.step(say`A queue for each wait (${waits.join(', ')} ms): what expires there goes back to mails`);
    const shop = await connect('shop');
    for (const queue of [mails, parked]) await shop.assertQueue(queue);
    // An empty exchange name is the default exchange, which takes the key as the name of a queue.
    const back = { deadLetterExchange: '', deadLetterRoutingKey: mails };
    for (const { queue, ms } of stages) await shop.assertQueue(queue, { messageTtl: ms, ...back });

    const log: { mail: number; at: number }[] = [];
    const ends: Record<number, 'sent' | 'parked'> = {};
    const mailer = await connect('mailer');
    const handle = async (delivery: ConsumeMessage) => {
      const { mail } = JSON.parse(delivery.content.toString());
      const failed = Number(delivery.properties.headers?.failed ?? 0);
      log.push({ mail, at: lab.now() });
      const isSent = mail === 3 || (mail === 2 && failed >= fails);
      const next = stages[failed]?.queue ?? parked;
      if (!isSent) {
        lab.note(say`can't send mail ${mail}: puts a copy into ${next}, then acks it`, 'mailer');
        mailer.sendToQueue(next, delivery.content, { persistent: true, headers: { failed: failed + 1 } });
        // Only when the broker has the copy may it forget the original.
        await mailer.waitForConfirms();
      }
      mailer.ack(delivery);
      if (isSent || next === parked) ends[mail] = isSent ? 'sent' : 'parked';
    };

    const places = { lost: 'nowhere: it is lost', mails: 'in the queue of mails', parked: 'in the queue "parked"' };
    const poison = await lab.predict('Mail 1 can never be sent. Where is it in the end?', places);
    const times = { first: 'before the others are tried again', last: 'after all retries of mails 1 and 2' };
    const healthy = await lab.predict('Mail 3 is in order, but behind mails 1 and 2. When is it sent?', times);
    await lab.step('The shop publishes three mails: one that never works, one that works later, one that works');
    for (const mail of MAILS) shop.sendToQueue(mails, Buffer.from(JSON.stringify({ mail })), { persistent: true });
    await shop.waitForConfirms();
    await mailer.prefetch(1);
    await mailer.consume(mails, (delivery) => delivery && void handle(delivery));
    await lab.until('each mail is sent or given up', () => Object.keys(ends).length === MAILS.length, 40_000);

    const { messageCount } = await shop.checkQueue(parked);
    const aside = 'after its last retry mail 1 is put aside in parked, where it hinders nobody and can be looked at';
    poison.answer(messageCount > 0 ? 'parked' : 'lost', aside);
    const tries = (mail: number) => log.flatMap((one) => (one.mail === mail ? one.at : []));
    const isAhead = Number(tries(3)[0]) < Number(tries(1)[1]);
    const why = 'what waits for its retry waits in another queue, so mail 3 moved up: it did not wait for mail 1';
    healthy.answer(isAhead ? 'first' : 'last', why);

    const columns = ['mail', 'tries', 'end'];
    const rows = MAILS.map((mail) => [`${mail}`, tries(mail).length, ends[mail] ?? '-']);
    lab.table({ title: 'What became of the mails', columns, rows });
    const isParked = tries(1).length === retries + 1 && ends[1] === 'parked';
    lab.check('mail 1 was tried as often as allowed, then parked', isParked);
    const title = fails > retries ? 'mail 2 failed too often, and was parked' : 'mail 2 was sent in the end';
    lab.check(title, ends[2] === (fails > retries ? 'parked' : 'sent'), say`tries: ${tries(2).length}`);
    lab.check('mail 3 was sent at its first try', tries(3).length === 1 && ends[3] === 'sent');
    // Clocks of whole milliseconds may be one apart.
    const pauses = tries(1).map((at, turn, all) => Math.round(at - Number(all[turn - 1])));
    const isLong = waits.every((ms, turn) => Number(pauses[turn + 1]) >= ms - 1);
    lab.check('no retry came before its wait was over', isLong, say`from try to try: ${pauses.slice(1).join(', ')} ms`);
  },
});
