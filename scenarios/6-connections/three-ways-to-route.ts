import type { Client } from '@stomp/stompjs';
import { defineScenario, say } from 'msgplay';
import type { WebSocket } from 'ws';

/** What the shop has somebody for; nobody is there for the third, which is a slip of the pen. */
const KNOWN = ['orders', 'prices'];
const TYPO = 'prizes';
const [REFUSED, SILENCE, CLOSED] = ['it is told that there is no such thing', 'it hears nothing', 'it is cut off'];

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
    const { Client: StompClient } = await import('@stomp/stompjs');
    const { WebSocket: Socket } = await import('ws');
    /** How often each part of the shop was reached, in each way. */
    const reached: Record<string, number> = {};
    const reach = (way: string, part: string) => {
      reached[`${way} ${part}`] = (reached[`${way} ${part}`] ?? 0) + 1;
    };
    let number = 0;
    /** Sends to both parts of the shop, and then to the address that is wrong. */
    const toEach = async (send: (part: string, message: number) => unknown) => {
      for (const part of [...KNOWN, TYPO])
        for (let time = 1; time <= (part === TYPO ? 1 : each); time++) await send(part, ++number);
    };
    const rightly = (way: string): boolean =>
      KNOWN.every((part) => reached[`${way} ${part}`] === each) && reached[`${way} ${TYPO}`] === undefined;
    const choices = [REFUSED, SILENCE, CLOSED] as string[];
    const rows: string[][] = [];
    const says = (answers: boolean) => (answers ? choices[0] : choices[1]) ?? '';

    // HTTP: the path says whom a request is for, and the web server looks at it.
    const byPath = await lab.serve('web-shop', async (request) => {
      const part = new URL(request.url).pathname.slice(1);
      if (!KNOWN.includes(part)) return new Response(null, { status: 404 });
      reach('http', part);
      return new Response(null, { status: 202 });
    });
    const lost = await lab.predict(
      say`HTTP. A request to /${TYPO}, where there is nothing: what does the client hear?`,
      choices,
    );
    await lab.step('HTTP: a path for each part of the shop');
    const web = await byPath.url('browser');
    let status = 0;
    await toEach(async (part, message) => {
      ({ status } = await fetch(`${web}/${part}`, { method: 'POST', body: JSON.stringify({ message }) }));
    });
    lost.answer(says(status === 404), say`status ${status}: every request has an answer`);
    lab.check('HTTP: each path led to its part of the shop', rightly('http'));
    lab.check('HTTP: the wrong path was answered with 404', status === 404);
    rows.push(['HTTP', 'the web server', 'method and path', says(status === 404)]);

    // WebSocket: one path, and everything comes through it; what a message is for, only the app can tell.
    let told = 0;
    const dispatch = (socket: WebSocket) => {
      socket.on('message', (data) => {
        const { type } = JSON.parse(String(data));
        if (KNOWN.includes(type)) reach('ws', type);
        else if (strict) socket.send(JSON.stringify({ error: `unknown type ${type}` }));
      });
    };
    const byType = await lab.serve('app-shop', () => new Response('WebSocket only', { status: 426 }), dispatch);
    const unheard = await lab.predict(
      say`WebSocket. A message of the type ${TYPO}: what does the client hear?`,
      choices,
    );
    await lab.step('WebSocket: one path for all; the app looks into each message');
    const socket = new Socket((await byType.url('browser')).replace('http:', 'ws:'));
    lab.defer(() => socket.terminate());
    socket.on('message', () => told++);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    await toEach((type, message) => socket.send(JSON.stringify({ message, type })));
    // An answer to what was sent before would have come before the answer to this.
    const pong = new Promise((resolve) => socket.once('pong', resolve));
    socket.ping();
    await pong;
    unheard.answer(says(told > 0), 'the protocol has no addresses and no answers: it is up to the app');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(1000);
    await closed;
    lab.check('WebSocket: the app gave each message to its part of the shop', rightly('ws'));
    lab.check(
      strict ? 'WebSocket: the app answered what it did not know' : 'WebSocket: nothing came back',
      told === (strict ? 1 : 0),
    );
    rows.push(['WebSocket', 'the app', 'what is in the message', says(told > 0)]);

    // STOMP: each part of the shop subscribes to a destination, and the broker gives it what comes there.
    let errors = 0;
    let receipts = 0;
    const connect = async (name: string): Promise<Client> => {
      const { host, pathname, username, password } = new URL(await lab.url('stomp', name));
      const client = new StompClient({
        webSocketFactory: () => new Socket(`ws://${host}${pathname}`, ['v12.stomp']),
        connectHeaders: { login: username, passcode: decodeURIComponent(password) },
        reconnectDelay: 0,
        onStompError: () => errors++,
      });
      lab.defer(() => client.deactivate());
      await new Promise<unknown>((resolve, reject) => {
        client.onConnect = resolve;
        client.onWebSocketError = reject;
        client.activate();
      });
      return client;
    };
    const confirmed = (client: Client, act: (headers: { receipt: string }) => unknown): Promise<unknown> =>
      new Promise((resolve) => {
        const receipt = `receipt-${++receipts}`;
        client.watchForReceipt(receipt, resolve);
        act({ receipt });
      });
    const topic = (part: string) => `/topic/${lab.name(part)}`;
    await lab.step('STOMP: each part of the shop subscribes to a destination');
    const clients: Client[] = [];
    for (const part of KNOWN) {
      const service = await connect(`${part}-service`);
      await confirmed(service, (headers) => service.subscribe(topic(part), () => reach('stomp', part), headers));
      clients.push(service);
    }
    const astray = await lab.predict(say`STOMP. SEND to /topic/${TYPO}: what does the client hear?`, choices);
    await lab.step('STOMP: the broker looks at the destination');
    const browser = await connect('browser');
    clients.push(browser);
    const send = (part: string, message: number): Promise<unknown> =>
      confirmed(browser, (headers) =>
        browser.publish({ destination: topic(part), body: JSON.stringify({ message }), headers }),
      );
    await toEach(send);
    await lab.until('each part of the shop was reached', () => rightly('stomp'));
    astray.answer(says(errors > 0), 'the broker took it, found no subscriber, and dropped it: a topic keeps nothing');
    for (const client of clients) await client.deactivate();
    lab.check('STOMP: each destination led to its part of the shop', rightly('stomp'));
    lab.check('STOMP: the sender was not told that nobody listens', errors === 0);
    rows.push(['STOMP', 'the broker', 'the destination', says(errors > 0)]);
    lab.table({
      title: 'Who finds the one that a message is for',
      columns: ['way', 'who looks', 'at what', 'who writes to nobody'],
      rows,
    });
  },
});
