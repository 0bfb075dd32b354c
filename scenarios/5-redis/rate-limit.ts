import type { Redis as Client } from 'ioredis';
import { defineScenario, range, say } from 'msgplay';

const WAYS = ['fixed', 'sliding', 'bucket'] as const;
const TITLES = {
  fixed: 'A fixed window: count the requests of each second (INCR); a count above the limit is refused',
  sliding:
    'A sliding window: remember each request (a sorted set of times); one too many is refused, and taken out (ZREM)',
  bucket:
    'A token bucket: each request takes a token, and tokens come back steadily (a script: 1 = it got one, 0 = it is refused)',
};
const WHY = {
  fixed:
    'the two bursts fall into two windows, each with its own counter: in less than a window twice the limit passes',
  sliding: 'at the second burst the requests of the first are less than a window old',
  bucket: 'the first burst empties the bucket; between the bursts only part of it fills again',
};
/** Fills the bucket for the time that has passed, and takes a token if there is one, in one step. */
const TAKE = `
local limit, window, at = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(redis.call('hget', KEYS[1], 'tokens') or limit)
local last = tonumber(redis.call('hget', KEYS[1], 'at') or at)
tokens = math.min(limit, tokens + (at - last) * limit / window)
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
    window: { type: 'integer', default: 1000, min: 10, max: 60_000, help: 'how long a window is, in ms' },
  },
  needs: ['redis'],
  about: ({ limit, window }) =>
    say`limit: ${limit} requests in ${window} ms · two bursts, just before and just after a window begins`,

  async run(lab, { way, limit, window }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
    const [one, two] = [await connect('web-1'), await connect('web-2')];
    let requests = 0;
    let script = '';
    /** Whether a request of this time, in ms, may pass. */
    const allow = {
      async fixed(redis: Client, at: number) {
        const key = lab.name(`rate:fixed:${Math.floor(at / window)}`);
        const count = await redis.incr(key);
        if (count === 1) await redis.expire(key, 60);
        return count <= limit;
      },
      async sliding(redis: Client, at: number) {
        const [key, request] = [lab.name('rate:sliding'), `request ${++requests}`];
        const old = redis.multi().zremrangebyscore(key, '-inf', at - window);
        const replies = await old.zadd(key, at, request).zcard(key).expire(key, 60).exec();
        const isWithin = Number(replies?.[2]?.[1]) <= limit;
        if (!isWithin) await redis.zrem(key, request);
        return isWithin;
      },
      async bucket(redis: Client, at: number) {
        script ||= (await redis.script('LOAD', TAKE)) as string;
        return (await redis.evalsha(script, 1, lab.name('rate:bucket'), limit, window, at)) === 1;
      },
    };

    const [early, late] = [window - Math.ceil(window / 10), window + Math.floor(window / 10)];
    const refill = Math.floor(((late - early) * limit) / window);
    const rows: (string | number)[][] = [];
    lab.note(say`Each request brings its time as a number (${early} or ${late} ms); the run does not wait for it.`);
    for (const name of way === 'all' ? WAYS : [way]) {
      await lab.step(TITLES[name]);
      const question = say`Requests at ${early} ms: ${limit}; and at ${late} ms: ${limit} more. How many pass?`;
      const guess = await lab.predict(question, [limit, limit + refill, 2 * limit]);
      /** The two web servers share the limit, as both count in Redis. */
      const burst = async (at: number) => {
        let passed = 0;
        for (const turn of range(1, limit)) if (await allow[name](turn % 2 ? one : two, at)) passed++;
        lab.note(say`requests at ${at} ms: ${passed} may pass, ${limit - passed} are refused`);
        return passed;
      };
      const [before, after] = [await burst(early), await burst(late)];
      guess.answer(before + after, WHY[name]);
      rows.push([name, before, after, before + after]);
      const expected = { fixed: 2 * limit, sliding: limit, bucket: limit + refill }[name];
      const title = say`${name}: of ${2 * limit} requests pass: ${expected}`;
      lab.check(title, before + after === expected, say`${before}, then ${after}`);
    }

    await lab.step('Looking first and counting after: two web servers, and one place left');
    const counter = lab.name('rate:naive');
    await one.set(counter, limit - 1, 'EX', 60);
    const question = 'One place is left. Both web servers GET the counter, then INCR it. How many pass?';
    const guess = await lab.predict(question, [0, 1, 2]);
    const seen = await Promise.all([one.get(counter), two.get(counter)]);
    const counted: number[] = [];
    if (Number(seen[0]) < limit) counted.push(await one.incr(counter));
    if (Number(seen[1]) < limit) counted.push(await two.incr(counter));
    guess.answer(counted.length, 'both looked before either had counted');
    const detail = say`the counter is ${counted.at(-1) ?? 0} of ${limit}`;
    lab.check('GET and INCR let one too many pass', counted.length === 2, detail);
    const columns = ['way', 'first burst', 'second burst', { title: say`within ${late - early} ms`, bar: true }];
    lab.table({ title: 'Requests that passed', columns, rows });
  },
});
