import { count, defineScenario, range, say } from 'msgplay';

/** Nobody binds a queue with the last one. */
const LEVELS = ['info', 'warning', 'error', 'debug'];

export default defineScenario({
  name: 'routing',
  title: 'A direct exchange: a copy for each queue that is bound with the routing key',
  lesson: 2,
  options: {
    each: { type: 'integer', default: 1, min: 1, max: 50, help: 'how many lines are published for each level' },
    alerts: { type: 'choice', choices: ['error', 'warning+error'], default: 'error', help: 'levels for alerts' },
    mandatory: { type: 'flag', help: 'what no queue takes is returned to the publisher' },
  },
  needs: ['rabbitmq'],
  about: ({ each, alerts }) =>
    say`lines for each level: ${each} · alerts takes ${alerts}, archive takes info, warning, error`,
  names: ['line'],

  async run(lab, { each, alerts, mandatory }) {
    const amqp = await import('amqplib');
    const exchange = lab.name('logs');
    const publisher = lab.using(await amqp.connect(await lab.url('rabbitmq', 'publisher'), { noDelay: true }));
    const channel = await publisher.createConfirmChannel();
    await channel.assertExchange(exchange, 'direct');
    let returned = 0;
    channel.on('return', () => returned++);
    let lines = 0;
    const publish = async (level: string) => {
      for (const _ of range(1, each)) {
        channel.publish(exchange, level, Buffer.from(JSON.stringify({ line: ++lines, level })), { mandatory });
      }
      await channel.waitForConfirms();
    };

    const bindings = { alerts: alerts.split('+'), archive: ['info', 'warning', 'error'] };
    /** Who got what: `archive info`. */
    const got: string[] = [];
    for (const [name, keys] of Object.entries(bindings)) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true }));
      const consumer = await connection.createChannel();
      const { queue } = await consumer.assertQueue(lab.name(name));
      for (const key of keys) await consumer.bindQueue(queue, exchange, key);
      await consumer.consume(queue, (delivery) => {
        if (!delivery) return;
        got.push(`${name} ${delivery.fields.routingKey}`);
        consumer.ack(delivery);
      });
    }
    const due = (bindings.alerts.length + bindings.archive.length) * each;
    const shares = { first: 'one of them, by turns', both: 'both: a copy for each', queue: 'the one bound first' };
    const error = await lab.predict('Two queues are bound with the key error. Who gets a line with that key?', shares);
    await lab.step('A line for each level: info, warning, error');
    for (const level of LEVELS.slice(0, 3)) await publish(level);
    await lab.until('both queues have their lines', () => got.length === due);
    const [inAlerts, inArchive] = [count(got, 'alerts error'), count(got, 'archive error')];
    const copied = say`lines with the key error: ${each}; alerts got ${inAlerts}, archive ${inArchive}: an exchange copies, a queue shares out`;
    error.answer(inAlerts === each && inArchive === each ? 'both' : 'first', copied);

    const fates = { waits: 'it waits in the exchange', dropped: 'it is dropped, unheard', back: 'it is returned' };
    const debug = await lab.predict('No queue is bound with the key debug. What becomes of a line with it?', fates);
    await lab.step('A line for the level debug, which nobody has bound');
    await publish('debug');
    await lab.until('what is mandatory comes back', () => !mandatory || returned === each);
    const why = say`returned: ${returned} of ${each}, and each was confirmed: an exchange stores nothing`;
    debug.answer(returned > 0 ? 'back' : 'dropped', why);

    lab.check('nobody gets what no queue is bound for', got.length === due);
    const title = mandatory ? 'what is mandatory came back' : 'it was not mandatory, so it did not come back';
    lab.check(title, returned === (mandatory ? each : 0), say`${returned} returned`);
    for (const [name, keys] of Object.entries(bindings)) {
      const isRight = keys.every((key) => count(got, `${name} ${key}`) === each);
      lab.check(say`${name} got the levels that it is bound with`, isRight);
    }
    const rows = LEVELS.map((level) => [say`${level}`, count(got, `alerts ${level}`), count(got, `archive ${level}`)]);
    lab.table({ title: 'Lines in each queue, by routing key', columns: ['routing key', 'alerts', 'archive'], rows });
  },
});
