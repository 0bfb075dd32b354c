import { defineScenario, say } from 'msgplay';

/** What the shop has somebody for; nobody is there for the third address, which is a slip of the pen. */
const PARTS = ['orders', 'prices'];
const TYPO = 'prizes';
const HEARS = { refused: 'it is told that there is no such thing', silence: 'it hears nothing' };

export default defineScenario({
  name: 'three-ways-to-route',
  title: 'Who finds the one that a message is for: HTTP by path, WebSocket by what is in it, STOMP by destination',
  lesson: 4,
  options: { strict: { type: 'flag', help: 'the app behind the WebSocket answers what it does not know' } },
  needs: ['stomp'],
  names: ['message'],
  about: ({ strict }) =>
    strict ? 'the WebSocket app answers what it does not know' : 'the WebSocket app ignores what it does not know',

  async run(lab, { strict }) {
    const { Client } = await import('@stomp/stompjs');
    const { WebSocket } = await import('ws');
    const addresses = [...PARTS, TYPO];
    let sent = 0;
    const next = (more = {}) => JSON.stringify({ message: ++sent, ...more });
    /** The parts of the shop that were reached in each way. */
    const reached = { http: [] as string[], websocket: [] as string[], stomp: [] as string[] };
    const isReached = (way: keyof typeof reached) => reached[way].sort().join() === PARTS.join();
    const hears = (isTold: boolean) => (isTold ? 'refused' : 'silence');

    await lab.step('HTTP: a path for each part of the shop');
    const webShop = await lab.serve('web-shop', ({ url }) => {
      const part = new URL(url).pathname.slice(1);
      if (!PARTS.includes(part)) return new Response(null, { status: 404 });
      reached.http.push(part);
      return new Response(null, { status: 202 });
    });
    const web = await webShop.url('browser');
    const ask = async (part: string) => (await fetch(`${web}/${part}`, { method: 'POST', body: next() })).status;
    for (const part of PARTS) await ask(part);
    const status = await ask(TYPO);
    lab.note(say`status ${status}: every request has an answer`);
    lab.check('HTTP: each path led to its part of the shop', isReached('http'));
    lab.check('HTTP: the wrong path was answered with 404', status === 404);

    const unheard = await lab.predict(say`WebSocket. A message of the type ${TYPO}: what does the client hear?`, HEARS);
    await lab.step('WebSocket: one path for all; the app looks into each message');
    const appShop = await lab.accept('app-shop', (peer) =>
      peer.on('message', (data) => {
        const { type } = JSON.parse(String(data));
        if (PARTS.includes(type)) reached.websocket.push(type);
        else if (strict) peer.send(JSON.stringify({ error: `unknown type ${type}` }));
      }),
    );
    const socket = lab.using(new WebSocket(await appShop.url('browser')));
    let answers = 0;
    socket.on('message', () => answers++);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    for (const type of addresses) socket.send(next({ type }));
    socket.close(1000);
    await lab.until('the socket is closed', () => socket.readyState === WebSocket.CLOSED);
    unheard.answer(hears(answers > 0), 'WebSocket has no addresses and no answers: it is up to the app');
    lab.check('WebSocket: the app gave each message to its part of the shop', isReached('websocket'));
    const title = strict ? 'WebSocket: the app answered what it did not know' : 'WebSocket: nothing came back';
    lab.check(title, answers === (strict ? 1 : 0));

    await lab.step('STOMP: each part of the shop subscribes to a destination');
    let errors = 0;
    const connect = async (name: string) => {
      const client = lab.using(new Client({ ...(await lab.stomp(name)), onStompError: () => errors++ }));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return client;
    };
    const topic = (part: string) => `/topic/${lab.name(part)}`;
    for (const part of PARTS) {
      const service = await connect(`${part}-service`);
      service.subscribe(topic(part), () => reached.stomp.push(part), { receipt: part });
      await new Promise<unknown>((resolve) => service.watchForReceipt(part, resolve));
    }
    const astray = await lab.predict(say`STOMP. SEND to /topic/${TYPO}: what does the client hear?`, HEARS);
    await lab.step('STOMP: the broker looks at the destination');
    const browser = await connect('browser');
    for (const part of addresses) browser.publish({ destination: topic(part), body: next() });
    // The broker grants the goodbye when it has dealt with all that came before.
    await browser.deactivate();
    await lab.until('each part of the shop was reached', () => isReached('stomp'));
    astray.answer(hears(errors > 0), 'the broker took it, found no subscriber, and dropped it: a topic keeps nothing');
    lab.check('STOMP: each destination led to its part of the shop', isReached('stomp'));
    lab.check('STOMP: the sender was not told that nobody listens', errors === 0);

    const rows = [
      ['HTTP', 'the web server', 'method and path', HEARS[hears(status === 404)]],
      ['WebSocket', 'the app', 'what is in the message', HEARS[hears(answers > 0)]],
      ['STOMP', 'the broker', 'the destination', HEARS[hears(errors > 0)]],
    ];
    const columns = ['way', 'who looks', 'at what', 'who writes to nobody'];
    lab.table({ title: 'Who finds the one that a message is for', columns, rows });
  },
});
