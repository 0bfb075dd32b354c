import { count, defineScenario, inTurn, range, say } from 'msgplay';

export default defineScenario({
  name: 'scale-out',
  title: 'One web server, then several: state must leave the process',
  lesson: 5,
  options: {
    servers: { type: 'integer', default: 3, min: 2, max: 6, help: 'how many servers stand behind the balancer' },
    burst: { type: 'integer', default: 6, min: 4, max: 60, help: 'how many requests come at once, to measure' },
  },
  needs: ['redis'],
  names: ['ann', 'guest'],
  about: ({ servers, burst }) => say`servers: 1, then ${servers} · requests at once: ${burst} · work for each: 30 ms`,

  async run(lab, { servers, burst }) {
    const { Redis } = await import('ioredis');
    let [busy, mostBusy] = [0, 0];
    /** A server takes one request after the other, and counts the visits of a session in Redis or in its own memory. */
    const serve = async (name: string, isShared: boolean) => {
      const redis = isShared ? lab.using(new Redis(await lab.url('redis', name))) : undefined;
      const memory: string[] = [];
      const work = inTurn(async () => {
        mostBusy = Math.max(mostBusy, ++busy);
        await lab.sleep(30);
        busy--;
      });
      return lab.serve(name, async (request) => {
        await work();
        const session = request.headers.get('cookie') ?? '';
        memory.push(session);
        const visit = redis ? await redis.incr(lab.name(`visits:${session}`)) : count(memory, session);
        return Response.json({ visit });
      });
    };
    /** Servers behind a balancer that sends each request to the next one, and passes over one that is gone. */
    const balance = async (isShared: boolean) => {
      const webs = await Promise.all(range(1, servers).map((number) => serve(`web-${number}`, isShared)));
      const urls = await Promise.all(webs.map((web) => web.url('balancer')));
      let turn = 0;
      const balancer = await lab.serve('balancer', async (request) => {
        const headers = [...request.headers].filter(([name]) => ['cookie', 'ann', 'guest'].includes(name));
        const next = () => fetch(`${urls[turn++ % servers]}/`, { headers });
        const answer = await next().catch(next);
        return Response.json(await answer.json());
      });
      return { first: webs[0], url: await balancer.url('ann'), crowd: await balancer.url('crowd') };
    };
    const made = { ann: 0, guest: 0 };
    /** Its header tells whose visit it is, on its way to the balancer and from there on. */
    const visit = async (url: string, who: 'ann' | 'guest') => {
      const number = `${++made[who]}`;
      const cookie = who === 'ann' ? who : `guest-${number}`;
      const response = await fetch(`${url}/`, { headers: { cookie, [who]: number } });
      return ((await response.json()) as { visit: number }).visit;
    };
    /** What ann's visits count as, one after the other. */
    const visitAgain = async (url: string) => {
      const counted: number[] = [];
      for (const _ of range(1, servers)) counted.push(await visit(url, 'ann'));
      return counted.join(' ');
    };
    /** How many servers there are, and the requests per second when they come all at once. */
    const measure = async (number: number, url: string) => {
      const since = lab.now();
      await Promise.all(range(1, burst).map(() => visit(url, 'guest')));
      return [number, Math.round((burst * 1000) / (lab.now() - since))];
    };
    const rising = range(1, servers).join(' ');

    await lab.step('One server keeps the sessions in its memory: ann comes back, then a crowd comes at once');
    const single = await serve('web-1', false);
    const alone = await visitAgain(await single.url('ann'));
    const before = await measure(1, await single.url('crowd'));
    await single.stop();
    lab.check('one server knows who comes back', alone === rising, alone);

    const counts = { known: 'her second: the balancer knows her', anew: 'her first: another server serves her' };
    const second = await lab.predict("Now several servers take turns. What will ann's second visit count as?", counts);
    await lab.step(say`${servers} servers behind a balancer, each new, with a memory of its own`);
    const cluster = await balance(false);
    const apart = await visitAgain(cluster.url);
    const after = await measure(servers, cluster.crowd);
    second.answer(apart.startsWith('1 1') ? 'anew' : 'known', 'a server knows only what it has seen itself');
    lab.check('servers that keep sessions to themselves forget them', !apart.includes('2'), apart);
    lab.check('several servers work at the same time', mostBusy > 1, say`at most ${mostBusy}`);

    const fates = { lost: 'it begins anew: it died with web-1', kept: 'it goes on: no server keeps it' };
    const death = await lab.predict("Sessions move to Redis, then web-1 dies. What becomes of ann's session?", fates);
    await lab.step('The same servers with sessions in Redis');
    const { first, url } = await balance(true);
    const together = await visitAgain(url);
    lab.check('servers that share sessions know who comes back', together === rising, together);
    await lab.step('web-1 dies; ann comes once more');
    await first?.stop();
    lab.note('is dead, and the balancer does not know: its turn is next', 'web-1');
    const last = await visit(url, 'ann');
    death.answer(last > servers ? 'kept' : 'lost', 'her session is in Redis, so any server will do');
    lab.check('a session outlives its server', last > servers, say`visit ${last}`);
    const columns = ['servers', { title: 'requests per second', bar: true }];
    lab.table({ title: 'What a crowd is served with, all at once', columns, rows: [before, after] });
    lab.note('more servers share the work; the time that balancer and machine take for a request comes on top of it');
  },
});
