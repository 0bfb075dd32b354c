import type { Redis as Client } from 'ioredis';
import { defineScenario, range, say } from 'msgplay';

type Entry = readonly [id: string, fields: readonly string[]];
/** The order that billing-1 takes, and does not finish. */
const LOST = 2;

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
    const crash = async (peer: string, redis: Client, order: string | number) => {
      const gone = new Promise((resolve) => redis.on('end', resolve));
      lab.note(say`crashes before order ${order} is done`, peer);
      lab.cut(peer);
      await gone;
    };
    const shop = await connect('shop');
    const sample = JSON.stringify({ order: 'A', item: 'tea' });

    await lab.step('Publish/subscribe: nobody listens at this moment');
    const receivers = await shop.publish(channel, sample);
    lab.check('what nobody hears is gone', receivers === 0, say`receivers: ${receivers}`);

    await lab.step('A list: who takes an order has the only one there is');
    await shop.rpush(list, sample.replace('A', 'B'));
    const worker = await connect('worker');
    await worker.lpop(list);
    await crash('worker', worker, 'B');
    const listed = await shop.llen(list);
    const lost = 'the list does not know what the crashed worker took: order B is lost';
    lab.check(lost, listed === 0, say`in the list: ${listed}`);

    await lab.step(say`A stream: orders are kept (${orders}), and each group has its own place in them`);
    for (const order of range(1, orders)) await shop.xadd(stream, '*', 'order', order, 'item', 'tea');
    for (const group of ['billing', 'audit']) await shop.xgroup('CREATE', stream, group, '0');
    const read = async (redis: Client, group: string, consumer: string, count: number) => {
      const answer = await redis.xreadgroup('GROUP', group, consumer, 'COUNT', count, 'STREAMS', stream, '>');
      return (answer as [string, Entry[]][] | null)?.[0]?.[1] ?? [];
    };
    const billed: number[] = [];
    const bill = async (redis: Client, entries: readonly Entry[]) => {
      for (const entry of entries) {
        billed.push(orderOf(entry));
        await redis.xack(stream, 'billing', entry[0]);
      }
    };
    const first = await connect('billing-1');
    const taken = await read(first, 'billing', 'billing-1', 2);
    await bill(first, taken.slice(0, 1));
    await crash('billing-1', first, LOST);

    await lab.step('billing-2 reads on: what is new to the group comes to it');
    const second = await connect('billing-2');
    const who = await lab.predict(say`billing-1 took order ${LOST} and crashed before its XACK. Who gets it now?`, {
      next: 'billing-2, with what it reads next',
      nobody: 'nobody, until somebody claims it',
      never: 'nobody, ever: it is lost',
    });
    await bill(second, await read(second, 'billing', 'billing-2', orders));
    const waiting = (await shop.xpending(stream, 'billing', '-', '+', orders)).length;
    const isPending = waiting === 1 && !billed.includes(LOST);
    const kept = 'the order of the crashed consumer is pending (no XACK yet), not lost';
    lab.check(kept, isPending, say`pending: ${waiting}`);

    await lab.step(say`billing-2 claims what has been pending for ${idle} ms (XAUTOCLAIM)`);
    let claimed: Entry[] = [];
    while (claimed.length === 0) {
      await lab.sleep(idle);
      [, claimed] = (await second.xautoclaim(stream, 'billing', 'billing-2', idle, '0')) as [string, Entry[]];
    }
    await bill(second, claimed);
    const unwatched = 'Redis does not watch consumers: it only keeps the list of what was not acked';
    who.answer(claimed.map(orderOf).includes(LOST) ? 'nobody' : 'never', unwatched);
    const each = range(1, orders).join();
    const isEach = [...billed].sort((one, other) => one - other).join() === each;
    lab.check('every order was billed, each once', isEach, say`billed, in this order: ${billed.join(', ')}`);

    await lab.step('Another group, and a replay');
    const shares = { all: 'all of them', none: 'none: billing has them all' };
    const share = await lab.predict('The group audit reads only now. How many orders does it get?', shares);
    const audit = await connect('audit');
    const audited = await read(audit, 'audit', 'audit', orders);
    for (const [id] of audited) await audit.xack(stream, 'audit', id);
    const why = 'each group has a place of its own; an XACK removes nothing from the stream';
    share.answer(audited.length === orders ? 'all' : 'none', why);
    const isAudited = audited.map(orderOf).join() === each;
    lab.check('the other group gets every order, too', isAudited, say`audited: ${audited.length}`);
    await shop.xtrim(stream, 'MAXLEN', keep);
    const found = (await audit.xrange(stream, '-', '+')).length;
    const left = Math.min(keep, orders);
    const replay = say`a replay from the beginning finds what the stream keeps: ${left}`;
    lab.check(replay, found === left, say`found: ${found}`);
  },
});

/** Its first field is the number of the order. */
function orderOf([, fields]: Entry): number {
  return Number(fields[1]);
}
