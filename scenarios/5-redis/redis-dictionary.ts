import { defineScenario, range, say } from 'msgplay';

const CITIES = ['Seoul', 'Busan', 'Daegu'];
const NOTHING = 'nothing';

export default defineScenario({
  name: 'redis-dictionary',
  title: 'A dictionary in memory: five kinds of values, no SQL, and a time to live',
  lesson: 1,
  options: {
    users: { type: 'integer', default: 4, min: 1, max: 1000, help: 'how many users are stored' },
    ttl: { type: 'integer', default: 40, min: 1, max: 5000, help: 'how long the session lives, in ms' },
    withoutRestart: { type: 'flag', help: 'leave out the restart (for a server that a URL names)' },
  },
  needs: ['redis'],
  owns: ({ withoutRestart }) => (withoutRestart ? [] : ['redis']),
  about: ({ users, ttl }) => say`users: ${users} · the session lives ${ttl} ms`,

  async run(lab, { users, ttl, withoutRestart }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => {
      const redis = lab.using(new Redis(await lab.url('redis', peer), { retryStrategy: () => null }));
      return redis.on('error', () => {});
    };
    const [app, other] = [await connect('app-1'), await connect('app-2')];
    const key = (name: string) => lab.name(name);

    await lab.step('Each key has a value of one kind: a string, a hash, a list, a set, or a sorted set');
    await app.set(key('greeting'), 'hello');
    for (const user of range(1, users)) {
      const city = CITIES[(user - 1) % CITIES.length] ?? '';
      await app.hset(key(`user:${user}`), { name: `user ${user}`, city });
      await app.sadd(key(`city:${city}`), user);
    }
    await app.rpush(key('visits'), '/home', '/cart');
    await app.zadd(key('prices'), 900, 'tea', 300, 'milk');
    const kinds = [];
    for (const name of ['greeting', 'user:1', 'visits', 'city:Seoul', 'prices']) kinds.push(await app.type(key(name)));
    const found = kinds.join(', ');
    lab.check('Redis knows of each key what kind of value it has', found === 'string, hash, list, set, zset', found);

    await lab.step('A command fits one kind of value: GET on a hash');
    const choices = [NOTHING, 'the hash as text', 'an error'];
    const typed = await lab.predict('user:1 is a hash. What does GET user:1 answer?', choices);
    const got = await app.get(key('user:1')).catch(() => 'an error');
    const wrong = got === null ? NOTHING : got === 'an error' ? got : 'the hash as text';
    typed.answer(wrong, 'WRONGTYPE: a hash is read with HGET or HGETALL');
    lab.check('GET on a hash is refused', wrong === 'an error');

    await lab.step('There is no SQL: who lives in Seoul?');
    const scanned: string[] = [];
    for (const user of range(1, users)) {
      if ((await app.hget(key(`user:${user}`), 'city')) === 'Seoul') scanned.push(`${user}`);
    }
    lab.note(
      say`Without an index every user had to be read, commands: ${users}. The set city:Seoul needs one command:`,
    );
    const indexed = await app.smembers(key('city:Seoul'));
    const same = indexed.sort().join() === scanned.sort().join();
    lab.check('the index, which the app keeps itself, tells the same', same, say`users ${indexed.join(', ')}`);

    await lab.step('Two apps add to one counter: with GET and SET, then with INCR');
    const counter = key('counter');
    await app.set(counter, 0);
    const lost = await lab.predict('Both apps GET 0, add one, and SET it. What is the counter then?', ['1', '2']);
    const read = [Number(await app.get(counter)), Number(await other.get(counter))];
    await app.set(counter, (read[0] ?? 0) + 1);
    await other.set(counter, (read[1] ?? 0) + 1);
    const sum = (await app.get(counter)) ?? '';
    lost.answer(sum, 'the second SET writes over the first: between GET and SET others may come');
    lab.check('GET and SET lose one of two additions', sum === '1', say`the counter is ${sum}`);
    await Promise.all([app.incr(counter), other.incr(counter)]);
    const exact = (await app.get(counter)) ?? '';
    lab.check('INCR loses none: it is one step', exact === '3', say`${sum} plus two is ${exact}`);

    await lab.step(say`A time to live: the session is gone after ${ttl} ms`);
    const set = await app.multi().set(key('session'), 'user 1', 'PX', ttl).get(key('session')).exec();
    await lab.sleep(ttl + 5);
    const isGone = (await app.get(key('session'))) === null;
    lab.check('the session was there, and went by itself', set?.[1]?.[1] === 'user 1' && isGone);
    if (withoutRestart) return;

    await lab.step('Redis is restarted; it was told to keep nothing on disk');
    const keys = await app.dbsize();
    const some = 'all but what had a time to live';
    const restart = await lab.predict('What is there after the restart?', ['everything', some, NOTHING]);
    await lab.restart('redis');
    const after = await (await connect('app-3')).dbsize();
    const why = 'Redis has its values in memory; what is to survive needs snapshots (RDB) or a log (AOF)';
    restart.answer(after === 0 ? NOTHING : after === keys ? 'everything' : some, why);
    lab.check('a restart without persistence leaves nothing', after === 0, say`keys before: ${keys}, after: ${after}`);
  },
});
