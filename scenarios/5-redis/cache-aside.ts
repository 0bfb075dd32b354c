import { defineScenario, range, say } from 'msgplay';

/** How long an entry lives, in seconds, unless it is removed or runs out of time before. */
const TTL_S = 60;
/** How long the lock lives, in seconds: longer than the database may take. */
const LOCK_S = 10;
const POLICIES = ['allkeys-lru', 'noeviction'] as const;

export default defineScenario({
  name: 'cache-aside',
  title: 'A cache beside the database: hit, miss, stale, stampede, eviction',
  lesson: 2,
  options: {
    readers: { type: 'integer', default: 4, min: 2, max: 20, help: 'how many web servers ask at the same time' },
    database: { type: 'integer', default: 20, min: 1, max: 2000, help: 'how long the database takes to answer, in ms' },
    policy: { type: 'choice', choices: POLICIES, default: 'allkeys-lru', help: 'what a full memory leads to' },
    withoutEviction: { type: 'flag', help: 'leave out what changes settings (for a server that a URL names)' },
  },
  needs: ['redis'],
  owns: ({ withoutEviction }) => (withoutEviction ? [] : ['redis']),
  about: ({ readers, database }) =>
    say`web servers: ${readers} · the database (a slow function of the run) takes ${database} ms`,

  async run(lab, { readers, database: databaseMs, policy, withoutEviction }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => ({ peer, redis: lab.using(new Redis(await lab.url('redis', peer))) });
    const first = await connect('web-1');
    const webs = [first];
    for (const number of range(2, readers)) webs.push(await connect(`web-${number}`));
    const web = first.redis;
    const [key, lock] = [lab.name('price:tea'), lab.name('lock:price:tea')];
    let [price, reads, looked] = ['10', 0, 0];
    /** Stands for the database; `lookedAt` so many have found the cache empty before it answers. */
    const readDatabase = async (peer: string, lookedAt = 0) => {
      reads++;
      lab.note('reads the database', peer);
      await lab.sleep(databaseMs);
      await lab.until('the others have looked into the cache', () => looked >= lookedAt);
      return price;
    };
    const read = async ({ peer, redis }: typeof first, lookedAt = 0) => {
      const cached = await redis.get(key);
      looked++;
      if (cached !== null) return cached;
      const value = await readDatabase(peer, lookedAt);
      await redis.set(key, value, 'EX', TTL_S);
      return value;
    };
    /** One of many fills the cache, the others look again until it is filled. */
    const readAlone = async ({ peer, redis }: typeof first) => {
      while ((await redis.get(key)) === null) {
        if ((await redis.set(lock, 'mine', 'EX', LOCK_S, 'NX')) === null) await lab.sleep(Math.max(5, databaseMs / 2));
        else {
          lab.note('has the lock; looks again, as the cache may have been filled meanwhile', peer);
          const value = (await redis.get(key)) ?? (await readDatabase(peer));
          await redis.set(key, value, 'EX', TTL_S);
          await redis.del(lock);
          return;
        }
      }
    };
    const expire = async () => {
      await web.pexpire(key, 1);
      await lab.until('the entry expires', async () => (await web.exists(key)) === 0);
    };

    await lab.step('A miss, then a hit: who misses reads the database and fills the cache');
    const values = [await read(first), await read(first)];
    const isCached = reads === 1 && values.join() === '10,10';
    lab.check('the second read needs no database', isCached, say`database reads: ${reads}`);

    await lab.step('The price changes in the database, and nobody tells the cache');
    const seen = await lab.predict('The database says 12 now. What does the next reader see?', ['10', '12']);
    price = '12';
    lab.note('the database: the price of tea is 12 now');
    const stale = await read(first);
    seen.answer(stale, 'the cache does not know the database: it answers until its entry is removed or expires');
    lab.note('removes the entry', 'web-1');
    await web.del(key);
    const fresh = await read(first);
    const isStale = stale === '10' && fresh === '12';
    lab.check('the cache is stale until its entry is removed', isStale, say`${stale}, then ${fresh}`);

    await lab.step(say`A stampede: the entry expires, and all web servers (${readers}) want it at once`);
    const stampede = say`Web servers that ask at once: ${readers}. How often is the database read?`;
    const often = await lab.predict(stampede, [1, readers]);
    await expire();
    [reads, looked] = [0, 0];
    await Promise.all(webs.map((one) => read(one, readers)));
    often.answer(reads, 'each found the cache empty before the first had filled it');
    lab.check('each of them reads the database', reads === readers, say`database reads: ${reads}`);

    await lab.step('The cure: whoever gets the lock (SET … NX) reads the database, the others wait');
    await expire();
    reads = 0;
    await Promise.all(webs.map(readAlone));
    lab.check('only one of them reads the database', reads === 1, say`database reads: ${reads}`);
    const careful = say`DEL removes the lock even if it had expired and was another's by now; so it lives longer (${LOCK_S} s) than the database takes; see redis-lock`;
    lab.note(careful);
    if (withoutEviction) return;

    const pictures = say`Memory is full: there is room for 1 MB more, and ten pictures of 200 kB come (maxmemory-policy ${policy})`;
    await lab.step(pictures);
    const [, , , used] = (await web.memory('STATS')) as unknown[];
    await web.config('SET', 'maxmemory-policy', policy);
    await web.config('SET', 'maxmemory', Number(used) + 1_000_000);
    const names = range(1, 10).map((picture) => lab.name(`picture:${picture}`));
    let refusals = 0;
    for (const name of names) await web.set(name, 'x'.repeat(200_000)).catch(() => refusals++);
    const left = await web.keys(lab.name('picture:*'));
    const kept = names.flatMap((name, index) => (left.includes(name) ? [index + 1] : []));
    lab.note(
      'the policy decides: noeviction refuses to write, allkeys-lru removes what was used longest ago, roughly: it counts in seconds, and all of these came in one',
    );
    const isCut = left.length > 0 && left.length < names.length;
    const detail = say`of ${names.length} pictures are still there: ${kept.join(', ')}; refused: ${refusals}`;
    if (policy === 'noeviction') lab.check('a full cache refuses to write', refusals > 0 && isCut, detail);
    else lab.check('a full cache makes room for the new', refusals === 0 && isCut, detail);
  },
});
