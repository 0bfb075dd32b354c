import { defineScenario, say } from 'msgplay';

/** An inbox lives as long as its owner listens; sender and owner must describe the queue alike. */
const INBOX = { 'auto-delete': 'true' };

export default defineScenario({
  name: 'stomp-chat',
  title: 'A chat on STOMP over WebSocket: destinations decide who gets it',
  lesson: 6,
  options: { late: { type: 'flag', help: 'bob opens his inbox only after somebody has written to him' } },
  needs: ['stomp'],
  handshakes: true,
  about: ({ late }) =>
    late
      ? 'alice, bob, carol · rooms lobby and kitchen · bob opens his inbox late'
      : 'alice, bob, carol · rooms lobby and kitchen',

  async run(lab, { late }) {
    const { Client } = await import('@stomp/stompjs');
    const [lobby, kitchen] = [`/topic/${lab.name('lobby')}`, `/topic/${lab.name('kitchen')}`];
    const inbox = (name: string) => `/queue/${lab.name(`inbox-${name}`)}`;
    const connect = async (name: string) => {
      const client = lab.using(new Client(await lab.stomp(name)));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return { name, client };
    };
    type User = Awaited<ReturnType<typeof connect>>;
    /** Who heard what: `bob: Hello, lobby!` */
    const heard: string[] = [];
    const join = ({ name, client }: User, destination: string, headers = {}) => {
      const listen = ({ body }: { body: string }) => heard.push(`${name}: ${body}`);
      client.subscribe(destination, listen, { id: destination, ...headers, receipt: destination });
      return new Promise<unknown>((resolve) => client.watchForReceipt(destination, resolve));
    };
    const speak = ({ client }: User, destination: string, body: string, headers = {}) => {
      client.publish({ destination, body, headers: { ...headers, receipt: body } });
      return new Promise<unknown>((resolve) => client.watchForReceipt(body, resolve));
    };
    const hearersOf = (text: string) => ['alice', 'bob', 'carol'].filter((name) => heard.includes(`${name}: ${text}`));

    await lab.step('Everybody connects: HTTP becomes WebSocket, WebSocket carries STOMP');
    const [alice, bob, carol] = [await connect('alice'), await connect('bob'), await connect('carol')];

    await lab.step('All but carol enter the lobby; carol is in the kitchen; there is an inbox for each');
    for (const user of [alice, bob]) await join(user, lobby);
    await join(carol, kitchen);
    for (const user of [alice, bob, carol]) if (user !== bob || !late) await join(user, inbox(user.name), INBOX);

    const hearers = { 1: 'bob', 2: 'alice and bob', 3: 'all three' };
    const room = await lab.predict('alice speaks in the lobby. Who hears her?', hearers);
    await lab.step('A room reaches its members and nobody else');
    await speak(alice, lobby, 'Hello, lobby!');
    await speak(carol, kitchen, 'Anybody in the kitchen?');
    await lab.until('the lobby hears alice', () => hearersOf('Hello, lobby!').length === 2);
    await lab.until('the kitchen hears its visitor', () => hearersOf('Anybody in the kitchen?').length === 1);
    room.answer(hearersOf('Hello, lobby!').length, 'a topic reaches whoever subscribes to it, also the one who speaks');

    const question = late
      ? 'alice writes to bob, who has not opened his inbox yet. What does he find when he does?'
      : 'alice writes to the inbox of bob, who listens there. What does he find?';
    const letter = await lab.predict(question, {
      finds: 'he finds the message',
      missed: 'nothing: he was not there',
      too: 'the message, and so does everybody else',
    });
    await lab.step('A private message reaches one person');
    await speak(alice, inbox('bob'), 'Just for you, bob', INBOX);
    if (late) await join(bob, inbox('bob'), INBOX);
    await lab.until('bob hears alice', () => hearersOf('Just for you, bob').length > 0);
    const why = late ? 'a queue keeps a message until somebody takes it' : 'only bob consumes from that queue';
    letter.answer(hearersOf('Just for you, bob').join() === 'bob' ? 'finds' : 'too', why);

    await lab.step(
      'bob leaves the lobby; then somebody speaks there, and in the attic, to which nobody has subscribed',
    );
    bob.client.unsubscribe(lobby);
    await speak(bob, kitchen, 'I left the lobby');
    await speak(alice, lobby, 'Is bob still here?');
    await speak(alice, `/topic/${lab.name('attic')}`, 'Is anybody here?');
    await lab.until('alice hears herself', () => hearersOf('Is bob still here?').includes('alice'));

    await lab.step('Everybody says goodbye ("STOMP died" is what RabbitMQ calls a normal end)');
    for (const { client } of [alice, bob, carol]) await client.deactivate();
    const checkHearers = (title: string, text: string, ...expected: string[]) => {
      const hearers = hearersOf(text).join(', ');
      lab.check(title, hearers === expected.join(', '), say`heard by ${hearers}`);
    };
    checkHearers('the lobby reached its members and nobody else', 'Hello, lobby!', 'alice', 'bob');
    checkHearers('the kitchen reached its visitor only', 'Anybody in the kitchen?', 'carol');
    checkHearers('the private message reached bob only', 'Just for you, bob', 'bob');
    lab.check('after UNSUBSCRIBE bob hears the lobby no more', !hearersOf('Is bob still here?').includes('bob'));
    lab.check('an empty room reaches nobody', hearersOf('Is anybody here?').length === 0);
  },
});
