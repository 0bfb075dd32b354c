import { describe, expect, it } from 'vitest';
import amqp, {
  type AmqpArgs,
  type AmqpMethodName,
  encodeContent,
  encodeMethod,
  Typed,
} from '../../../src/protocols/amqp/index.ts';
import { converse } from '../../helpers/converse.ts';

const tell = (bytes: Buffer) => amqp.describe(converse(amqp, [['server', bytes]])[0]!);
const method = <M extends AmqpMethodName>(name: M, args: Partial<AmqpArgs[M]>) => tell(encodeMethod(1, name, args));

describe('telling an AMQP frame', () => {
  it('says in a line what was published', () => {
    const bytes = encodeContent(
      1,
      'basic.publish',
      { exchange: 'orders', routingKey: 'a.b' },
      { deliveryMode: 2 },
      Buffer.from('{"id":1}'),
    );
    expect(tell(bytes).summary).toBe('exchange=orders key=a.b persistent 8 bytes "{\\"id\\":1}"');
  });

  it('names the default exchange', () => {
    expect(tell(encodeContent(1, 'basic.publish', { routingKey: 'jobs' }, {}, Buffer.from('x'))).summary).toBe(
      'exchange=(default) key=jobs 1 byte "x"',
    );
  });

  it.each([
    [
      method('queue.declare', { queue: 'jobs', durable: true, arguments: { 'x-max-length': 5 } }),
      'queue=jobs durable x-max-length=5',
    ],
    [method('basic.ack', { deliveryTag: 3, multiple: true }), 'tag=3 multiple'],
    [method('channel.close', { replyCode: 404, replyText: "no queue 'q'" }), `reply-code=404 "no queue 'q'"`],
    [
      method('connection.start-ok', { clientProperties: { product: 'amqplib', version: '2' }, mechanism: 'PLAIN' }),
      'amqplib 2 mechanism=PLAIN',
    ],
    [method('queue.declare', { queue: 'two\nlines' }), 'queue="two\\nlines"'],
  ])('keeps a summary to one line', ({ summary }, expected) => {
    expect(summary).toBe(expected);
  });

  it('gives fields that survive JSON', () => {
    const headers = { at: new Typed('timestamp', 5), big: 2n ** 60n, bytes: Buffer.from([1, 255]), nan: Number.NaN };
    const { fields } = tell(encodeContent(1, 'basic.publish', { exchange: 'e' }, { headers }, Buffer.from([0, 255])));
    expect(JSON.parse(JSON.stringify(fields))).toEqual(fields);
    expect(fields).toEqual({
      channel: 1,
      exchange: 'e',
      routingKey: '',
      mandatory: false,
      immediate: false,
      properties: { headers: { at: 5, big: '1152921504606846976', bytes: { base64: 'Af8=' }, nan: 'NaN' } },
      bodySize: 2,
      body: { base64: 'AP8=' },
    });
  });

  it.each([
    encodeMethod(0, 'connection.start-ok', { mechanism: 'PLAIN', response: Buffer.from('\0guest\0hunter2') }),
    encodeMethod(0, 'connection.secure-ok', { response: Buffer.from('hunter2') }),
    encodeMethod(0, 'connection.update-secret', { newSecret: Buffer.from('hunter2'), reason: 'old' }),
  ])('never tells a secret', (bytes) => {
    expect(JSON.stringify(tell(bytes))).not.toContain('hunter2');
  });
});
