import { defineScenario, say } from 'msgplay';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
type Words = { readonly from: string; readonly text: string };
/** How home-made apps write what their users say; each can read what begins as it writes itself. */
const COLON = { name: 'name: text', write: ({ from, text }: Words) => `${from}: ${text}`, reads: /^\w+: / };
const JSON_FORMAT = { name: 'JSON', write: (words: Words) => JSON.stringify(words), reads: /^{/ };

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
    const { WebSocket } = await import('ws');
    const people = NAMES.slice(0, users).map((name, index) => {
      const format = agree || index % 2 === 1 ? JSON_FORMAT : COLON;
      return { name, format, got: 0, understood: 0 };
    });
    const [format, visitor] = [people[0]?.format ?? COLON, NAMES[users - 1] ?? ''];
    const alike = people.filter((one) => one.format === format).length;

    await lab.step('Home-made: everybody connects to a hub, which sends each message on to all who are connected');
    const connected = new Set<{ send(text: string): void }>();
    const hub = await lab.accept('hub', (socket) => {
      connected.add(socket);
      socket.on('message', (data) => {
        for (const one of connected) one.send(String(data));
      });
    });
    const sockets = [];
    for (const one of people) {
      const socket = lab.using(new WebSocket(await hub.url(one.name)));
      socket.on('message', (data) => {
        one.got++;
        if (one.format.reads.test(String(data))) one.understood++;
      });
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
      sockets.push(socket);
    }

    const reads = say`alice's app writes "${format.name}". Of ${users} users, herself included, how many understand her?`;
    const raw = await lab.predict(reads, [1, alike, users]);
    await lab.step('alice speaks on the hub');
    sockets[0]?.send(format.write({ from: 'alice', text: 'hello, lobby' }));
    await lab.until('all who are connected got it', () => people.every((one) => one.got === 1));
    const understood = people.filter((one) => one.understood === 1).length;
    lab.note('on sockets each copy that the hub sends on is a message of its own, and has a number of its own');
    raw.answer(understood, 'an app understands its own format, and the hub does not look at what it carries');
    lab.note('the hub knows connections, and no rooms');
    for (const socket of sockets) socket.close(1000);
    const isGone = () => people.every(({ name }) => lab.traffic(name).openConnections === 0);
    await lab.until('everybody has left the hub', isGone);
    const ofAll = say`${understood} of ${users}`;
    lab.check('on the hub those understood who have the same format', understood === alike, ofAll);
    const isEverywhere = people.every((one) => one.got === 1);
    lab.check('on the hub everybody got it, in the room or not', isEverywhere);

    await lab.step('STOMP: everybody connects to the broker and subscribes to a room');
    const [lobby, kitchen] = [`/topic/${lab.name('lobby')}`, `/topic/${lab.name('kitchen')}`];
    const heard: string[] = [];
    const clients = [];
    for (const { name } of people) {
      const client = lab.using(new Client(await lab.stomp(name)));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      await new Promise<unknown>((resolve) => {
        client.watchForReceipt('subscribed', resolve);
        const listen = ({ headers, body }: { headers: { from?: string }; body: string }) =>
          heard.push(`${name} hears ${headers.from}: ${body}`);
        client.subscribe(name === visitor ? kitchen : lobby, listen, { receipt: 'subscribed' });
      });
      clients.push(client);
    }

    const question = 'alice says the same in a STOMP frame. How many understand her now?';
    const framed = await lab.predict(question, [1, users - 1, users]);
    await lab.step('alice speaks to the lobby, then to the kitchen');
    const headers = { from: 'alice' };
    clients[0]?.publish({ destination: lobby, headers, body: 'hello, lobby' });
    clients[0]?.publish({ destination: kitchen, headers, body: 'hello, kitchen' });
    await lab.until('each room has heard alice', () => heard.length === users);
    const hears = (name: string, text: string) => heard.includes(`${name} hears alice: ${text}`);
    const reached = people.filter(({ name }) => hears(name, 'hello, lobby')).length;
    framed.answer(reached, say`the frame says where it goes and what is what; ${visitor} is in another room`);
    const isAll = reached === users - 1;
    lab.check('over STOMP every member of the lobby understood', isAll, say`${reached} of ${users - 1}`);
    const isRight = hears(visitor, 'hello, kitchen') && !hears(visitor, 'hello, lobby');
    lab.check('over STOMP each got what is for its room, and nothing else', isRight && heard.length === users);
    lab.table({
      title: 'What each understood of what alice said to the lobby',
      columns: ['user', 'its app writes', 'on the hub', 'over STOMP'],
      rows: people.map((one) => {
        const onHub = one.understood === 1 ? 'understood' : 'got it, and could not read it';
        return [say`${one.name}`, say`${one.format.name}`, onHub, one.name === visitor ? 'not there' : 'understood'];
      }),
    });
  },
});
