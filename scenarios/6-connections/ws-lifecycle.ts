import { defineScenario, range, say } from 'msgplay';
import type { WebSocket } from 'ws';

/** How a connection can end, the code with which it ends on both sides, and why. */
const STEPS = {
  client: 'The client has said all that it had to say, and closes with 1000',
  server: 'The server shuts down, and closes with 1001',
  refused: 'The client sends bytes to a server that takes only text, and the server closes with 1003',
  crash: 'The connection is cut, and nobody says goodbye',
  silent: 'The client hangs: the connection is open, but it reads nothing any more',
};
const CODES = { client: 1000, server: 1001, refused: 1003, crash: 1006, silent: 1006 };
const WHY = {
  client: 'the client sent 1000 itself, and the server answered its close frame with another',
  server: 'the server sent 1001, and the client answered with the same',
  refused: 'the server refused what it was sent: 1003, and the client answered with the same',
  crash: 'no close frame came; 1006 stands for that, and is never on the wire',
  silent: 'the server waited for a pong in vain and dropped the connection, so no close frame came',
};
const ALL = Object.keys(STEPS) as (keyof typeof STEPS)[];

export default defineScenario({
  name: 'ws-lifecycle',
  title: 'A WebSocket from its handshake to its end: open, message, close, error',
  lesson: 1,
  options: {
    messages: { type: 'integer', default: 2, min: 1, max: 50, help: 'how many messages each side sends' },
    end: { type: 'choice', choices: ['all', ...ALL], default: 'all', help: 'how the connection ends' },
    patience: { type: 'integer', default: 50, min: 5, max: 5000, help: 'milliseconds the server waits for a pong' },
  },
  needs: [],
  handshakes: true,
  names: ['word', 'tick'],
  about: ({ messages, end }) => say`messages each way: ${messages}, after a greeting of the server · end: ${end}`,

  async run(lab, { messages, end, patience }) {
    const { WebSocket } = await import('ws');
    let [heard, events] = [0, [] as string[]];
    const accepted: WebSocket[] = [];
    const chat = await lab.accept('server', (socket) => {
      accepted.push(socket);
      socket.on('message', (_, isBinary) => (isBinary ? socket.close(1003, 'text only') : heard++));
      socket.send('{"tick":0}');
    });
    const open = (url: string) => {
      const socket = new WebSocket(url);
      lab.defer(() => socket.terminate());
      const told: string[] = [];
      events = told;
      for (const event of ['open', 'message', 'error', 'close']) socket.on(event, () => told.push(event));
      return socket;
    };
    const connect = async () => {
      const client = open(await chat.url('client'));
      await lab.until('the client hears the server', () => events.includes('message'));
      return [client, accepted.at(-1)] as [WebSocket, WebSocket];
    };

    const speakers = { client: 'the client, as in HTTP', server: 'the server, unasked', nobody: 'nobody may' };
    const first = await lab.predict('Once the connection is open: who speaks first?', speakers);
    await lab.step('The handshake: a request asks for a WebSocket, and after 101 this is no longer HTTP');
    let [client, server] = await connect();
    first.answer(heard === 0 ? 'server' : 'client', 'tick 0 came before the client had said a word');
    lab.check('open came before the first message', events.join() === 'open,message');

    await lab.step('Each side speaks when it likes; then the server asks whether the client is there');
    for (const number of range(1, messages)) {
      client.send(JSON.stringify({ word: number }));
      server.send(JSON.stringify({ tick: number }));
    }
    const pong = new Promise((resolve) => server.once('pong', resolve));
    server.ping();
    await pong;
    lab.note('the server sent ping, and the client answered pong by itself');
    await lab.until('every message has come', () => heard === messages && events.length === messages + 2);
    const ticks = events.filter((event) => event === 'message').length;
    const detail = say`${heard} from the client; from the server ${ticks - 1}, and its greeting`;
    lab.check('every message came, in both directions', heard === messages && ticks === messages + 1, detail);

    const act = {
      client: () => client.close(1000, 'done'),
      server: () => server.close(1001, 'shutting down'),
      refused: () => client.send(Buffer.from([1, 2, 3])),
      crash: () => lab.cut('client'),
      async silent() {
        client.pause();
        server.ping();
        await lab.sleep(patience);
        lab.note(say`the server has waited ${patience} ms for a pong, and drops the connection`);
        server.terminate();
        client.resume();
      },
    };
    const rows: string[][] = [];
    for (const name of end === 'all' ? ALL : [end]) {
      await lab.step(STEPS[name]);
      if (client.readyState !== WebSocket.OPEN) [client, server] = await connect();
      const guess = await lab.predict('With which close code does it end at the client?', [1000, 1001, 1003, 1006]);
      const codes = [client, server].map((side) => new Promise<number>((resolve) => side.once('close', resolve)));
      await act[name]();
      const [atClient, atServer] = await Promise.all(codes);
      await lab.until('the connection is gone', () => lab.traffic('client').openConnections === 0);
      guess.answer(atClient ?? 0, WHY[name]);
      const code = CODES[name];
      lab.check(say`${name}: on both sides it ends with ${code}`, atClient === code && atServer === code);
      rows.push([name, `${atClient}`, `${atServer}`]);
    }

    await lab.step('No WebSocket at this address: the fourth event is error');
    const pages = await lab.serve('pages', () => new Response('no WebSocket here', { status: 404 }));
    open(await pages.url('stranger'));
    await lab.until('the stranger is told', () => events.includes('close'));
    lab.check('error, then close; never open', events.join() === 'error,close');
    const columns = ['end', 'at the client', 'at the server'];
    lab.table({ title: 'How each connection ended', columns, rows });
  },
});
