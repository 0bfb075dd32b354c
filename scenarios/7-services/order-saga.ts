import { defineScenario, range, say } from 'msgplay';

const PRICE = 20;
/** How an order can end: the event that ends it, and what the customer has then. */
const ENDS: Record<string, { readonly end: string; readonly why: string }> = {
  'stock.reserved': { end: 'confirmed', why: 'payment took the money, and then stock had one left' },
  'payment.declined': { end: 'cancelled: nothing was paid', why: 'payment said no, so stock never heard of the order' },
  'payment.refunded': {
    end: 'cancelled: the money came back',
    why: 'the money was taken before stock was found short, so payment had to undo its own step',
  },
};
/** All events; each says of which order it is: `{"order.placed": 1}`. */
const KEYS = ['order.placed', 'payment.taken', 'stock.short', ...Object.keys(ENDS)];
const KEPT = 'cancelled: the money is gone';

export default defineScenario({
  name: 'order-saga',
  title: 'An order through payment, stock and mail by events alone; what was done is undone where it must be',
  lesson: 2,
  options: {
    orders: { type: 'integer', default: 3, min: 2, max: 20, help: 'how many orders are placed, one after the other' },
    stock: { type: 'integer', default: 1, min: 0, max: 20, help: 'how many pieces are in stock' },
    decline: { type: 'integer', default: 2, min: 0, max: 2, help: 'the order whose card is declined (0: none)' },
  },
  needs: ['rabbitmq'],
  names: KEYS,
  about: ({ orders, stock, decline }) =>
    say`orders: ${orders}, ${PRICE} € each · in stock: ${stock} · the card of order ${decline} is declined (0: none)`,

  async run(lab, { orders, stock, decline }) {
    const amqp = await import('amqplib');
    const exchange = lab.name('shop');
    let [money, left] = [0, stock];
    /** The last event of each order; and the orders whose end shop and mail have learned. */
    const last = new Map<number, string>();
    const [closed, written] = [[] as number[], [] as number[]];

    /** A service: it listens to some events, and answers each with an event of its own, or with nothing. */
    const service = async (name: string, keys: string[], react: (order: number, key: string) => unknown) => {
      const connection = lab.using(await amqp.connect(await lab.url('rabbitmq', name), { noDelay: true }));
      const channel = await connection.createChannel();
      await channel.assertExchange(exchange, 'topic');
      const { queue } = await channel.assertQueue(lab.name(`${name}-inbox`));
      for (const key of keys) await channel.bindQueue(queue, exchange, key);
      const publish = (key: string, order: number) => {
        last.set(order, key);
        channel.publish(exchange, key, Buffer.from(JSON.stringify({ [key]: order })), { persistent: true });
      };
      await channel.consume(queue, (delivery) => {
        if (!delivery) return;
        const key = delivery.fields.routingKey;
        const order: number = JSON.parse(delivery.content.toString())[key];
        const next = react(order, key);
        if (typeof next === 'string') publish(next, order);
        channel.ack(delivery);
      });
      return publish;
    };
    await lab.step('Each service binds its queue to the events that it cares about; none knows another');
    const publish = await service('shop', Object.keys(ENDS), (order) => closed.push(order));
    await service('payment', ['order.placed', 'stock.short'], (order, key) => {
      if (order === decline) return 'payment.declined';
      money += key === 'order.placed' ? PRICE : -PRICE;
      return key === 'order.placed' ? 'payment.taken' : 'payment.refunded';
    });
    await service('stock', ['payment.taken'], () => {
      if (left === 0) return 'stock.short';
      left--;
      return 'stock.reserved';
    });
    await service('mail', Object.keys(ENDS), (order) => written.push(order));

    const rows: [number, string][] = [];
    for (const order of range(1, orders)) {
      await lab.step(say`Order ${order} is placed`);
      const question = say`In stock: ${left}. How does order ${order} end?`;
      const guess = await lab.predict(question, [...Object.values(ENDS).map(({ end }) => end), KEPT]);
      publish('order.placed', order);
      await lab.until('shop and mail know the end', () => closed.includes(order) && written.includes(order));
      const { end, why } = ENDS[last.get(order) ?? ''] ?? { end: KEPT, why: '' };
      guess.answer(end, why);
      rows.push([order, end]);
    }

    lab.table({ title: 'How each order ended', columns: ['order', 'end'], rows });
    const confirmed = rows.filter(([, end]) => end === 'confirmed').length;
    lab.check('every piece that left the stock belongs to a confirmed order', left === stock - confirmed);
    const isHeld = money === confirmed * PRICE;
    lab.check('payment holds the money of confirmed orders, and no other', isHeld, say`${money} €`);
    const all = range(1, orders).join();
    const isTold = closed.join() === all && written.join() === all;
    lab.check('shop and mail learned of each order once how it ended', isTold);
  },
});
