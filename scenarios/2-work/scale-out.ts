import { defineScenario, say } from 'msgplay';

/** How long a server works on a request; it takes one after the other. */
const WORK_MS = 15;

/** Counts a visit of a session, and gives how many there were. */
type Sessions = (session: string) => Promise<number>;

function inMemory(): Sessions {
  const visits = new Map<string, number>();
  return async (session) => {
    visits.set(session, (visits.get(session) ?? 0) + 1);
    return visits.get(session) ?? 0;
  };
}

export default defineScenario({
  name: 'scale-out',
  title: 'One web server, then several: state must leave the process',
  lesson: 5,
  options: {
    servers: { type: 'integer', default: 3, min: 2, max: 6, help: 'how many servers stand behind the balancer' },
    burst: { type: 'integer', default: 6, min: 4, max: 60, help: 'how many requests come at once, to measure' },
  },
  needs: ['redis'],
  about: ({ servers, burst }) =>
    say`servers: 1, then ${servers} · requests at once: ${burst} · work for each: ${WORK_MS} ms`,

  async run(lab, { servers, burst }) {
    const { Redis } = await import('ioredis');
    const inRedis = async (name: string): Promise<Sessions> => {
      const redis = new Redis(await lab.url('redis', name));
      lab.defer(() => redis.quit());
      return (session) => redis.incr(lab.name(`visits:${session}`));
    };
    let [busy, mostBusy] = [0, 0];
    const serve = (name: string, sessions: Sessions) => {
      let work = Promise.resolve();
      return lab.serve(name, async (request) => {
        work = work.then(async () => {
          mostBusy = Math.max(mostBusy, ++busy);
          await lab.sleep(WORK_MS);
          busy--;
        });
        await work;
        return Response.json({ server: name, visit: await sessions(request.headers.get('cookie') ?? '') });
      });
    };
    /** Servers behind a balancer that sends each request to the next one, and passes over those that are gone. */
    const balance = async (sessionsOf: (name: string) => Sessions | Promise<Sessions>) => {
      const names = Array.from({ length: servers }, (_, index) => `web-${index + 1}`);
      const webs = await Promise.all(names.map(async (name) => serve(name, await sessionsOf(name))));
      const urls = await Promise.all(webs.map((web) => web.url('balancer')));
      let turn = 0;
      const balancer = await lab.serve('balancer', async (request) => {
        const headers = { Cookie: request.headers.get('cookie') ?? '' };
        for (const _ of urls) {
          const answer = await fetch(`${urls[turn++ % servers]}/`, { headers }).catch(() => undefined);
          if (answer) return Response.json(await answer.json());
        }
        return new Response('no server is left', { status: 503 });
      });
      return { first: webs[0], url: await balancer.url('browser'), crowd: await balancer.url('crowd') };
    };
    const visit = async (url: string, session = 'ann'): Promise<number> => {
      const response = await fetch(`${url}/`, { headers: { Cookie: session } });
      return ((await response.json()) as { visit: number }).visit;
    };
    const visits = async (url: string): Promise<number[]> => {
      const counted: number[] = [];
      for (let count = 0; count < servers; count++) counted.push(await visit(url));
      return counted;
    };
    /** Requests per second, when they come all at once. */
    const measure = async (url: string): Promise<number> => {
      const since = lab.now();
      await Promise.all(Array.from({ length: burst }, (_, index) => visit(url, `guest-${index + 1}`)));
      return Math.round((burst * 1000) / (lab.now() - since));
    };

    await lab.step('One server keeps the sessions in its memory: ann comes back, then a crowd comes at once');
    const single = await serve('web-1', inMemory());
    const alone = await visits(await single.url('browser'));
    const before = await measure(await single.url('crowd'));
    await single.stop();

    const [anew, known] = ['her first one: another server serves her', 'her second one: the balancer knows her'];
    const second = await lab.predict(
      say`Now ${servers} servers take turns, each with sessions in its memory. What will ann's second visit count as?`,
      [known, anew, 'none: she gets an error'],
    );
    await lab.step(say`${servers} servers behind a balancer, each with its own memory`);
    const cluster = await balance(inMemory);
    const apart = await visits(cluster.url);
    mostBusy = 0;
    const after = await measure(cluster.crowd);
    second.answer(
      apart[1] === 1 ? anew : known,
      say`her visits counted as ${apart.join(' ')}: a server knows only what it has seen itself`,
    );

    const [kept, lost] = ['it goes on: no server keeps it', 'it begins anew: it died with web-1'];
    const death = await lab.predict(
      'Sessions move to Redis, and then web-1 dies. What becomes of the session of ann?',
      [lost, kept, 'it waits until web-1 is back'],
    );
    await lab.step('The same servers with sessions in Redis');
    const { first, url } = await balance(inRedis);
    const together = await visits(url);
    await lab.step('web-1 dies; ann comes once more');
    await first?.stop();
    const last = await visit(url);
    death.answer(last === servers + 1 ? kept : lost, say`her next visit counted as ${last}: any server will do`);

    const counts = Array.from({ length: servers }, (_, index) => index + 1);
    lab.check('one server knows who comes back', alone.join() === counts.join(), alone.join(' '));
    lab.check(
      'servers that keep sessions to themselves forget them',
      apart.every((count) => count === 1),
      apart.join(' '),
    );
    lab.check('servers that share sessions know who comes back', together.join() === counts.join(), together.join(' '));
    lab.check('a session outlives its server', last === servers + 1, say`visit ${last}`);
    lab.check('several servers work at the same time', mostBusy > 1, say`at most ${mostBusy}`);
    lab.table({
      title: 'What a crowd is served with, all at once',
      columns: [{ title: 'servers' }, { title: 'requests per second', bar: true }],
      rows: [
        [1, before],
        [servers, after],
      ],
    });
  },
});
