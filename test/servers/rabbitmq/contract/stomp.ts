/** STOMP: sessions, destinations, acknowledgements, transactions, errors. */
import type { Told } from '../../../helpers/stomp-peer.ts';
import { usualGap } from './_script.ts';
import { type StompBench, type StompScript, script } from './_stomp-script.ts';
import { ask, logIn } from './stomp-web.ts';

const connecting = (title: string, headers: { [name: string]: string }) =>
  script(`connecting ${title}`, async (bench) => (await bench.dial()).call('CONNECT', headers, ''));

const LOGIN = { 'accept-version': '1.2', host: '/', login: 'guest', passcode: 'guest' };

const answered = (title: string, command: string, headers: { [name: string]: string }, body = '') =>
  script(title, async (bench) => {
    const peer = await bench.open();
    const first = await peer.call(command, headers, body);
    // Whether the session goes on is part of the answer.
    peer.send('BEGIN', { transaction: 't', receipt: 'still here' });
    return [first, await peer.next()];
  });

/** Subscribes, sends, and tells what arrives. */
const roundTrip = (
  title: string,
  destination: (bench: StompBench) => string,
  sendTo = destination,
  more: object = {},
) =>
  script(title, async (bench) => {
    const peer = await bench.open();
    await peer.sync('SUBSCRIBE', { id: 's', destination: destination(bench), ...more });
    await peer.sync('SEND', { destination: sendTo(bench) }, 'hello');
    return peer.next('MESSAGE');
  });

const messageId = (told: Told) => told.headers.ack ?? told.headers['message-id']!;

export const stomp: readonly StompScript[] = [
  connecting('with a name and a password', { 'accept-version': '1.2', host: '/', login: 'guest', passcode: 'guest' }),
  connecting('as a client of 1.0', { login: 'guest', passcode: 'guest' }),
  connecting('with the choice of versions', { 'accept-version': '1.0,1.1', login: 'guest', passcode: 'guest' }),
  connecting('with heart-beats', {
    'accept-version': '1.2',
    'heart-beat': '4500,200',
    login: 'guest',
    passcode: 'guest',
  }),
  connecting('without a name', { 'accept-version': '1.2' }),
  connecting('with a wrong password', { login: 'guest', passcode: 'wrong' }),
  connecting('to an unknown virtual host', { login: 'guest', passcode: 'guest', host: 'nowhere' }),
  connecting('in an unknown version', { 'accept-version': '2.0', login: 'guest', passcode: 'guest' }),
  connecting('with heart-beats that are no numbers', { 'heart-beat': 'a,b', login: 'guest', passcode: 'guest' }),
  script('a command before CONNECT', async (bench) =>
    (await bench.dial()).call('SEND', { destination: '/queue/a' }, ''),
  ),
  script('leaving with a receipt', async (bench) => {
    const peer = await bench.open();
    return [await peer.call('DISCONNECT', { receipt: 'bye' }, ''), await peer.next()];
  }),

  roundTrip('a queue', (bench) => `/queue/${bench.name('q')}`),
  roundTrip('a queue that goes with its subscriber', (bench) => `/queue/${bench.name('q')}`, undefined, {
    durable: 'false',
    'auto-delete': 'true',
  }),
  roundTrip('a topic', (bench) => `/topic/${bench.name('t')}`),
  roundTrip(
    'a topic by a pattern',
    (bench) => `/topic/${bench.name('t')}.*.#`,
    (bench) => `/topic/${bench.name('t')}.a.b.c`,
  ),
  roundTrip(
    'an exchange',
    () => '/exchange/amq.direct/key.one',
    () => '/exchange/amq.direct/key.one',
  ),
  roundTrip(
    'a fanout exchange',
    () => '/exchange/amq.fanout',
    () => '/exchange/amq.fanout/whatever',
  ),
  roundTrip('a name with a slash', (bench) => `/queue/${bench.name('a')}%2Fb`),
  roundTrip('a name that is not ASCII', (bench) => `/queue/${bench.name('é')}`),
  roundTrip('a destination without a slash', (bench) => bench.name('plain')),

  script('headers of a message, both ways', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { id: 's', destination });
    await peer.sync(
      'SEND',
      {
        destination,
        'content-type': 'text/plain',
        'content-encoding': 'utf-8',
        persistent: 'true',
        priority: '4',
        'correlation-id': 'c',
        'reply-to': '/queue/answers',
        expiration: '60000',
        'amqp-message-id': 'm',
        timestamp: '1700000000',
        type: 't',
        'user-id': 'guest',
        'app-id': 'a',
        mine: 'with: colon\nand line',
      },
      'é',
    );
    return peer.next('MESSAGE');
  }),
  script('the first of repeated headers', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { id: 's', destination });
    peer.raw(`SEND\ndestination:${destination}\nfoo:1\nfoo:2\n\nbody\0`);
    return peer.next('MESSAGE');
  }),
  script('a body with NULs', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { id: 's', destination });
    peer.send('SEND', { destination }, 'a\0b');
    return peer.next('MESSAGE');
  }),
  script('blanks before values are dropped in 1.0', async (bench) => {
    const peer = await bench.open('1.0');
    const destination = `/queue/${bench.name('q')}`;
    peer.raw(`SUBSCRIBE\ndestination: ${destination}\n\n\0`);
    peer.raw(`SEND\ndestination: ${destination}\nmine:  x \n\nbody\0`);
    return peer.next('MESSAGE');
  }),
  script('a subscription without an id', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { destination });
    await peer.sync('SEND', { destination }, 'hello');
    const told = await peer.next('MESSAGE');
    await peer.sync('UNSUBSCRIBE', { destination });
    return told;
  }),
  script('acknowledging one by one', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    for (const body of ['1', '2', '3']) await peer.sync('SEND', { destination }, body);
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client-individual' });
    const told = [await peer.next('MESSAGE'), await peer.next('MESSAGE'), await peer.next('MESSAGE')];
    await peer.sync('ACK', { id: messageId(told[1]!) });
    await peer.sync('UNSUBSCRIBE', { id: 's' });
    await peer.call('DISCONNECT', {}, '');
    const other = await bench.open();
    await other.sync('SUBSCRIBE', { id: 's', destination });
    return [told, await other.next('MESSAGE'), await other.next('MESSAGE')];
  }),
  script('acknowledging all up to one', async (bench) => {
    const peer = await bench.open('1.1');
    const destination = `/queue/${bench.name('q')}`;
    for (const body of ['1', '2', '3']) await peer.sync('SEND', { destination }, body);
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client' });
    const told = [await peer.next('MESSAGE'), await peer.next('MESSAGE'), await peer.next('MESSAGE')];
    await peer.sync('ACK', { 'message-id': messageId(told[1]!), subscription: 's' });
    await peer.call('DISCONNECT', {}, '');
    const other = await bench.open();
    await other.sync('SUBSCRIBE', { id: 's', destination });
    return [told, await other.next('MESSAGE')];
  }),
  script('refusing: back into the queue, or away', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SEND', { destination }, '1');
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client-individual', 'prefetch-count': '1' });
    const first = await peer.next('MESSAGE');
    peer.send('NACK', { id: messageId(first) });
    const second = await peer.next('MESSAGE');
    peer.send('NACK', { id: messageId(second), requeue: 'false' });
    await peer.sync('SEND', { destination }, '2');
    return [first, second, await peer.next('MESSAGE')];
  }),
  script('a prefetch limit', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    for (const body of ['1', '2', '3']) await peer.sync('SEND', { destination }, body);
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client', 'prefetch-count': '2' });
    const told = [await peer.next('MESSAGE'), await peer.next('MESSAGE')];
    peer.send('ACK', { id: messageId(told[1]!) });
    return [told.map(({ body }) => body), (await peer.next('MESSAGE')).body];
  }),
  script('a transaction that is committed, and one that is aborted', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { id: 's', destination });
    await peer.sync('BEGIN', { transaction: 'a' });
    peer.send('SEND', { destination, transaction: 'a' }, 'aborted');
    await peer.sync('ABORT', { transaction: 'a' });
    await peer.sync('BEGIN', { transaction: 'b' });
    peer.send('SEND', { destination, transaction: 'b' }, 'committed');
    await peer.sync('SEND', { destination }, 'in between');
    await peer.sync('COMMIT', { transaction: 'b' });
    return [(await peer.next('MESSAGE')).body, await peer.next('MESSAGE')];
  }),
  script('a temporary queue for answers', async (bench) => {
    const [asker, answerer] = [await bench.open(), await bench.open()];
    const destination = `/queue/${bench.name('q')}`;
    await answerer.sync('SUBSCRIBE', { id: 's', destination });
    await asker.sync('SEND', { destination, 'reply-to': '/temp-queue/mine' }, 'question');
    const question = await answerer.next('MESSAGE');
    await answerer.sync('SEND', { destination: question.headers['reply-to']! }, 'answer');
    return [question, await asker.next('MESSAGE')];
  }),
  script('a durable subscription keeps what comes in between', async (bench) => {
    const destination = `/topic/${bench.name('t')}`;
    const durable = { id: bench.name('s'), destination, durable: 'true', 'auto-delete': 'false' };
    const first = await bench.open();
    await first.sync('SUBSCRIBE', durable);
    await first.call('DISCONNECT', {}, '');
    const second = await bench.open();
    await second.sync('SEND', { destination }, 'in between');
    await second.sync('SUBSCRIBE', durable);
    const kept = await second.next('MESSAGE');
    await second.sync('UNSUBSCRIBE', { id: durable.id, durable: 'true' });
    return kept;
  }),
  script('a queue with arguments', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    const args = { 'x-max-length': '1', 'x-message-ttl': '60000' };
    await peer.sync('SEND', { destination, ...args }, '1');
    await peer.sync('SEND', { destination, ...args }, '2');
    await peer.sync('SUBSCRIBE', { id: 's', destination, ...args });
    return peer.next('MESSAGE');
  }),
  script('a queue declared with other arguments', async (bench) => {
    const [one, other] = [await bench.open(), await bench.open()];
    const destination = `/queue/${bench.name('q')}`;
    await one.sync('SEND', { destination }, '1');
    other.send('SUBSCRIBE', { id: 's', destination, 'x-max-length': '5' });
    return [await other.next(), await other.next()];
  }),
  script('an exchange that is not there', async (bench) => {
    const peer = await bench.open();
    peer.send('SUBSCRIBE', { id: 's', destination: `/exchange/${bench.name('none')}/k` });
    return [await peer.next(), await peer.next()];
  }),
  script('sending to an exchange that is not there', async (bench) => {
    const peer = await bench.open();
    peer.send('SEND', { destination: `/exchange/${bench.name('none')}/k` }, 'lost');
    return [await peer.next(), await peer.next()];
  }),
  script('a queue that must be there already and is not', async (bench) => {
    const peer = await bench.open();
    peer.send('SUBSCRIBE', { id: 's', destination: `/amq/queue/${bench.name('none')}` });
    return [await peer.next(), await peer.next()];
  }),
  script('two subscriptions of one name', async (bench) => {
    const peer = await bench.open();
    await peer.sync('SUBSCRIBE', { id: 's', destination: '/topic/a' });
    return [await peer.call('SUBSCRIBE', { id: 's', destination: '/topic/b' }, ''), await peer.next()];
  }),
  script('a message acknowledged twice', async (bench) => {
    const peer = await bench.open();
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SEND', { destination }, '1');
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client' });
    const told = await peer.next('MESSAGE');
    await peer.sync('ACK', { id: messageId(told) });
    peer.send('ACK', { id: messageId(told) });
    return [await peer.next(), await peer.next()];
  }),

  answered('a destination that is missing', 'SEND', {}, 'x'),
  answered('a destination of an unknown kind', 'SEND', { destination: '/nowhere/a' }, 'x'),
  answered('a queue’s destination with too many parts', 'SEND', { destination: '/queue/a/b' }, 'x'),
  answered('an exchange’s destination without a name', 'SUBSCRIBE', { id: 's', destination: '/exchange//a' }),
  answered('a blank destination', 'SEND', { destination: '' }, 'x'),
  answered('sending to a temporary queue', 'SEND', { destination: '/temp-queue/a' }, 'x'),
  answered('subscribing to a temporary queue', 'SUBSCRIBE', { id: 's', destination: '/temp-queue/a' }),
  answered('a message-id from a client', 'SEND', { destination: '/queue/a', 'message-id': 'm' }, 'x'),
  answered('an unknown command', 'DANCE', {}),
  answered('ending a subscription that is not there', 'UNSUBSCRIBE', { id: 'nobody' }),
  answered('ending a subscription without saying which', 'UNSUBSCRIBE', {}),
  answered('ending a subscription with a reserved id', 'UNSUBSCRIBE', { id: '/temp-queue/a' }),
  answered('an ACK without an id', 'ACK', {}),
  answered('an ACK with an id that is none', 'ACK', { id: 'nonsense' }),
  answered('an ACK of somebody’s message', 'ACK', { id: 'T_x@@session-abc@@1' }),
  answered('a transaction without a name', 'BEGIN', {}),
  answered('a transaction that was not begun', 'COMMIT', { transaction: 'none' }),
  answered(
    'a message in a transaction that was not begun',
    'SEND',
    { destination: '/queue/a', transaction: 'none' },
    'x',
  ),
  answered('an ack mode that nobody knows', 'SUBSCRIBE', { id: 's', destination: '/topic/a', ack: 'maybe' }),
  answered('a prefetch that is no number', 'SUBSCRIBE', { id: 's', destination: '/topic/a', 'prefetch-count': 'many' }),
  answered('a durable subscription without an id', 'SUBSCRIBE', { destination: '/topic/a', durable: 'true' }),
  script('a header without a colon', async (bench) => {
    const peer = await bench.open();
    peer.raw('SEND\nnonsense\n\nx\0');
    return peer.next();
  }),
  script('an unknown escape', async (bench) => {
    const peer = await bench.open();
    peer.raw('SEND\ndestination:/queue/a\\t\n\nx\0');
    return peer.next();
  }),
  script('heart-beats on a quiet connection, one after another', async (bench) => {
    const peer = await bench.dial();
    await peer.call('CONNECT', { ...LOGIN, 'heart-beat': '0,2000' }, '', 'CONNECTED');
    return usualGap(() => peer.beat());
  }),
  script('ends of lines between frames', async (bench) => {
    const peer = await bench.dial();
    const destination = `/queue/${bench.name('q')}`;
    peer.raw('\n\nCONNECT\naccept-version:1.2\nlogin:guest\npasscode:guest\n\n\0');
    const connected = await peer.next();
    peer.raw('\n');
    peer.raw('\n\r\n\n');
    peer.raw(`SUBSCRIBE\nid:s\ndestination:${destination}\n\n\0\n\n\n`);
    const send = (body: string) => `SEND\ndestination:${destination}\n\n${body}\0`;
    peer.raw(`\n${send('1')}\n\n\r\n${send('2')}${send('3')}\n`);
    const bodies = [await peer.next(), await peer.next(), await peer.next()].map(({ body }) => body);
    return [connected.command, bodies];
  }),
  answered('a second CONNECT', 'CONNECT', LOGIN),
  answered('a second CONNECT with a wrong password', 'CONNECT', { ...LOGIN, passcode: 'wrong' }),
  answered('a second CONNECT to an unknown virtual host', 'CONNECT', { ...LOGIN, host: 'nowhere' }),
  script('a second CONNECT of another version, with what the first one had', async (bench) => {
    const peer = await bench.open('1.2');
    const destination = `/queue/${bench.name('q')}`;
    await peer.sync('SUBSCRIBE', { id: 's', destination, ack: 'client' });
    peer.send('STOMP', { ...LOGIN, 'accept-version': '1.1' });
    const again = await peer.next();
    peer.send('SEND', { destination }, 'hello');
    const told = await peer.next();
    return [again, told, await Promise.race([peer.next(), peer.call('DISCONNECT', { receipt: 'bye' }, '')])];
  }),
  ...Object.entries({
    'that is too short': 'content-length:2\n\nabcdef\0',
    'that is too long': 'content-length:9\n\nabc\0',
    'that is negative': 'content-length:-1\n\nabc\0',
    'that is no number': 'content-length:many\n\nabc\0',
    'with a fraction': 'content-length:3.0\n\nabc\0',
    'with a sign': 'content-length:+3\n\nabc\0',
    'with blanks': 'content-length: 3 \n\nabc\0',
    'of nothing': 'content-length:\n\nabc\0',
    'given twice': 'content-length:3\ncontent-length:5\n\nabc\0',
  }).map(([title, rest]) =>
    script(`a content-length ${title}`, async (bench) => {
      const peer = await bench.open();
      const destination = `/queue/${bench.name('q')}`;
      await peer.sync('SUBSCRIBE', { id: 's', destination });
      peer.raw(`SEND\ndestination:${destination}\n${rest}`);
      peer.raw(`SEND\ndestination:${destination}\n\nbehind\0`);
      const first = await peer.next();
      return first.command === 'CLOSED' ? [first] : [first, await peer.next()];
    }),
  ),
  script('sending to a queue that was declared with other arguments', async (bench) => {
    const [one, other] = [await bench.open(), await bench.open()];
    const destination = `/queue/${bench.name('q')}`;
    await one.sync('SEND', { destination }, '1');
    other.send('SEND', { destination, 'x-max-length': '5' }, '2');
    return [await other.next(), await other.next()];
  }),
  script('sending, with a receipt, to a queue that was declared with other arguments', async (bench) => {
    const [one, other] = [await bench.open(), await bench.open()];
    const destination = `/queue/${bench.name('q')}`;
    await one.sync('SEND', { destination }, '1');
    other.send('SEND', { destination, 'auto-delete': 'true', receipt: 'r' }, '2');
    return [await other.next(), await other.next()];
  }),
  script('sending, with a second receipt, to a queue that was declared with other arguments', async (bench) => {
    const [one, other] = [await bench.open(), await bench.open()];
    const destination = `/queue/${bench.name('q')}`;
    await one.sync('SEND', { destination }, '1');
    await other.sync('SEND', { destination: '/topic/a' }, '0');
    other.send('SEND', { destination, 'auto-delete': 'true', receipt: 'r' }, '2');
    return [await other.next(), await other.next()];
  }),
  script('sending, with a receipt, to an exchange that is not there', async (bench) => {
    const peer = await bench.open();
    peer.send('SEND', { destination: `/exchange/${bench.name('none')}/k`, receipt: 'r' }, 'lost');
    return [await peer.next(), await peer.next()];
  }),
  script('HTTP, where no WebSocket is', async ({ url }) =>
    ask(url, [
      { method: 'GET', path: '/' },
      { method: 'HEAD', path: '/' },
      { method: 'POST', path: '/elsewhere' },
      { method: 'GET', path: '/ws' },
      { method: 'HEAD', path: '/ws' },
      { method: 'GET', path: '/' },
    ]),
  ),
  script('compression, where a client offers it and where it does not', async ({ url }) => [
    await logIn(url, true),
    await logIn(url, false),
  ]),
];
