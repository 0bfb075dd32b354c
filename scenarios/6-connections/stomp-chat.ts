import { defineScenario } from 'msgplay';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
/** An inbox lives as long as its owner listens; sender and owner must describe the queue alike. */
const INBOX = { 'auto-delete': 'true' };

export default defineScenario({
  name: 'stomp-chat',
  title: 'A chat on STOMP over WebSocket: destinations decide who gets it',
  lesson: 6,
  options: {
    users: { type: 'integer', default: 3, min: 3, max: NAMES.length, help: 'how many people are in the chat' },
  },
  needs: ['stomp'],
  handshakes: true,
  about: ({ users }) => `${NAMES.slice(0, users).join(', ')} · rooms lobby and kitchen`,

  async run(lab, { users }) {
    const { Client } = await import('@stomp/stompjs');
    const { WebSocket } = await import('ws');
    const names = NAMES.slice(0, users);
    const visitor = names.at(-1)!;
    const lobby = `/topic/${lab.name('lobby')}`;
    const kitchen = `/topic/${lab.name('kitchen')}`;
    const inbox = (name: string): string => `/queue/${lab.name(`inbox-${name}`)}`;
    const heard = new Map<string, string[]>(names.map((name) => [name, []]));
    const who = (text: string): string[] => names.filter((name) => heard.get(name)!.includes(text));

    const connect = async (name: string) => {
      const url = new URL(await lab.url('stomp', name));
      const { username, password, pathname } = url;
      const client = new Client({
        webSocketFactory: () => new WebSocket(`ws://${url.host}${pathname}`, ['v12.stomp']),
        connectHeaders: { login: username, passcode: decodeURIComponent(password) },
        reconnectDelay: 0,
      });
      lab.defer(() => client.deactivate());
      await new Promise<unknown>((resolve, reject) => {
        client.onConnect = resolve;
        client.onStompError = (frame) => reject(new Error(frame.headers.message));
        client.onWebSocketError = (event) => reject(new Error(event.message));
        client.activate();
      });
      client.onWebSocketClose = ({ reason }) => {
        if (client.active) throw new Error(`${name} was disconnected: ${reason}`);
      };
      return client;
    };
    type User = Awaited<ReturnType<typeof connect>>;

    const confirmed = (user: User, act: (receipt: string) => void): Promise<unknown> =>
      new Promise((resolve) => {
        const receipt = `receipt-${++receipts}`;
        user.watchForReceipt(receipt, resolve);
        act(receipt);
      });
    let receipts = 0;
    const join = async (name: string, destination: string, headers = {}) => {
      const user = chat.get(name)!;
      let leave = (): void => {};
      await confirmed(user, (receipt) => {
        const listen = (message: { body: string }): unknown => heard.get(name)!.push(message.body);
        leave = user.subscribe(destination, listen, { ...headers, receipt }).unsubscribe;
      });
      return leave;
    };
    const say = (name: string, destination: string, body: string, headers = {}): Promise<unknown> => {
      const user = chat.get(name)!;
      return confirmed(user, (receipt) => user.publish({ destination, body, headers: { ...headers, receipt } }));
    };

    await lab.step('Everybody connects: HTTP becomes WebSocket, WebSocket carries STOMP');
    const chat = new Map<string, User>();
    for (const name of names) chat.set(name, await connect(name));

    await lab.step(`All but ${visitor} enter the lobby; ${visitor} is in the kitchen; everybody opens an inbox`);
    const leaveLobby = new Map<string, () => void>();
    for (const name of names.slice(0, -1)) leaveLobby.set(name, await join(name, lobby));
    await join(visitor, kitchen);
    for (const name of names) await join(name, inbox(name), INBOX);

    await lab.step('A room reaches its members and nobody else');
    await say('alice', lobby, 'Hello, lobby!');
    await say(visitor, kitchen, 'Anybody in the kitchen?');
    await lab.until('the lobby hears alice', () => who('Hello, lobby!').length === users - 1);
    await lab.until('the kitchen hears its visitor', () => who('Anybody in the kitchen?').length === 1);

    await lab.step('A private message reaches one person');
    await say('alice', inbox('bob'), 'Just for you, bob', INBOX);
    await lab.until('bob hears alice', () => who('Just for you, bob').length === 1);

    await lab.step('bob leaves the lobby; then somebody speaks in a room with nobody in it');
    leaveLobby.get('bob')!();
    await say('bob', kitchen, 'I left the lobby');
    await say('alice', lobby, 'Is bob still here?');
    await say('alice', `/topic/${lab.name('attic')}`, 'Is anybody here?');
    await lab.until('alice hears herself', () => who('Is bob still here?').includes('alice'));

    await lab.step('Everybody says goodbye');
    for (const user of chat.values()) await user.deactivate();

    const members = names.slice(0, -1);
    const only = (text: string, expected: string[]): [boolean, string] => [
      who(text).join() === expected.join(),
      `heard by ${who(text).join(', ') || 'nobody'}`,
    ];
    lab.check('the lobby reached its members and nobody else', ...only('Hello, lobby!', members));
    lab.check('the kitchen reached its visitor only', ...only('Anybody in the kitchen?', [visitor]));
    lab.check('the private message reached bob only', ...only('Just for you, bob', ['bob']));
    lab.check('after UNSUBSCRIBE bob hears the lobby no more', !who('Is bob still here?').includes('bob'));
    lab.check('an empty room reaches nobody', who('Is anybody here?').length === 0);
  },
});
