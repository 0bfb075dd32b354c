import { defineScenario, say } from 'msgplay';
import type { WebSocket } from 'ws';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];

/** What somebody said. */
interface Words {
  readonly from: string;
  readonly text: string;
}
/** How a home-made app writes what its user says, and reads what others say; undefined where it makes no sense to it. */
interface Format {
  readonly name: string;
  readonly write: (words: Words) => string;
  readonly read: (data: string) => Words | undefined;
}
const COLON: Format = {
  name: 'name: text',
  write: ({ from, text }) => `${from}: ${text}`,
  read: (data) => {
    const [, from = '', text = ''] = /^(\w+): (.*)$/.exec(data) ?? [];
    return from === '' ? undefined : { from, text };
  },
};
const JSON_FORMAT: Format = {
  name: 'JSON',
  write: (words) => JSON.stringify(words),
  read: (data) => (data.startsWith('{') ? (JSON.parse(data) as Words) : undefined),
};

export default defineScenario({
  name: 'raw-vs-stomp',
  title: 'The same chat with home-made formats and with STOMP: who understands whom',
  lesson: 3,
  options: {
    users: { type: 'integer', default: 4, min: 3, max: NAMES.length, help: 'how many users there are' },
    agree: { type: 'flag', help: 'all the home-made apps have agreed on JSON' },
  },
  needs: ['stomp'],
  about: ({ users, agree }) =>
    agree ? say`users: ${users} · their apps all write JSON` : say`users: ${users} · their apps write two formats`,

  async run(lab, { users, agree }) {
    const { Client } = await import('@stomp/stompjs');
    const { WebSocket: Socket } = await import('ws');
    const people = NAMES.slice(0, users).map((name, index) => ({
      name,
      format: agree || index % 2 === 1 ? JSON_FORMAT : COLON,
      raw: { got: 0, understood: 0 },
      stomp: { got: 0, understood: 0 },
    }));
    const [alice, visitor] = [people[0], people.at(-1)] as [(typeof people)[0], (typeof people)[0]];
    const alike = people.filter(({ format }) => format === alice.format).length;
    const counts = (...numbers: number[]): string[] => [...new Set(numbers)].map(String);

    await lab.step('Home-made: everybody connects to a hub, which sends each message on to all who are connected');
    const connected = new Set<WebSocket>();
    const hub = await lab.serve(
      'hub',
      () => new Response('WebSocket only', { status: 426 }),
      (socket) => {
        connected.add(socket);
        socket.on('message', (data) => {
          for (const one of connected) one.send(String(data));
        });
      },
    );
    const sockets: WebSocket[] = [];
    for (const { name, format, raw } of people) {
      const socket = new Socket((await hub.url(name)).replace('http:', 'ws:'));
      lab.defer(() => socket.terminate());
      socket.on('message', (data) => {
        raw.got++;
        if (format.read(String(data))) raw.understood++;
      });
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
      sockets.push(socket);
    }
    const raw = await lab.predict(
      say`alice's app writes "${alice.format.name}". Of ${users} users, herself included, how many understand her?`,
      counts(1, alike, users),
    );
    const room = await lab.predict(
      say`alice speaks to the lobby, and ${visitor.name} is in the kitchen. How many get what she says?`,
      counts(1, users - 1, users),
    );
    await lab.step('alice speaks on the hub');
    sockets[0]?.send(alice.format.write({ from: 'alice', text: 'hello, lobby' }));
    await lab.until('all who are connected got it', () => people.every((one) => one.raw.got === 1));
    const understood = people.filter((one) => one.raw.understood === 1).length;
    raw.answer(String(understood), 'an app understands its own format, and the hub does not look at what it carries');
    room.answer(String(people.filter((one) => one.raw.got === 1).length), 'the hub knows connections, and no rooms');
    for (const socket of sockets) {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.close(1000);
      await closed;
    }
    await lab.until('everybody has left the hub', () =>
      people.every(({ name }) => lab.traffic(name).openConnections === 0),
    );
    lab.check(
      'on the hub those understood who have the same format',
      understood === alike,
      say`${understood} of ${users}`,
    );
    lab.check(
      'on the hub everybody got it, in the room or not',
      people.every((one) => one.raw.got === 1),
    );

    await lab.step('STOMP: everybody connects to the broker and subscribes to a room');
    const [lobby, kitchen] = [`/topic/${lab.name('lobby')}`, `/topic/${lab.name('kitchen')}`];
    const clients = [];
    for (const { name, stomp } of people) {
      const { host, pathname, username, password } = new URL(await lab.url('stomp', name));
      const client = new Client({
        webSocketFactory: () => new Socket(`ws://${host}${pathname}`, ['v12.stomp']),
        connectHeaders: { login: username, passcode: decodeURIComponent(password) },
        reconnectDelay: 0,
      });
      lab.defer(() => client.deactivate());
      await new Promise<unknown>((resolve, reject) => {
        client.onConnect = resolve;
        client.onWebSocketError = reject;
        client.activate();
      });
      await new Promise<unknown>((resolve) => {
        client.watchForReceipt('subscribed', resolve);
        const listen = ({ headers, body }: { headers: { from?: string }; body: string }): void => {
          stomp.got++;
          if (headers.from !== undefined && body !== '') stomp.understood++;
        };
        client.subscribe(name === visitor.name ? kitchen : lobby, listen, { receipt: 'subscribed' });
      });
      clients.push(client);
    }
    const framed = await lab.predict('alice says the same in a STOMP frame. How many understand her now?', [
      ...counts(1, users - 1, users),
    ]);
    await lab.step('alice speaks to the lobby, then to the kitchen');
    clients[0]?.publish({ destination: lobby, headers: { from: 'alice' }, body: 'hello, lobby' });
    clients[0]?.publish({ destination: kitchen, headers: { from: 'alice' }, body: 'hello, kitchen' });
    await lab.until('each room has heard alice', () => people.every((one) => one.stomp.got === 1));
    const members = people.filter((one) => one !== visitor);
    const reached = members.filter((one) => one.stomp.understood === 1).length;
    framed.answer(
      String(reached),
      say`the frame says where it goes and what is what; ${visitor.name} is in another room`,
    );
    for (const client of clients) await client.deactivate();
    lab.check(
      'over STOMP every member of the lobby understood',
      reached === users - 1,
      say`${reached} of ${users - 1}`,
    );
    lab.check(
      'over STOMP each got what is for its room, and nothing else',
      people.every((one) => one.stomp.got === 1),
    );
    lab.table({
      title: 'What each understood of what alice said to the lobby',
      columns: ['user', 'its app writes', 'on the hub', 'over STOMP'],
      rows: people.map((one) => [
        say`${one.name}`,
        say`${one.format.name}`,
        one.raw.understood === 1 ? 'understood' : 'got it, and could not read it',
        one === visitor ? 'not there' : 'understood',
      ]),
    });
  },
});
