import { defineScenario, range, say } from 'msgplay';

export default defineScenario({
  name: 'hello-queue',
  title: 'One producer, one queue, one consumer: what a broker is for',
  lesson: 1,
  options: {
    messages: { type: 'integer', default: 3, min: 1, max: 100, help: 'how many messages the producer sends' },
    first: { type: 'choice', choices: ['producer', 'consumer'], default: 'producer', help: 'who is there first' },
  },
  needs: ['rabbitmq'],
  about: ({ messages, first }) =>
    first === 'producer'
      ? say`messages: ${messages} · the producer comes first, and leaves before the consumer comes`
      : say`messages: ${messages} · the consumer comes first, and waits for the producer`,
  names: ['message'],

  async run(lab, { messages, first }) {
    const amqp = await import('amqplib');
    const connect = async (peer: string) => amqp.connect(await lab.url('rabbitmq', peer), { noDelay: true });
    const queue = lab.name('hello');
    const received: number[] = [];
    let waiting = 0;
    const produce = async () => {
      const connection = await connect('producer');
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue(queue);
      for (const message of range(1, messages)) {
        channel.sendToQueue(queue, Buffer.from(JSON.stringify({ message, text: 'hello' })));
      }
      await channel.waitForConfirms();
      if (first === 'consumer') await lab.until('the consumer gets every message', () => received.length === messages);
      waiting = (await channel.checkQueue(queue)).messageCount;
      await connection.close();
    };
    const consume = async (name: string) => {
      const connection = await connect(name);
      const channel = await connection.createChannel();
      await channel.assertQueue(queue);
      await channel.consume(queue, (delivery) => {
        if (!delivery) return;
        received.push(JSON.parse(delivery.content.toString()).message);
        channel.ack(delivery);
      });
      return connection;
    };

    if (first === 'consumer') await lab.step('The consumer subscribes to an empty queue');
    const early = first === 'consumer' ? await consume('consumer') : undefined;
    const question =
      first === 'producer'
        ? 'The producer sends its messages and leaves. Nobody consumes yet. How many will wait in the queue?'
        : 'The consumer is there already. The producer sends its messages and leaves. How many will wait in the queue?';
    const numbers = { all: 'all of them: the broker keeps them', none: 'none', last: 'only the last one' };
    const where = await lab.predict(question, numbers);
    await lab.step('The producer sends its messages to the queue, and leaves');
    await produce();
    const why = say`the broker counted ${waiting} in the queue; a queue holds what no consumer has taken yet`;
    where.answer(waiting === messages ? 'all' : 'none', why);
    lab.check('the queue kept what nobody had taken', waiting === (first === 'producer' ? messages : 0));

    if (first === 'producer')
      await lab.step('A consumer comes, which takes messages from the queue: it never meets the producer');
    const consumer = early ?? (await consume('consumer'));
    await lab.until('the consumer gets every message', () => received.length === messages);
    await consumer.close();
    const inOrder = received.every((message, index) => message === index + 1);
    lab.check('the consumer got every message, in order', inOrder, say`${received.length} of ${messages}`);

    const shares = { same: 'the same messages again', nothing: 'nothing: what was acked is gone' };
    const again = await lab.predict('Every message was acked. A second consumer comes. What does it get?', shares);
    await lab.step('A second consumer, the latecomer, asks the same queue');
    const latecomer = await consume('latecomer');
    const { messageCount } = await (await latecomer.createChannel()).checkQueue(queue);
    await latecomer.close();
    const isForgotten = received.length === messages && messageCount === 0;
    again.answer(isForgotten ? 'nothing' : 'same', 'an ack tells the broker to forget the message');
    lab.check('an acked message is not delivered again', isForgotten, say`left in the queue: ${messageCount}`);
  },
});
