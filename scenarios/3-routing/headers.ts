import { count, defineScenario, range, say } from 'msgplay';

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
    const different = (match: string) => new Set(got.filter((one) => one.startsWith(match))).size;

    const numbers = { one: 'one: the kind with both', three: 'three: those with at least one', four: 'all four' };
    const comes = say`The queue any asks for format ${format}, type ${type}, x-match any. How many of four kinds will it get?`;
    const any = await lab.predict(comes, numbers);
    await lab.step('Documents of four kinds: two formats, two types');
    for (const kind of kinds) await publish(kind);
    await lab.until('both queues have their documents', () => got.length === 4 * each);
    const some = different('any');
    const needs = say`any got ${some} of 4 kinds, and all got ${different('all')}: one header is enough for any, all needs each of them`;
    any.answer(some === 3 ? 'three' : some === 1 ? 'one' : 'four', needs);

    const takers = {
      both: 'both queues: the key is equal',
      any: 'the queue any',
      nobody: 'nobody: only headers count',
    };
    const key = await lab.predict(
      'A document without headers comes with the routing key of the bindings. Who gets it?',
      takers,
    );
    await lab.step('A document without headers, with the routing key of the bindings');
    const [earlier, taken] = [returned, got.length];
    await publish({}, KEY);
    await lab.until('those documents are returned or taken', () => returned - earlier + got.length - taken === each);
    const why = say`returned: ${returned - earlier} of ${each}; the routing key of a headers exchange counts for nothing`;
    key.answer(got.length === taken ? 'nobody' : 'both', why);

    const isAll = different('all') === 1 && count(got, `all ${format}/${type}`) === each;
    lab.check('all got the kind that has both headers, and no other', isAll);
    lab.check('any got the kinds that have at least one of them', different('any') === 3);
    lab.check('no routing key makes up for missing headers', got.length === taken);
    const rows = kinds.map(nameOf).map((name) => [name, count(got, `all ${name}`), count(got, `any ${name}`)]);
    lab.table({ title: 'Documents in each queue, by format and type', columns: ['headers', 'all', 'any'], rows });
  },
});
