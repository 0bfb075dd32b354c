import type { Client } from '@stomp/stompjs';
import { defineScenario, say } from 'msgplay';

/** What each frame says: first those of clients, then those of servers. */
const CLIENTS = {
  CONNECT: 'who I am, and which versions I know',
  SUBSCRIBE: 'send me what comes to this destination',
  SEND: 'here is a message for this destination',
  ACK: 'this message is dealt with',
  NACK: 'this message I can not deal with',
  BEGIN: 'a transaction begins',
  COMMIT: 'all that is in the transaction counts',
  ABORT: 'nothing that is in the transaction counts',
  UNSUBSCRIBE: 'send me no more',
  DISCONNECT: 'goodbye',
};
const SERVERS = {
  CONNECTED: 'you are in, and this is the version',
  MESSAGE: 'here is a message for your subscription',
  RECEIPT: 'the frame that asked for this is dealt with',
  ERROR: 'I can not do that',
};
const DROPPED = 'it is dropped';
const AGAIN = 'it comes again';
const ASIDE = 'it is put aside until somebody asks for it';
const OVER = 'it says ERROR, and the session is over';
const ON = 'it says ERROR, and the session goes on';
const SILENT = 'it keeps silent';

export default defineScenario({
  name: 'stomp-frames',
  title: 'STOMP frame by frame: a command, headers, a body, and every command there is',
  lesson: 5,
  options: {
    size: { type: 'integer', default: 2, min: 1, max: 20, help: 'how many messages are sent in each transaction' },
    requeue: { type: 'flag', help: 'NACK gives the message back to its queue, where it is dropped otherwise' },
  },
  needs: ['stomp'],
  handshakes: true,
  names: ['task'],
  about: ({ size, requeue }) =>
    requeue
      ? say`messages in a transaction: ${size} · NACK with requeue:true`
      : say`messages in a transaction: ${size} · NACK with requeue:false`,

  async run(lab, { size, requeue }) {
    const { Client: StompClient } = await import('@stomp/stompjs');
    const { WebSocket } = await import('ws');
    const seen = new Map<string, number>();
    const connect = async (name: string): Promise<Client> => {
      const { host, pathname, username, password } = new URL(await lab.url('stomp', name));
      const client = new StompClient({
        webSocketFactory: () => new WebSocket(`ws://${host}${pathname}`, ['v12.stomp']),
        connectHeaders: { login: username, passcode: decodeURIComponent(password) },
        reconnectDelay: 0,
        // The library tells every frame: `>>> SEND …`, `<<< MESSAGE …`.
        debug: (line) => {
          const [, command] = /^(?:>>>|<<<) ([A-Z]+)\b/.exec(line) ?? [];
          if (command !== undefined) seen.set(command, (seen.get(command) ?? 0) + 1);
        },
      });
      lab.defer(() => client.deactivate());
      await new Promise<unknown>((resolve, reject) => {
        client.onConnect = resolve;
        client.onWebSocketError = reject;
        client.activate();
      });
      return client;
    };
    let receipts = 0;
    const confirmed = (client: Client, act: (headers: { receipt: string }) => unknown): Promise<unknown> =>
      new Promise((resolve) => {
        const receipt = `receipt-${++receipts}`;
        client.watchForReceipt(receipt, resolve);
        act({ receipt });
      });

    await lab.step('CONNECT asks for a session, and CONNECTED grants it');
    const sender = await connect('sender');
    const receiver = await connect('receiver');

    await lab.step('SUBSCRIBE with a receipt header: RECEIPT tells that the server has dealt with it');
    const destination = `/queue/${lab.name('tasks')}`;
    const queue = { 'auto-delete': 'true' };
    const came: number[] = [];
    let answered = 0;
    let unsubscribe = (_?: Record<string, string>): void => {};
    await confirmed(receiver, (headers) => {
      const { unsubscribe: leave } = receiver.subscribe(
        destination,
        (message) => {
          const { task } = JSON.parse(message.body);
          const isFirst = !came.includes(task);
          came.push(task);
          const answer = (receipt: object): void =>
            task === 2 && isFirst
              ? message.nack({ requeue: String(requeue), ...receipt })
              : message.ack({ ...receipt });
          void confirmed(receiver, answer).then(() => answered++);
        },
        { ...queue, ...headers, ack: 'client-individual' },
      );
      unsubscribe = leave;
    });
    const send = (task: number, headers = {}): void =>
      sender.publish({ destination, body: JSON.stringify({ task }), headers: { ...queue, ...headers } });

    const nacked = await lab.predict(
      requeue
        ? 'Of two tasks the receiver will answer the second with NACK, requeue:true. What becomes of that task?'
        : 'Of two tasks the receiver will answer the second with NACK, requeue:false. What becomes of that task?',
      [DROPPED, AGAIN, ASIDE],
    );
    await lab.step('SEND becomes MESSAGE; the receiver answers task 1 with ACK, and task 2 with NACK');
    for (const task of [1, 2]) send(task);
    await lab.until('the tasks are answered', () => answered === (requeue ? 3 : 2));
    nacked.answer(
      came.filter((task) => task === 2).length > 1 ? AGAIN : DROPPED,
      requeue
        ? 'it went back to the queue, and out again'
        : 'it was refused for good, and no dead-letter exchange takes it',
    );

    const inTransactions = await lab.predict(
      say`Two transactions, each with this many tasks: ${size}. One is committed, one aborted. How many tasks will come?`,
      [...new Set([0, size, 2 * size])].map(String),
    );
    await lab.step('BEGIN and COMMIT, BEGIN and ABORT');
    const first = came.length;
    const [dropped, kept] = [sender.begin(), sender.begin()];
    for (let task = 3; task < 3 + size; task++) send(task, { transaction: kept.id });
    for (let task = 3 + size; task < 3 + 2 * size; task++) send(task, { transaction: dropped.id });
    dropped.abort();
    kept.commit();
    await lab.until('what was committed is answered', () => answered === first + size);
    inTransactions.answer(String(came.length - first), 'what is sent in a transaction waits for COMMIT');

    await lab.step('UNSUBSCRIBE, then DISCONNECT: the last RECEIPT tells that all before it has arrived');
    await confirmed(receiver, unsubscribe);
    for (const client of [receiver, sender]) await client.deactivate();

    const refused = await lab.predict('A stranger sends to a destination that can not be. What does the server do?', [
      OVER,
      ON,
      SILENT,
    ]);
    await lab.step(
      'ERROR: a frame that the server can not carry out; then another frame, to see whether the session goes on',
    );
    const stranger = await connect('stranger');
    let told = '';
    let isOver = false;
    let goesOn = false;
    stranger.onStompError = ({ headers }) => {
      told = headers.message ?? '';
    };
    stranger.onWebSocketClose = () => {
      isOver = true;
    };
    stranger.publish({ destination: '/nowhere', body: '{"task":0}' });
    await lab.until('the stranger is told', () => told !== '');
    const listen = (headers: object) => stranger.subscribe(`/topic/${lab.name('news')}`, () => {}, { ...headers });
    void confirmed(stranger, listen).then(() => {
      goesOn = true;
    });
    await lab.until('the session goes on or is over', () => goesOn || isOver);
    await stranger.deactivate();
    refused.answer(
      goesOn ? ON : OVER,
      'STOMP has a server close the connection after ERROR, and not every server does',
    );

    const again = came.filter((task) => task === 2).length - 1;
    lab.check(
      requeue ? 'the task with NACK came again' : 'the task with NACK did not come again',
      again === (requeue ? 1 : 0),
    );
    const committed = came.slice(first).every((task) => task < 3 + size);
    lab.check('what was committed came, and what was aborted did not', committed && came.length === first + size);
    const frames = [...Object.entries(CLIENTS), ...Object.entries(SERVERS)];
    lab.check('the server said ERROR, and why', told !== '', say`${told}`);
    lab.check(
      'every frame of STOMP 1.2 was on the wire',
      frames.every(([command]) => seen.has(command)),
    );
    lab.table({
      title: 'The frames',
      columns: [{ title: 'frame' }, { title: 'from' }, { title: 'what it says' }, { title: 'times' }],
      rows: frames.map(([command, meaning]) => [
        say`${command}`,
        command in CLIENTS ? 'client' : 'server',
        meaning,
        seen.get(command) ?? 0,
      ]),
    });
  },
});
