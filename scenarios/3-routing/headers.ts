import { defineScenario, range, say } from 'msgplay';

const FORMATS = ['pdf', 'zip'] as const;
const TYPES = ['report', 'log'] as const;
/** Given to bindings and messages alike, to show that it does not matter. */
const KEY = 'documents';

function nameOf({ format = '-', type = '-' }: { readonly format?: string; readonly type?: string }): string {
  return `${format}/${type}`;
}

export default defineScenario({
  name: 'headers',
  title: 'A headers exchange: bindings ask for headers, all of them or any',
  lesson: 4,
  options: {
    bindFormat: { type: 'choice', choices: FORMATS, default: 'pdf', help: 'the format that both bindings ask for' },
    bindType: { type: 'choice', choices: TYPES, default: 'report', help: 'the type that both bindings ask for' },
    each: { type: 'integer', default: 1, min: 1, max: 20, help: 'how many documents of each kind are published' },
  },
  needs: ['rabbitmq'],
  about: ({ bindFormat: format, bindType: type }) =>
    say`bindings ask for format ${format} and type ${type}: one for all, one for any`,
  names: ['document'],

  async run(lab, { bindFormat: format, bindType: type, each }) {
    const amqp = await import('amqplib');
    const exchange = lab.name('documents');
    const publisher = lab.using(await amqp.connect(await lab.url('rabbitmq', 'publisher'), { noDelay: true }));
    const channel = await publisher.createConfirmChannel();
    await channel.assertExchange(exchange, 'headers');
    const kinds = FORMATS.flatMap((one) => TYPES.map((other) => ({ format: one, type: other })));
    let returned = 0;
    channel.on('return', () => returned++);
    let documents = 0;
    const publish = async (headers: object, routingKey = '') => {
      for (const _ of range(1, each)) {
        const body = { document: ++documents, ...headers };
        channel.publish(exchange, routingKey, Buffer.from(JSON.stringify(body)), { headers, mandatory: true });
      }
      await channel.waitForConfirms();
    };

    /** Who got what: `any pdf/log`. */
    const got: string[] = [];
    for (const match of ['all', 'any']) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', match), { noDelay: true }));
      const consumer = await connection.createChannel();
      const { queue } = await consumer.assertQueue(lab.name(match));
      await consumer.bindQueue(queue, exchange, KEY, { 'x-match': match, format, type });
      await consumer.consume(queue, (delivery) => {
        if (!delivery) return;
        got.push(`${match} ${nameOf(JSON.parse(delivery.content.toString()))}`);
        consumer.ack(delivery);
      });
    }
    const count = (match: string, kind: string) => got.filter((one) => one === `${match} ${kind}`).length;
    const different = (match: string) => new Set(got.filter((one) => one.startsWith(match))).size;

    const any = await lab.predict(
      say`Four kinds of documents come. The queue any asks for format ${format}, type ${type}, x-match any. How many kinds will it get?`,
      { one: 'one: the kind with both', three: 'three: those with at least one of the headers', four: 'all four' },
    );
    await lab.step('Documents of four kinds: two formats, two types');
    for (const kind of kinds) await publish(kind);
    await lab.until('both queues have their documents', () => got.length === 4 * each);
    const some = different('any');
    const needs = say`any got ${some} of 4 kinds, and all got ${different('all')}: one header is enough for any, all needs each of them`;
    any.answer(some === 3 ? 'three' : some === 1 ? 'one' : 'four', needs);

    const question =
      'The bindings have a routing key, too. A document without headers comes with that very key. Who gets it?';
    const key = await lab.predict(question, {
      both: 'both queues: the routing key is equal',
      queue: 'the queue any',
      nobody: 'nobody: a headers exchange looks at headers only',
    });
    await lab.step('A document without headers, with the routing key of the bindings');
    const [earlier, taken] = [returned, got.length];
    await publish({}, KEY);
    await lab.until('those documents are returned or taken', () => returned - earlier + got.length - taken === each);
    const why = say`returned: ${returned - earlier} of ${each}; the routing key of a headers exchange counts for nothing`;
    key.answer(got.length === taken ? 'nobody' : 'both', why);

    for (const kind of kinds) {
      const [name, fitting] = [nameOf(kind), [kind.format === format, kind.type === type]];
      const [inAll, inAny] = [fitting.every(Boolean), fitting.some(Boolean)];
      const isRight = count('all', name) === (inAll ? each : 0) && count('any', name) === (inAny ? each : 0);
      lab.check(say`${name} went to the queues that ask for it, and to no other`, isRight);
    }
    lab.check('no routing key makes up for missing headers', got.length === taken);
    const rows = kinds.map(nameOf).map((name) => [name, count('all', name), count('any', name)]);
    lab.table({ title: 'Documents in each queue, by format and type', columns: ['headers', 'all', 'any'], rows });
  },
});
