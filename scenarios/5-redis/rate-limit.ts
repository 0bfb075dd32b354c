import type { Redis as Client } from 'ioredis';
import { defineScenario, range, say } from 'msgplay';

const WAYS = ['fixed', 'sliding', 'bucket'] as const;
const TITLES = {
  fixed: 'A fixed window: count the requests of each second (INCR); a count above the limit is refused',
  sliding: 'A sliding window: remember the time of each request (ZADD); one too many is refused, and taken out (ZREM)',
  bucket: 'A token bucket: each request takes a token; tokens come back steadily (EVAL: 1 = it got one, 0 = refused)',
};
/** Fills the bucket for the time that has passed, and takes a token if there is one, in one step. */
const TAKE = `
local limit, at = tonumber(ARGV[1]), tonumber(ARGV[2])
local tokens = tonumber(redis.call('hget', KEYS[1], 'tokens') or limit)
local last = tonumber(redis.call('hget', KEYS[1], 'at') or at)
tokens = math.min(limit, tokens + (at - last) * limit / 1000)
local taken = tokens >= 1 and 1 or 0
redis.call('hset', KEYS[1], 'tokens', tokens - taken, 'at', at)
redis.call('expire', KEYS[1], 60)
return taken`;

export default defineScenario({
  name: 'rate-limit',
  title: 'So many requests a second: three ways to count them in Redis',
  lesson: 5,
  options: {
    way: { type: 'choice', choices: ['all', ...WAYS], default: 'all', help: 'how requests are counted' },
    limit: { type: 'integer', default: 5, min: 1, max: 100, help: 'how many requests may pass in a window' },
  },
  needs: ['redis'],
  about: ({ limit }) => say`limit: ${limit} requests a second · two bursts, just before and just after a second begins`,

  async run(lab, { way, limit }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
    const [one, two] = [await connect('web-1'), await connect('web-2')];
    let requests = 0;
    /** Whether a request of this time, in ms, may pass. */
    const allow = {
      async fixed(redis: Client, at: number) {
        const key = lab.name(`rate:fixed:${Math.floor(at / 1000)}`);
        const count = await redis.incr(key);
        if (count === 1) await redis.expire(key, 60);
        return count <= limit;
      },
      async sliding(redis: Client, at: number) {
        const [key, request] = [lab.name('rate:sliding'), `request ${++requests}`];
        const old = redis.multi().zremrangebyscore(key, '-inf', at - 1000);
        const replies = await old.zadd(key, at, request).zcard(key).expire(key, 60).exec();
        const isWithin = Number(replies?.[2]?.[1]) <= limit;
        if (!isWithin) await redis.zrem(key, request);
        return isWithin;
      },
      async bucket(redis: Client, at: number) {
        return (await redis.eval(TAKE, 1, lab.name('rate:bucket'), limit, at)) === 1;
      },
    };
    /** The two web servers share the limit, as both count in Redis. */
    const burst = async (name: (typeof WAYS)[number], at: number) => {
      let passed = 0;
      for (const turn of range(1, limit)) if (await allow[name](turn % 2 ? one : two, at)) passed++;
      lab.note(say`requests at ${at} ms: ${passed} may pass, ${limit - passed} are refused`);
      return passed;
    };

    lab.note('Each request brings its time as a number (900 or 1100 ms); the run does not wait for it.');
    const refill = Math.floor(limit / 5);
    const expected = { sliding: limit, bucket: limit + refill, fixed: 2 * limit };
    const why = {
      fixed: 'each second has a counter of its own, so twice the limit passes within 200 ms',
      sliding: 'at the second burst the requests of the first are less than a second old',
      bucket: say`the first burst empties the bucket; in the 200 ms until the second as many tokens come back: ${refill}`,
    };
    for (const name of way === 'all' ? WAYS : [way]) {
      await lab.step(TITLES[name]);
      const question = say`Requests at 900 ms: ${limit}; and at 1100 ms: ${limit} more. How many pass?`;
      const guess = await lab.predict(question, Object.values(expected));
      const [before, after] = [await burst(name, 900), await burst(name, 1100)];
      guess.answer(before + after, why[name]);
      const title = say`${name}: of ${2 * limit} requests pass: ${expected[name]}`;
      lab.check(title, before + after === expected[name], say`${before}, then ${after}`);
    }

    await lab.step('Looking first and counting after: two web servers, and one place left');
    const counter = lab.name('rate:naive');
    await one.set(counter, limit - 1, 'EX', 60);
    const question = 'One place is left. Both web servers GET the counter, then INCR it. How many pass?';
    const guess = await lab.predict(question, [0, 1, 2]);
    const seen = [await one.get(counter), await two.get(counter)];
    const counted: number[] = [];
    if (Number(seen[0]) < limit) counted.push(await one.incr(counter));
    if (Number(seen[1]) < limit) counted.push(await two.incr(counter));
    guess.answer(counted.length, 'both looked before either had counted');
    const detail = say`the counter is ${counted.at(-1)} of ${limit}`;
    lab.check('GET and INCR let one too many pass', counted.length === 2, detail);
  },
});
