import { defineScenario, range, say } from 'msgplay';

/** What the shop has somebody for; nobody is there for the third, which is a slip of the pen. */
const KNOWN = ['orders', 'prices'];
const TYPO = 'prizes';
const HEARS = { refused: 'it is told that there is no such thing', silence: 'it hears nothing' };

export default defineScenario({
  name: 'three-ways-to-route',
  title: 'Who finds the one that a message is for: HTTP by path, WebSocket by what is in it, STOMP by destination',
  lesson: 4,
  options: {
    each: { type: 'integer', default: 1, min: 1, max: 20, help: 'how many messages go to each address' },
    strict: { type: 'flag', help: 'the app behind the WebSocket answers what it does not know' },
  },
  needs: ['stomp'],
  names: ['message'],
  about: ({ each, strict }) =>
    strict
      ? say`messages to each address: ${each} · the WebSocket app answers what it does not know`
      : say`messages to each address: ${each} · the WebSocket app ignores what it does not know`,

  async run(lab, { each, strict }) {
    const { Client } = await import('@stomp/stompjs');
    const { WebSocket } = await import('ws');
    const known = KNOWN.flatMap((part) => range(1, each).map(() => part));
    const addresses = [...known, TYPO];
    /** The parts of the shop that were reached, one after the other. */
    let [reached, sent] = [[] as string[], 0];
    /** Sends to both parts of the shop, and then to the address that is wrong. */
    const toEach = async (send: (part: string, body: { message: number }) => unknown) => {
      reached = [];
      for (const part of addresses) await send(part, { message: ++sent });
    };
    const isReached = () => [...reached].sort().join() === known.join();
    const hears = (answers: boolean) => (answers ? 'refused' : 'silence');

    // HTTP: the path says whom a request is for, and the web server looks at it.
    const byPath = await lab.serve('web-shop', async (request) => {
      const part = new URL(request.url).pathname.slice(1);
      if (!KNOWN.includes(part)) return new Response(null, { status: 404 });
      reached.push(part);
      return new Response(null, { status: 202 });
    });

    await lab.step('HTTP: a path for each part of the shop');
    const web = await byPath.url('browser');
    let status = 0;
    await toEach(async (part, body) => {
      ({ status } = await fetch(`${web}/${part}`, { method: 'POST', body: JSON.stringify(body) }));
    });
    lab.note(say`status ${status}: every request has an answer`);
    lab.check('HTTP: each path led to its part of the shop', isReached());
    lab.check('HTTP: the wrong path was answered with 404', status === 404);

    // WebSocket: one path, and everything comes through it; what a message is for, only the app can tell.
    const byType = await lab.accept('app-shop', (peer) =>
      peer.on('message', (data) => {
        const { type } = JSON.parse(String(data));
        if (KNOWN.includes(type)) reached.push(type);
        else if (strict) peer.send(JSON.stringify({ error: `unknown type ${type}` }));
      }),
    );

    const unheard = await lab.predict(say`WebSocket. A message of the type ${TYPO}: what does the client hear?`, HEARS);
    await lab.step('WebSocket: one path for all; the app looks into each message');
    const socket = lab.using(new WebSocket(await byType.url('browser')));
    let told = 0;
    socket.on('message', () => told++);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    await toEach((type, body) => socket.send(JSON.stringify({ ...body, type })));
    // An answer to what was sent before would have come before the answer to this.
    socket.ping();
    await new Promise((resolve) => socket.once('pong', resolve));
    unheard.answer(hears(told > 0), 'WebSocket has no addresses and no answers: it is up to the app');
    socket.close(1000);
    await lab.until('the socket is closed', () => socket.readyState === WebSocket.CLOSED);
    lab.check('WebSocket: the app gave each message to its part of the shop', isReached());
    if (strict) lab.check('WebSocket: the app answered what it did not know', told === 1);
    else lab.check('WebSocket: nothing came back', told === 0);

    // STOMP: each part of the shop subscribes to a destination, and the broker gives it what comes there.
    let errors = 0;
    const connect = async (name: string) => {
      const client = lab.using(new Client({ ...(await lab.stomp(name)), onStompError: () => errors++ }));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return client;
    };
    /** Resolves when the broker has dealt with the frame that bears this receipt. */
    const dealtWith = (client: InstanceType<typeof Client>, receipt: string) =>
      new Promise<unknown>((resolve) => client.watchForReceipt(receipt, resolve));
    const topic = (part: string) => `/topic/${lab.name(part)}`;
    await lab.step('STOMP: each part of the shop subscribes to a destination');
    for (const part of KNOWN) {
      const service = await connect(`${part}-service`);
      service.subscribe(topic(part), () => reached.push(part), { receipt: part });
      await dealtWith(service, part);
    }

    const astray = await lab.predict(say`STOMP. SEND to /topic/${TYPO}: what does the client hear?`, HEARS);
    await lab.step('STOMP: the broker looks at the destination');
    const browser = await connect('browser');
    await toEach((part, body) => {
      const receipt = `message ${body.message}`;
      browser.publish({ destination: topic(part), body: JSON.stringify(body), headers: { receipt } });
      return dealtWith(browser, receipt);
    });
    await lab.until('each part of the shop was reached', isReached);
    astray.answer(hears(errors > 0), 'the broker took it, found no subscriber, and dropped it: a topic keeps nothing');
    lab.check('STOMP: each destination led to its part of the shop', isReached());
    lab.check('STOMP: the sender was not told that nobody listens', errors === 0);
    const rows = [
      ['HTTP', 'the web server', 'method and path', HEARS[hears(status === 404)]],
      ['WebSocket', 'the app', 'what is in the message', HEARS[hears(told > 0)]],
      ['STOMP', 'the broker', 'the destination', HEARS[hears(errors > 0)]],
    ];
    const columns = ['way', 'who looks', 'at what', 'who writes to nobody'];
    lab.table({ title: 'Who finds the one that a message is for', columns, rows });
  },
});
