import type { Client as StompClient } from '@stomp/stompjs';
import { defineScenario, say } from 'msgplay';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
/** An inbox lives as long as its owner listens; sender and owner must describe the queue alike. */
const INBOX = { 'auto-delete': 'true' };

export default defineScenario({
  name: 'stomp-chat',
  title: 'A chat on STOMP over WebSocket: destinations decide who gets it',
  lesson: 6,
  options: {
    users: { type: 'integer', default: 3, min: 3, max: NAMES.length, help: 'how many people are in the chat' },
    late: { type: 'flag', help: 'bob opens his inbox only after somebody has written to him' },
  },
  needs: ['stomp'],
  handshakes: true,
  about: ({ users, late }) =>
    late
      ? say`${NAMES.slice(0, users).join(', ')} · rooms lobby and kitchen · bob opens his inbox late`
      : say`${NAMES.slice(0, users).join(', ')} · rooms lobby and kitchen`,

  async run(lab, { users, late }) {
    const { Client } = await import('@stomp/stompjs');
    const names = NAMES.slice(0, users);
    const [members, visitor] = [names.slice(0, -1), names.at(-1) ?? ''];
    const [lobby, kitchen] = [`/topic/${lab.name('lobby')}`, `/topic/${lab.name('kitchen')}`];
    const inbox = (name: string) => `/queue/${lab.name(`inbox-${name}`)}`;
    const heard: string[] = [];
    const who = (text: string) => names.filter((name) => heard.includes(`${name}: ${text}`));

    const connect = async (name: string) => {
      const client = lab.using(new Client(await lab.stomp(name)));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return client;
    };
    /** Resolves when the broker has dealt with the frame that bears this receipt. */
    const dealtWith = (user: StompClient, receipt: string) =>
      new Promise<unknown>((resolve) => user.watchForReceipt(receipt, resolve));
    const chat = new Map<string, StompClient>();
    const userOf = (name: string) => chat.get(name) as StompClient;
    const join = (name: string, destination: string, headers = {}) => {
      const listen = ({ body }: { body: string }) => heard.push(`${name}: ${body}`);
      userOf(name).subscribe(destination, listen, { id: destination, ...headers, receipt: destination });
      return dealtWith(userOf(name), destination);
    };
    const speak = (name: string, destination: string, body: string, headers = {}) => {
      userOf(name).publish({ destination, body, headers: { ...headers, receipt: body } });
      return dealtWith(userOf(name), body);
    };

    await lab.step('Everybody connects: HTTP becomes WebSocket, WebSocket carries STOMP');
    for (const name of names) chat.set(name, await connect(name));

    await lab.step(say`All but ${visitor} enter the lobby; ${visitor} is in the kitchen; there is an inbox for each`);
    for (const name of members) await join(name, lobby);
    await join(visitor, kitchen);
    for (const name of names) if (name !== 'bob' || !late) await join(name, inbox(name), INBOX);

    const list = (some: readonly string[]) => say`${some.join(', ')}`;
    const hearers = [members, members.filter((name) => name !== 'alice'), names].map(list);
    const room = await lab.predict('alice speaks in the lobby. Who hears her?', hearers);
    await lab.step('A room reaches its members and nobody else');
    await speak('alice', lobby, 'Hello, lobby!');
    await speak(visitor, kitchen, 'Anybody in the kitchen?');
    await lab.until('the lobby hears alice', () => who('Hello, lobby!').length === users - 1);
    await lab.until('the kitchen hears its visitor', () => who('Anybody in the kitchen?').length === 1);
    room.answer(list(who('Hello, lobby!')), 'a topic reaches whoever subscribes to it, also the one who speaks');

    const question = late
      ? 'alice writes to bob, who has not opened his inbox yet. What does he find when he does?'
      : 'alice writes to the inbox of bob, who listens there. What does he find?';
    const letter = await lab.predict(question, {
      finds: 'he finds the message',
      missed: 'nothing: he was not there',
      too: 'the message, and so does everybody else',
    });
    await lab.step('A private message reaches one person');
    await speak('alice', inbox('bob'), 'Just for you, bob', INBOX);
    if (late) await join('bob', inbox('bob'), INBOX);
    await lab.until('bob hears alice', () => who('Just for you, bob').length > 0);
    const why = late ? 'a queue keeps a message until somebody takes it' : 'only bob consumes from that queue';
    letter.answer(who('Just for you, bob').join() === 'bob' ? 'finds' : 'too', why);

    await lab.step(
      'bob leaves the lobby; then somebody speaks there, and in the attic, to which nobody has subscribed',
    );
    userOf('bob').unsubscribe(lobby);
    await speak('bob', kitchen, 'I left the lobby');
    await speak('alice', lobby, 'Is bob still here?');
    await speak('alice', `/topic/${lab.name('attic')}`, 'Is anybody here?');
    await lab.until('alice hears herself', () => who('Is bob still here?').includes('alice'));

    await lab.step('Everybody says goodbye ("STOMP died" is what RabbitMQ calls a normal end)');
    for (const user of chat.values()) await user.deactivate();

    const only = (text: string, expected: string[]) =>
      [who(text).join() === expected.join(), say`heard by ${who(text).join(', ')}`] as const;
    lab.check('the lobby reached its members and nobody else', ...only('Hello, lobby!', members));
    lab.check('the kitchen reached its visitor only', ...only('Anybody in the kitchen?', [visitor]));
    lab.check('the private message reached bob only', ...only('Just for you, bob', ['bob']));
    lab.check('after UNSUBSCRIBE bob hears the lobby no more', !who('Is bob still here?').includes('bob'));
    lab.check('an empty room reaches nobody', who('Is anybody here?').length === 0);
  },
});
