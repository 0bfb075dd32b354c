import { defineScenario, say } from 'msgplay';

const USERS = ['alice', 'bob', 'carol', 'dave'];
type Words = { readonly from: string; readonly text: string };
/** How home-made apps write what their users say; each can read what begins as it writes itself. */
const COLON = { name: 'name: text', write: ({ from, text }: Words) => `${from}: ${text}`, reads: /^\w+: / };
const JSON_FORMAT = { name: 'JSON', write: (words: Words) => JSON.stringify(words), reads: /^{/ };

export default defineScenario({
  name: 'raw-vs-stomp',
  title: 'The same chat with home-made formats and with STOMP: who understands whom',
  lesson: 3,
  options: { agree: { type: 'flag', help: 'all the home-made apps have agreed on JSON' } },
  needs: ['stomp'],
  about: ({ agree }) =>
    agree
      ? 'the apps of all users write JSON'
      : 'the apps of alice and carol write "name: text", those of bob and dave JSON',

  async run(lab, { agree }) {
    const { Client } = await import('@stomp/stompjs');
    const { WebSocket } = await import('ws');
    const formatOf = (user: string) => (agree || user === 'bob' || user === 'dave' ? JSON_FORMAT : COLON);

    await lab.step('Home-made: everybody connects to a hub, which sends each message on to all who are connected');
    const connected = new Set<{ send(text: string): void }>();
    const hub = await lab.accept('hub', (socket) => {
      connected.add(socket);
      socket.on('message', (data) => {
        for (const one of connected) one.send(String(data));
      });
    });
    const sockets = [];
    const [got, understood] = [[] as string[], [] as string[]];
    for (const user of USERS) {
      const socket = lab.using(new WebSocket(await hub.url(user)));
      socket.on('message', (data) => {
        got.push(user);
        if (formatOf(user).reads.test(String(data))) understood.push(user);
      });
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
      sockets.push(socket);
    }

    const { name, write } = formatOf('alice');
    const reads = say`alice's app writes "${name}". Of four users, herself included, how many understand her?`;
    const raw = await lab.predict(reads, [1, 2, 4]);
    await lab.step('alice speaks on the hub');
    sockets[0]?.send(write({ from: 'alice', text: 'hello, lobby' }));
    await lab.until('all who are connected got it', () => got.length === USERS.length);
    lab.note('on sockets each copy that the hub sends on is a message of its own, and has a number of its own');
    raw.answer(understood.length, 'an app understands its own format, and the hub does not look at what it carries');
    lab.note('the hub knows connections, and no rooms');
    const isAlike = understood.every((user) => formatOf(user) === formatOf('alice'));
    const who = say`understood: ${understood.sort().join(', ')}`;
    lab.check('on the hub those understood who have the same format', isAlike, who);
    lab.check('on the hub everybody got it, in the room or not', got.sort().join() === USERS.join());

    await lab.step('STOMP: everybody connects to the broker and subscribes to a room; dave is in the kitchen');
    const room = (name: string) => `/topic/${lab.name(name)}`;
    const clients = [];
    const heard: string[] = [];
    for (const user of USERS) {
      const client = lab.using(new Client(await lab.stomp(user)));
      client.activate();
      await lab.until(say`${user} is connected`, () => client.connected);
      const destination = room(user === 'dave' ? 'kitchen' : 'lobby');
      client.subscribe(destination, ({ body }) => heard.push(`${user}: ${body}`), { receipt: 'subscribed' });
      await new Promise<unknown>((resolve) => client.watchForReceipt('subscribed', resolve));
      clients.push(client);
    }

    const question = 'alice says the same in a STOMP frame. How many understand her now?';
    const framed = await lab.predict(question, [1, 3, 4]);
    await lab.step('alice speaks to the lobby, then to the kitchen');
    clients[0]?.publish({ destination: room('lobby'), body: 'hello, lobby' });
    await lab.until('the lobby has heard alice', () => heard.length === 3);
    clients[0]?.publish({ destination: room('kitchen'), body: 'hello, kitchen' });
    await lab.until('the kitchen has heard alice', () => heard.length === USERS.length);
    const members = heard.filter((one) => one.endsWith('hello, lobby')).length;
    framed.answer(members, 'the frame says where it goes and what is what; dave is in another room');
    lab.check('over STOMP every member of the lobby understood', members === 3, say`${members} of 3`);
    const isRight = heard.includes('dave: hello, kitchen') && !heard.includes('dave: hello, lobby');
    lab.check('over STOMP each got what is for its room, and nothing else', isRight);
  },
});
