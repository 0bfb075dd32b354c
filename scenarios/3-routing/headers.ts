import { defineScenario, say } from 'msgplay';

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
      for (let count = 0; count < each; count++) {
        const body = { document: ++documents, ...headers };
        channel.publish(exchange, routingKey, Buffer.from(JSON.stringify(body)), { headers, mandatory: true });
      }
      await channel.waitForConfirms();
    };

    const got = new Map<string, string[]>();
    for (const match of ['all', 'any']) {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', match), { noDelay: true }));
      const consumer = await connection.createChannel();
      const { queue } = await consumer.assertQueue(lab.name(match));
      await consumer.bindQueue(queue, exchange, KEY, { 'x-match': match, format, type });
      const kindsSeen: string[] = [];
      got.set(match, kindsSeen);
      await consumer.consume(queue, (delivery) => {
        if (!delivery) return;
        kindsSeen.push(nameOf(JSON.parse(delivery.content.toString())));
        consumer.ack(delivery);
      });
    }
    const count = (match: string, kind: string) => (got.get(match) ?? []).filter((one) => one === kind).length;
    const total = () => [...got.values()].flat().length;

    const any = await lab.predict(
      say`Four kinds of documents come. The queue any asks for format ${format}, type ${type}, x-match any. How many kinds will it get?`,
      { one: 'one: the kind with both', three: 'three: those with at least one of the headers', four: 'all four' },
    );
    await lab.step('Documents of four kinds: two formats, two types');
    for (const kind of kinds) await publish(kind);
    await lab.until('both queues have their documents', () => total() === 4 * each);
    const some = new Set(got.get('any')).size;
    any.answer(
      some === 3 ? 'three' : some === 1 ? 'one' : 'four',
      say`any got ${some} of 4 kinds, and all got ${new Set(got.get('all')).size}: one header is enough for any, all needs each of them`,
    );

    const key = await lab.predict(
      'The bindings have a routing key, too. A document without headers comes with that very key. Who gets it?',
      {
        both: 'both queues: the routing key is equal',
        queue: 'the queue any',
        nobody: 'nobody: a headers exchange looks at headers only',
      },
    );
    await lab.step('A document without headers, with the routing key of the bindings');
    const [earlier, taken] = [returned, total()];
    await publish({}, KEY);
    await lab.until('those documents are returned or taken', () => returned - earlier + total() - taken === each);
    key.answer(
      total() === taken ? 'nobody' : 'both',
      say`returned: ${returned - earlier} of ${each}; the routing key of a headers exchange counts for nothing`,
    );

    for (const kind of kinds) {
      const [inAll, inAny] = [
        kind.format === format && kind.type === type,
        kind.format === format || kind.type === type,
      ];
      const name = nameOf(kind);
      const isRight = count('all', name) === (inAll ? each : 0) && count('any', name) === (inAny ? each : 0);
      lab.check(say`${name} went to the queues that ask for it, and to no other`, isRight);
    }
    lab.check('no routing key makes up for missing headers', total() === taken);
    lab.table({
      title: 'Documents in each queue, by format and type',
      columns: ['headers', 'all', 'any'],
      rows: kinds.map(nameOf).map((name) => [name, count('all', name), count('any', name)]),
    });
  },
});
