import type { IMessage } from '@stomp/stompjs';
import { count, defineScenario, say } from 'msgplay';

/** Each frame there is, and who sends it. */
const FRAMES = {
  client: ['CONNECT', 'SUBSCRIBE', 'SEND', 'ACK', 'NACK', 'BEGIN', 'COMMIT', 'ABORT', 'UNSUBSCRIBE', 'DISCONNECT'],
  server: ['CONNECTED', 'MESSAGE', 'RECEIPT', 'ERROR'],
};

export default defineScenario({
  name: 'stomp-frames',
  title: 'STOMP frame by frame: a command, headers, a body, and every command there is',
  lesson: 5,
  options: {
    requeue: { type: 'flag', help: 'NACK gives the message back to its queue, where it is dropped otherwise' },
  },
  needs: ['stomp'],
  handshakes: true,
  names: ['task'],
  about: ({ requeue }) => say`NACK with requeue:${requeue}`,

  async run(lab, { requeue }) {
    const { Client } = await import('@stomp/stompjs');
    /** The command of every frame, as the library tells them: `>>> SEND …`, `<<< MESSAGE …`. */
    const frames: string[] = [];
    const debug = (line: string) => frames.push(/^(?:>>>|<<<) ([A-Z]+)\b/.exec(line)?.[1] ?? '');
    const times = (command: string) => count(frames, command);
    const connect = async (name: string) => {
      const client = lab.using(new Client({ ...(await lab.stomp(name)), debug }));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return client;
    };

    await lab.step('CONNECT asks for a session, and CONNECTED grants it');
    const [sender, receiver] = [await connect('sender'), await connect('receiver')];

    await lab.step('SUBSCRIBE with a receipt header: RECEIPT tells that the server has dealt with it');
    const destination = `/queue/${lab.name('tasks')}`;
    const queue = { 'auto-delete': 'true' };
    const came: number[] = [];
    const take = (message: IMessage) => {
      const { task } = JSON.parse(message.body);
      const receipt = message.headers['message-id'] ?? '';
      came.push(task);
      if (task === 2 && count(came, 2) === 1) message.nack({ requeue: String(requeue), receipt });
      else message.ack({ receipt });
    };
    receiver.subscribe(destination, take, { id: 'tasks', ack: 'client-individual', receipt: 'tasks', ...queue });
    await lab.until('the receiver is subscribed', () => times('RECEIPT') === 1);
    /** Each answer has a receipt, as SUBSCRIBE had one. */
    const answered = () => times('RECEIPT') - 1;
    const send = (task: number, headers = {}) =>
      sender.publish({ destination, body: JSON.stringify({ task }), headers: { ...queue, ...headers } });

    const fates = { dropped: 'it is dropped', again: 'it comes again', aside: 'it is put aside' };
    const refusal = say`Of two tasks the receiver will answer the second with NACK, requeue:${requeue}. What becomes of that task?`;
    const nacked = await lab.predict(refusal, fates);
    await lab.step('SEND becomes MESSAGE; the receiver answers task 1 with ACK, and task 2 with NACK');
    for (const task of [1, 2]) send(task);
    await lab.until('the tasks are answered', () => answered() === (requeue ? 3 : 2));
    const isAgain = came.join() === '1,2,2';
    if (isAgain) nacked.answer('again', 'task 2 went back to the queue, and out again');
    else nacked.answer('dropped', 'task 2 was refused for good, and no dead-letter exchange takes it');
    lab.check(requeue ? 'the task with NACK came again' : 'the task with NACK did not come again', isAgain === requeue);

    const question = 'Two transactions with two tasks each: one is committed, one aborted. How many tasks will come?';
    const inTransactions = await lab.predict(question, [0, 2, 4]);
    await lab.step('A transaction that ends with ABORT, then one that ends with COMMIT');
    const aborted = sender.begin();
    for (const task of [3, 4]) send(task, { transaction: aborted.id });
    aborted.abort();
    const committed = sender.begin();
    for (const task of [5, 6]) send(task, { transaction: committed.id });
    committed.commit();
    await lab.until('what was committed is answered', () => came.includes(6) && answered() === came.length);

    await lab.step('UNSUBSCRIBE, then DISCONNECT: the last RECEIPT tells that all before it has arrived');
    receiver.unsubscribe('tasks');
    for (const client of [receiver, sender]) await client.deactivate();
    lab.note('"STOMP died" is what RabbitMQ calls this normal end');
    const late = came.filter((task) => task > 2);
    inTransactions.answer(late.length, 'what is sent in a transaction waits for COMMIT');
    lab.check('what was committed came, and what was aborted did not', late.join() === '5,6');

    await lab.step('ERROR: a frame that the server can not carry out. Does the session go on?');
    const stranger = await connect('stranger');
    stranger.publish({ destination: '/nowhere', body: '{"task":0}' });
    await lab.until('the stranger is told', () => times('ERROR') === 1);
    await stranger.deactivate();
    lab.note('STOMP has a server close after ERROR; where DISCONNECT still gets its RECEIPT, the session went on');

    const rows = Object.entries(FRAMES).flatMap(([from, commands]) =>
      commands.map((command) => [say`${command}`, from, times(command)] as const),
    );
    const isSeen = rows.every(([, , count]) => count > 0);
    lab.check('every frame of STOMP 1.2 was on the wire', isSeen);
    lab.table({ title: 'The frames', columns: ['frame', 'from', 'times'], rows });
  },
});
