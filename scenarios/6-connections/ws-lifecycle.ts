import { count, defineScenario, say } from 'msgplay';
import type { WebSocket } from 'ws';

/** How a connection can end, and the code with which it ends on both sides. */
const STEPS = {
  client: 'The client has said all that it had to say, and closes with 1000',
  server: 'The server shuts down, and closes with 1001',
  refused: 'The client sends bytes to a server that takes only text, and the server closes with 1003',
  crash: 'The connection is cut, and nobody says goodbye',
  silent: 'The client hangs: the connection is open, but it reads nothing any more',
};
const CODES = { client: 1000, server: 1001, refused: 1003, crash: 1006, silent: 1006 };
const ANSWERED = 'one side sent it in a close frame, and the other answered with the same';
const NO_FRAME = 'no close frame came; 1006 stands for that, and is never on the wire';
const ALL = Object.keys(STEPS) as (keyof typeof STEPS)[];

export default defineScenario({
  name: 'ws-lifecycle',
  title: 'A WebSocket from its handshake to its end: open, message, close, error',
  lesson: 1,
  options: {
    end: { type: 'choice', choices: ['all', ...ALL], default: 'all', help: 'how the connection ends' },
    patience: { type: 'integer', default: 50, min: 5, max: 5000, help: 'milliseconds the server waits for a pong' },
  },
  needs: [],
  handshakes: true,
  names: ['word', 'tick'],
  about: ({ end }) => say`the server greets, then each side sends two messages · end: ${end}`,

  async run(lab, { end, patience }) {
    const { WebSocket } = await import('ws');
    let server!: WebSocket;
    let words = 0;
    const chat = await lab.accept('server', (socket) => {
      server = socket;
      socket.on('message', (_, isBinary) => (isBinary ? socket.close(1003, 'text only') : words++));
      socket.send('{"tick":0}');
    });
    let events: string[] = [];
    const connect = async (url: string) => {
      events = [];
      const socket = lab.using(new WebSocket(url));
      for (const event of ['open', 'message', 'error', 'close']) socket.on(event, () => events.push(event));
      await lab.until('the client hears how it went', () => events.length >= 2);
      return socket;
    };
    const url = await chat.url('client');

    const speakers = { client: 'the client, as in HTTP', server: 'the server, unasked', nobody: 'nobody may' };
    const first = await lab.predict('Once the connection is open: who speaks first?', speakers);
    await lab.step('The handshake: a request asks for a WebSocket, and after 101 this is no longer HTTP');
    let client = await connect(url);
    first.answer(words === 0 ? 'server' : 'client', 'tick 0 came before the client had said a word');
    lab.check('open came before the first message', events.join() === 'open,message');

    await lab.step('Each side speaks when it likes; then the server asks whether the client is there');
    for (const number of [1, 2]) {
      client.send(JSON.stringify({ word: number }));
      server.send(JSON.stringify({ tick: number }));
    }
    server.ping();
    await new Promise((resolve) => server.once('pong', resolve));
    lab.note('the server sent ping, and the client answered pong by itself');
    await lab.until('every message has come', () => words >= 2 && events.length >= 4);
    lab.check('every message came, in both directions', words === 2 && count(events, 'message') === 3);

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
    for (const name of end === 'all' ? ALL : [end]) {
      await lab.step(STEPS[name]);
      if (client.readyState !== WebSocket.OPEN) client = await connect(url);
      const guess = await lab.predict('With which close code does it end at the client?', [1000, 1001, 1003, 1006]);
      const codes = [client, server].map((side) => new Promise<number>((resolve) => side.once('close', resolve)));
      await act[name]();
      const [atClient, atServer] = await Promise.all(codes);
      await lab.until('the connection is gone', () => lab.traffic('client').openConnections === 0);
      guess.answer(atClient ?? 0, atClient === 1006 ? NO_FRAME : ANSWERED);
      const code = CODES[name];
      lab.check(say`${name}: on both sides it ends with ${code}`, atClient === code && atServer === code);
    }

    await lab.step('No WebSocket at this address: the fourth event is error');
    const pages = await lab.serve('pages', () => new Response('no WebSocket here', { status: 404 }));
    await connect(await pages.url('stranger'));
    lab.check('error, then close; never open', events.join() === 'error,close');
  },
});
