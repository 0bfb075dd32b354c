import type { ConsumeMessage } from 'amqplib';
import { defineScenario, range, say, type Text } from 'msgplay';

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

    const rungs = say`A queue for each wait (${waits.join(', ')} ms): a mail is to expire there, and what has expired the broker moves back to mails`;
    await lab.step(rungs);
    const shop = await connect('shop');
    for (const queue of [mails, parked]) await shop.assertQueue(queue, { durable: true });
    for (const { queue, ms } of stages) {
      // An empty exchange name is the default exchange, which takes the key as the name of a queue.
      const dead = { deadLetterExchange: '', deadLetterRoutingKey: mails };
      await shop.assertQueue(queue, { durable: true, messageTtl: ms, ...dead });
    }

    const MAILS = [1, 2, 3];
    const log: { mail: number; at: number; sent: boolean }[] = [];
    const tries = (mail: number) => log.filter((one) => one.mail === mail);
    const isSent = (mail: number) => tries(mail).some(({ sent }) => sent);
    const mailer = await connect('mailer');
    let busy = 0;
    const handle = async (delivery: ConsumeMessage) => {
      busy++;
      const { mail } = JSON.parse(delivery.content.toString());
      const failed = Number(delivery.properties.headers?.failed ?? 0);
      const sent = mail === 3 || (mail === 2 && failed >= fails);
      log.push({ mail, at: lab.now(), sent });
      if (!sent) {
        const next = stages[failed]?.queue ?? parked;
        lab.note(say`can't send mail ${mail}: puts a copy into ${next}, then acks it`, 'mailer');
        mailer.sendToQueue(next, delivery.content, { persistent: true, headers: { failed: failed + 1 } });
        // Only when the broker has the copy may it forget the original.
        await mailer.waitForConfirms();
      }
      mailer.ack(delivery);
      busy--;
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
    const gaveUp = fails > retries;
    await lab.until('mail 1 is given up', () => tries(1).length === retries + 1, 40_000);
    await lab.until('mail 2 is at its end', () => tries(2).length === Math.min(fails, retries) + 1, 40_000);
    await lab.until('the mailer is done', () => busy === 0 && isSent(3));
    await mailer.close();

    const { messageCount } = await shop.checkQueue(mails);
    const inParked: number[] = [];
    for (let got = await shop.get(parked); got; got = await shop.get(parked)) {
      inParked.push(JSON.parse(got.content.toString()).mail);
    }
    if (inParked.length > 0) lab.note('looks at what is parked, and puts it back', 'shop');
    shop.nackAll();
    await shop.close();
    const aside =
      'after its last retry the mailer puts mail 1 aside in parked, where it hinders nobody and can be looked at';
    poison.answer(inParked.includes(1) ? 'parked' : messageCount > 0 ? 'mails' : 'lost', aside);
    const why =
      'what waits for its retry waits in another queue, so the mails behind it move up: mail 3 did not wait for mail 1';
    const isAhead = Number(tries(3)[0]?.at) < Number(tries(1)[1]?.at);
    healthy.answer(isAhead ? 'first' : 'last', why);

    const pauses = (mail: number) => {
      const times = tries(mail).map(({ at }) => at);
      return times.slice(1).map((at, turn) => Math.round(at - (times[turn] ?? 0)));
    };
    const end = (mail: number): Text => (isSent(mail) ? 'sent' : inParked.includes(mail) ? 'parked' : '-');
    const columns = ['mail', 'tries', { title: 'from try to try', unit: 'ms' }, 'end'];
    const rows = MAILS.map((mail) => [`${mail}`, tries(mail).length, pauses(mail).join(', '), end(mail)]);
    lab.table({ title: 'What became of the mails', columns, rows });
    const isParked = tries(1).length === retries + 1 && end(1) === 'parked';
    lab.check('mail 1 was tried as often as allowed, then parked', isParked);
    const title = gaveUp ? 'mail 2 failed too often, and was parked' : 'mail 2 was sent in the end';
    lab.check(title, end(2) === (gaveUp ? 'parked' : 'sent'), say`tries: ${tries(2).length}`);
    lab.check('mail 3 was sent at its first try', tries(3).length === 1 && isSent(3));
    // Clocks of whole milliseconds may be one apart.
    const isLong = waits.every((ms, turn) => (pauses(1)[turn] ?? 0) >= ms - 1);
    lab.check('no retry came before its wait was over', isLong, say`from try to try: ${pauses(1).join(', ')} ms`);
  },
});
