import { defineScenario, range, say } from 'msgplay';

export default defineScenario({
  name: 'cache-aside',
  title: 'A cache beside the database: hit, miss, stale, stampede, eviction',
  lesson: 2,
  options: {
    readers: { type: 'integer', default: 4, min: 2, max: 20, help: 'how many web servers ask at the same time' },
    database: { type: 'integer', default: 20, min: 1, max: 2000, help: 'how long the database takes to answer, in ms' },
    policy: {
      type: 'choice',
      choices: ['allkeys-lru', 'noeviction'],
      default: 'allkeys-lru',
      help: 'what a full memory leads to',
    },
    withoutEviction: { type: 'flag', help: 'leave out what changes settings (for a server that a URL names)' },
  },
  needs: ['redis'],
  owns: ({ withoutEviction }) => (withoutEviction ? [] : ['redis']),
  about: ({ readers, database }) => say`web servers: ${readers} · the database (a slow function) takes ${database} ms`,

  async run(lab, { readers, database: databaseMs, policy, withoutEviction }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => ({ peer, redis: lab.using(new Redis(await lab.url('redis', peer))) });
    const first = await connect('web-1');
    const webs = [first];
    for (const number of range(2, readers)) webs.push(await connect(`web-${number}`));
    const web = first.redis;
    const [key, lock] = [lab.name('price:tea'), lab.name('lock:price:tea')];
    /** What the database says, and how often it was read. */
    let [price, reads] = ['10', 0];
    const load = async ({ peer, redis }: typeof first) => {
      reads++;
      lab.note('reads the database', peer);
      await lab.sleep(databaseMs);
      await redis.set(key, price, 'EX', 60);
      return price;
    };
    const read = async (one: typeof first) => (await one.redis.get(key)) ?? load(one);
    const expire = async () => {
      reads = 0;
      await web.pexpire(key, 1);
      await lab.sleep(5);
    };

    await lab.step('A miss, then a hit: who misses reads the database and fills the cache');
    const values = [await read(first), await read(first)];
    const isCached = reads === 1 && values.join() === '10,10';
    lab.check('the second read needs no database', isCached, say`database reads: ${reads}`);

    await lab.step('The price changes to 12 in the database, and nobody tells the cache');
    const seen = await lab.predict('What does the next reader see?', ['10', '12']);
    price = '12';
    const stale = await read(first);
    seen.answer(stale, 'the cache does not know the database: it answers until its entry is removed or expires');
    await web.del(key);
    const fresh = await read(first);
    const isStale = stale === '10' && fresh === '12';
    lab.check('the cache is stale until its entry is removed', isStale, say`${stale}, then ${fresh}`);

    await lab.step(say`A stampede: the entry expires, and all web servers (${readers}) want it at once`);
    const often = await lab.predict('All of them ask. How often is the database read?', [1, readers]);
    await expire();
    const found = await Promise.all(webs.map(({ redis }) => redis.get(key)));
    await Promise.all(webs.filter((_, index) => found[index] === null).map(load));
    often.answer(reads, 'each found the cache empty before the first had filled it');
    lab.check('each of them reads the database', reads === readers, say`database reads: ${reads}`);

    await lab.step('The cure: whoever gets the lock (SET … NX) reads the database, the others wait');
    const readAlone = async (one: typeof first) => {
      while ((await one.redis.get(key)) === null) {
        if ((await one.redis.set(lock, 'mine', 'EX', 10, 'NX')) === null) await lab.sleep(Math.max(5, databaseMs / 2));
        else await read(one).finally(() => one.redis.del(lock));
      }
    };
    await expire();
    await Promise.all(webs.map(readAlone));
    lab.check('only one of them reads the database', reads === 1, say`database reads: ${reads}`);
    lab.note('whoever has the lock looks once more: the cache may have been filled meanwhile');
    lab.note("DEL would remove another's lock, too: so it lives longer (10 s) than the database takes; see redis-lock");
    if (withoutEviction) return;

    await lab.step(say`Memory is full: room for 1 MB more, ten pictures of 200 kB come (maxmemory-policy ${policy})`);
    const [, , , used] = (await web.memory('STATS')) as unknown[];
    lab.note(say`maxmemory becomes 1 MB more than the ${used} bytes that are in use`);
    await web.config('SET', 'maxmemory-policy', policy);
    await web.config('SET', 'maxmemory', Number(used) + 1_000_000);
    let refused = 0;
    for (const picture of range(1, 10)) {
      await web.set(lab.name(`picture:${picture}`), 'x'.repeat(200_000)).catch(() => refused++);
    }
    const kept = (await web.keys(lab.name('picture:*'))).length;
    lab.note(
      'allkeys-lru evicts what was used longest ago, and counts in seconds: here all pictures are equally old; noeviction refuses writes',
    );
    const title = policy === 'noeviction' ? 'a full cache refuses to write' : 'a full cache makes room for the new';
    const isFull = kept > 0 && kept < 10 && refused === (policy === 'noeviction' ? 10 - kept : 0);
    lab.check(title, isFull, say`of 10 pictures are still there: ${kept}; refused: ${refused}`);
  },
});
