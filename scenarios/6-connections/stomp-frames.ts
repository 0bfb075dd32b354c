import type { IMessage } from '@stomp/stompjs';
import { defineScenario, range, say } from 'msgplay';

/** Each frame there is, who sends it, and what it says. */
const FRAMES = [
  ['CONNECT', 'client', 'who I am, and which versions I know'],
  ['SUBSCRIBE', 'client', 'send me what comes to this destination'],
  ['SEND', 'client', 'here is a message for this destination'],
  ['ACK', 'client', 'this message is dealt with'],
  ['NACK', 'client', 'this message I can not deal with'],
  ['BEGIN', 'client', 'a transaction begins'],
  ['COMMIT', 'client', 'all that is in the transaction counts'],
  ['ABORT', 'client', 'nothing that is in the transaction counts'],
  ['UNSUBSCRIBE', 'client', 'send me no more'],
  ['DISCONNECT', 'client', 'goodbye'],
  ['CONNECTED', 'server', 'you are in, and this is the version'],
  ['MESSAGE', 'server', 'here is a message for your subscription'],
  ['RECEIPT', 'server', 'the frame that asked for this is dealt with'],
  ['ERROR', 'server', 'I can not do that'],
] as const;

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
  about: ({ size, requeue }) => say`messages in a transaction: ${size} · NACK with requeue:${requeue}`,

  async run(lab, { size, requeue }) {
    const { Client } = await import('@stomp/stompjs');
    const seen: string[] = [];
    const connect = async (name: string) => {
      // The library tells every frame: `>>> SEND …`, `<<< MESSAGE …`.
      const debug = (line: string) => seen.push(/^(?:>>>|<<<) ([A-Z]+)\b/.exec(line)?.[1] ?? '');
      const client = lab.using(new Client({ ...(await lab.stomp(name)), debug }));
      client.activate();
      await lab.until(say`${name} is connected`, () => client.connected);
      return client;
    };
    const times = (command: string) => seen.filter((one) => one === command).length;

    await lab.step('CONNECT asks for a session, and CONNECTED grants it');
    const [sender, receiver] = [await connect('sender'), await connect('receiver')];

    await lab.step('SUBSCRIBE with a receipt header: RECEIPT tells that the server has dealt with it');
    const destination = `/queue/${lab.name('tasks')}`;
    const queue = { 'auto-delete': 'true' };
    let came: number[] = [];
    const take = (message: IMessage) => {
      const { task } = JSON.parse(message.body);
      const headers = { receipt: `${message.headers['message-id']}` };
      if (task === 2 && !came.includes(2)) message.nack({ requeue: String(requeue), ...headers });
      else message.ack(headers);
      came.push(task);
    };
    receiver.subscribe(destination, take, { id: 'tasks', ack: 'client-individual', receipt: 'tasks', ...queue });
    await lab.until('the receiver is subscribed', () => times('RECEIPT') === 1);
    const send = (task: number, headers = {}) =>
      sender.publish({ destination, body: JSON.stringify({ task }), headers: { ...queue, ...headers } });

    const fates = { dropped: 'it is dropped', again: 'it comes again', aside: 'it is put aside' };
    const refusal = say`Of two tasks the receiver will answer the second with NACK, requeue:${requeue}. What becomes of that task?`;
    const nacked = await lab.predict(refusal, fates);
    await lab.step('SEND becomes MESSAGE; the receiver answers task 1 with ACK, and task 2 with NACK');
    for (const task of [1, 2]) send(task);
    const answered = 1 + (requeue ? 3 : 2);
    await lab.until('the tasks are answered', () => times('RECEIPT') === answered);
    if (came.join() === '1,2,2') nacked.answer('again', 'task 2 went back to the queue, and out again');
    else nacked.answer('dropped', 'task 2 was refused for good, and no dead-letter exchange takes it');
    if (requeue) lab.check('the task with NACK came again', came.join() === '1,2,2');
    else lab.check('the task with NACK did not come again', came.join() === '1,2');

    const sizes = say`Two transactions, each with this many tasks: ${size}. One is committed, one aborted. How many tasks will come?`;
    const inTransactions = await lab.predict(sizes, [0, size, 2 * size]);
    await lab.step(
      say`BEGIN and ABORT of tx-0 with tasks ${size + 3} to ${2 * size + 2}, BEGIN and COMMIT of tx-1 with tasks 3 to ${size + 2}`,
    );
    came = [];
    const [dropped, kept] = [sender.begin(), sender.begin()];
    const committed = range(3, size + 2);
    for (const task of committed) send(task, { transaction: kept.id });
    for (const task of committed) send(task + size, { transaction: dropped.id });
    dropped.abort();
    kept.commit();
    await lab.until('what was committed is answered', () => times('RECEIPT') === answered + size);

    await lab.step(
      'UNSUBSCRIBE, then DISCONNECT: the last RECEIPT tells that all before it has arrived ("STOMP died" is what RabbitMQ calls this normal end)',
    );
    receiver.unsubscribe('tasks', { receipt: 'no more tasks' });
    await lab.until('the receiver is no longer subscribed', () => times('RECEIPT') > answered + size);
    for (const client of [receiver, sender]) await client.deactivate();
    inTransactions.answer(came.length, 'what is sent in a transaction waits for COMMIT');
    lab.check('what was committed came, and what was aborted did not', came.join() === committed.join());

    await lab.step(
      'ERROR: a frame that the server can not carry out; then another frame, to see whether the session goes on',
    );
    const stranger = await connect('stranger');
    const errors: string[] = [];
    stranger.onStompError = ({ headers }) => errors.push(headers.message ?? '');
    stranger.publish({ destination: '/nowhere', body: '{"task":0}' });
    await lab.until('the stranger is told', () => times('ERROR') === 1);
    const receipts = times('RECEIPT');
    if (stranger.connected) stranger.subscribe(`/topic/${lab.name('news')}`, () => {}, { receipt: 'still there' });
    await lab.until('the session goes on or is over', () => times('RECEIPT') > receipts || !stranger.connected);
    await stranger.deactivate();
    lab.note(
      'STOMP has a server close the connection after ERROR; where the next frame still gets its RECEIPT, the session goes on',
    );
    lab.check('the server said ERROR, and why', errors.length === 1, say`${errors.join()}`);

    const isSeen = FRAMES.every(([command]) => times(command) > 0);
    lab.check('every frame of STOMP 1.2 was on the wire', isSeen);
    const rows = FRAMES.map(([command, from, meaning]) => [say`${command}`, from, meaning, times(command)]);
    lab.table({ title: 'The frames', columns: ['frame', 'from', 'what it says', 'times'], rows });
  },
});
