import type { Redis as Client } from 'ioredis';
import { defineScenario, say } from 'msgplay';

const HOUR_MS = 3_600_000;
/** Removes the lock only if it is still the one that was taken: looking and removing in one step. */
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

export default defineScenario({
  name: 'redis-lock',
  title: 'A lock in Redis, and how it goes wrong when it expires',
  lesson: 4,
  options: {
    ttl: { type: 'integer', default: 30, min: 1, max: 5000, help: 'how long the lock of worker-1 lives, in ms' },
    noFencing: { type: 'flag', help: 'the storage takes every write, whatever its token' },
  },
  needs: ['redis'],
  about: ({ ttl }) => say`worker-1's lock lives ${ttl} ms, and worker-1 pauses for longer`,

  async run(lab, { ttl, noFencing }) {
    const { Redis } = await import('ioredis');
    const [lock, fence] = [lab.name('lock:report'), lab.name('fence:report')];
    const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
    const [one, two, three] = [await connect('worker-1'), await connect('worker-2'), await connect('worker-3')];
    /** Whether the worker got the lock. */
    const take = async (redis: Client, who: string, ms: number) =>
      (await redis.set(lock, who, 'PX', ms, 'NX')) === 'OK';
    const giveBack = async (redis: Client, owner: string) => (await redis.eval(RELEASE, 1, lock, owner)) === 1;
    /** worker-1 has the lock, pauses until it has expired, and worker-2 takes it; each holder gets a number. */
    const overtake = async (tokens?: number[]) => {
      const first = await take(one, 'worker-1', ttl);
      tokens?.push(await one.incr(fence));
      lab.note(say`pauses for more than ${ttl} ms: garbage collection, a slow disk, a sleeping laptop`, 'worker-1');
      await lab.sleep(ttl);
      await lab.until('the lock expires', async () => (await two.exists(lock)) === 0);
      const second = await take(two, 'worker-2', HOUR_MS);
      tokens?.push(await two.incr(fence));
      return first && second;
    };

    await lab.step('One at a time: SET … NX writes only where nothing is; a script gives the lock back');
    const got = [await take(one, 'worker-1', HOUR_MS), await take(two, 'worker-2', HOUR_MS)];
    await giveBack(one, 'worker-1');
    got.push(await take(two, 'worker-2', HOUR_MS));
    await giveBack(two, 'worker-2');
    lab.check('one worker gets the lock, the other when it is free', got.join() === 'true,false,true');

    await lab.step('The lock expires while worker-1 still works');
    const outcomes = { both: 'it gets the lock, and two work at once', waits: 'it waits until worker-1 is done' };
    const question = 'worker-1 pauses longer than its lock lives. worker-2 asks for the lock. What happens?';
    const expired = await lab.predict(question, outcomes);
    const isOverlap = await overtake();
    const why = 'Redis knows the time to live, not the worker: a lock that has expired is free';
    expired.answer(isOverlap ? 'both' : 'waits', why);
    lab.check('two workers believe that they have the lock', isOverlap);

    await lab.step('worker-1 wakes up and gives back its lock with DEL');
    const fates = { stolen: "worker-2's lock is gone, and worker-3 gets in", kept: "nothing: it is worker-2's lock" };
    const byDel = await lab.predict('worker-1 wakes up and says DEL. What does that do?', fates);
    await one.del(lock);
    const isStolen = await take(three, 'worker-3', HOUR_MS);
    byDel.answer(isStolen ? 'stolen' : 'kept', 'DEL removes the key, whoever has written it');
    lab.check('DEL gives away the lock of another', isStolen);
    await three.del(lock);

    await lab.step('The same again, but a script gives the lock back: it looks whose it is, and removes, in one step');
    const byScript = await lab.predict('worker-1 wakes up and runs the script. What does that do?', fates);
    await overtake();
    const isFreed = await giveBack(one, 'worker-1');
    const isIn = await take(three, 'worker-3', HOUR_MS);
    byScript.answer(isIn ? 'stolen' : 'kept', 'the key holds the name of worker-2, so the script leaves it alone');
    lab.check('the script leaves the lock of another alone', !isFreed && !isIn);
    await two.del(lock);

    await lab.step('A fencing token: each holder gets a higher number, and the storage refuses lower ones');
    const storage = { token: 0, report: '' };
    const write = (token: number, report: string) => {
      const isTaken = noFencing || token >= storage.token;
      const refused = say`writes with token ${token}: refused, as the storage has seen token ${storage.token}`;
      lab.note(isTaken ? say`writes with token ${token}: taken` : refused, report);
      if (isTaken) Object.assign(storage, { token, report });
    };
    const late = 'worker-1 pauses, worker-2 writes its report, worker-1 wakes up and writes. Whose stays?';
    const last = await lab.predict(late, ['worker-1', 'worker-2']);
    const tokens: number[] = [];
    await overtake(tokens);
    const [oldToken = 0, newToken = 0] = tokens;
    write(newToken, 'worker-2');
    write(oldToken, 'worker-1');
    const { report } = storage;
    if (noFencing) last.answer(report, 'the storage takes whatever comes last, and knows nothing of the lock');
    else last.answer(report, 'the storage has seen a higher token, so it refuses the older one');
    const title = noFencing ? 'without a token the late write wins' : 'the storage refuses the late write';
    lab.check(title, report === (noFencing ? 'worker-1' : 'worker-2'), say`the report is from ${report}`);
  },
});
