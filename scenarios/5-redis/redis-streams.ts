import type { Redis as Client } from 'ioredis';
import { count, defineScenario, range, say } from 'msgplay';

type Entry = readonly [id: string, fields: readonly [name: 'order', order: string, ...string[]]];

export default defineScenario({
  name: 'redis-streams',
  title: 'Streams: a log with consumer groups, against lists and publish/subscribe',
  lesson: 3,
  options: {
    orders: { type: 'integer', default: 4, min: 3, max: 200, help: 'how many orders are added to the stream' },
    idle: { type: 'integer', default: 30, min: 1, max: 5000, help: 'ms until an order may be claimed' },
    keep: { type: 'integer', default: 100, min: 1, max: 200, help: 'how many entries XTRIM leaves' },
  },
  needs: ['redis'],
  about: ({ orders, idle, keep }) =>
    say`orders: ${orders} · may be claimed after ${idle} ms · the stream keeps ${keep}`,
  names: ['order'],

  async run(lab, { orders, idle, keep }) {
    const { Redis } = await import('ioredis');
    const [list, channel, stream] = [lab.name('list'), lab.name('channel'), lab.name('orders')];
    const connect = async (peer: string) => {
      const redis = lab.using(new Redis(await lab.url('redis', peer), { retryStrategy: () => null }));
      return redis.on('error', () => {});
    };
    const shop = await connect('shop');

    await lab.step('Publish/subscribe: nobody listens at this moment');
    const receivers = await shop.publish(channel, '{"order":"A","item":"tea"}');
    lab.check('what nobody hears is gone', receivers === 0, say`receivers: ${receivers}`);

    await lab.step('A list: who takes an order has the only one there is');
    await shop.rpush(list, '{"order":"B","item":"tea"}');
    await (await connect('worker')).lpop(list);
    const listed = await shop.llen(list);
    lab.check('the list forgets what was taken: no other can have order B', listed === 0, say`in the list: ${listed}`);

    await lab.step(say`A stream: orders are kept (${orders}), and each group has its own place in them`);
    for (const order of range(1, orders)) await shop.xadd(stream, '*', 'order', order, 'item', 'tea');
    for (const group of ['billing', 'audit']) await shop.xgroup('CREATE', stream, group, '0');
    const read = async (redis: Client, group: string, consumer: string, most: number) => {
      const answer = await redis.xreadgroup('GROUP', group, consumer, 'COUNT', most, 'STREAMS', stream, '>');
      return (answer as [string, Entry[]][] | null)?.[0]?.[1] ?? [];
    };
    const billed: string[] = [];
    const bill = async (redis: Client, entries: readonly Entry[]) => {
      for (const [id, [, order]] of entries) {
        billed.push(order);
        await redis.xack(stream, 'billing', id);
      }
    };
    const first = await connect('billing-1');
    const taken = await read(first, 'billing', 'billing-1', 2);
    await bill(first, taken.slice(0, 1));
    lab.note('crashes before order 2 is done', 'billing-1');
    await lab.cut('billing-1');

    await lab.step('billing-2 reads on: what is new to the group comes to it');
    const second = await connect('billing-2');
    const who = await lab.predict('billing-1 took order 2 and crashed before its XACK. Who gets it now?', {
      next: 'billing-2, with what it reads next',
      nobody: 'nobody, until somebody claims it',
      never: 'nobody, ever: it is lost',
    });
    await bill(second, await read(second, 'billing', 'billing-2', orders));
    const pending = (await shop.xpending(stream, 'billing', '-', '+', orders)).length;
    const kept = 'the order of the crashed consumer is pending (no XACK yet), not lost';
    lab.check(kept, pending === 1 && !billed.includes('2'), say`pending: ${pending}`);

    await lab.step(say`billing-2 claims what has been pending for ${idle} ms (XAUTOCLAIM)`);
    await lab.sleep(idle + 5);
    const claim = await second.xautoclaim(stream, 'billing', 'billing-2', idle, '0');
    const [, claimed] = claim as [string, Entry[]];
    await bill(second, claimed);
    const unwatched = 'Redis does not watch consumers: it only keeps the list of what was not acked';
    who.answer(billed.at(-1) === '2' ? 'nobody' : 'never', unwatched);
    const isEach = range(1, orders).every((order) => count(billed, `${order}`) === 1);
    lab.check('every order was billed, each once', isEach, say`billed, in this order: ${billed.join(', ')}`);

    await lab.step('Another group, and a replay');
    const shares = { all: 'all of them', none: 'none: billing has them all' };
    const share = await lab.predict('The group audit reads only now. How many orders does it get?', shares);
    const audit = await connect('audit');
    const audited = await read(audit, 'audit', 'audit', orders);
    for (const [id] of audited) await audit.xack(stream, 'audit', id);
    const isAll = audited.length === orders;
    share.answer(isAll ? 'all' : 'none', 'each group has a place of its own; an XACK removes nothing from the stream');
    lab.check('the other group gets every order, too', isAll, say`audited: ${audited.length}`);
    await shop.xtrim(stream, 'MAXLEN', keep);
    const found = (await audit.xrange(stream, '-', '+')).length;
    const isKept = found === Math.min(keep, orders);
    lab.check('a replay from the beginning finds what the stream keeps', isKept, say`found: ${found}`);
  },
});
