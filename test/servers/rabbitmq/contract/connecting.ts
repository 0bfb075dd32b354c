/** Opening and closing connections and channels, and clients that don't keep to the rules. */
import { encodeHeartbeat, encodeMethod, PROTOCOL_HEADER } from '../../../../src/protocols/amqp/index.ts';
import type { AmqpPeer } from '../../../helpers/amqp-peer.ts';
import { type Script, script, usualGap } from './_script.ts';

async function started(peer: AmqpPeer): Promise<AmqpPeer> {
  peer.write(PROTOCOL_HEADER);
  await peer.answer(0);
  return peer;
}

const login = (response: Buffer, mechanism = 'PLAIN') => ({
  mechanism,
  response,
  locale: 'en_US',
  clientProperties: { capabilities: { authentication_failure_close: true } },
});

const tuned = (title: string, args: { channelMax: number; frameMax: number }): Script =>
  script(`tuning ${title}`, async (bench) => {
    const peer = await started(await bench.dial());
    await peer.call(0, 'connection.start-ok', login(Buffer.from('\0guest\0guest')));
    peer.send(0, 'connection.tune-ok', { ...args, heartbeat: 0 });
    return peer.call(0, 'connection.open', { virtualHost: '/' });
  });

export const connecting: readonly Script[] = [
  script('how the server introduces itself', async (bench) => {
    const peer = await bench.dial();
    peer.write(PROTOCOL_HEADER);
    const { method, args } = await peer.answer(0);
    const { capabilities, product, version } = args.serverProperties as { [name: string]: unknown };
    const mechanisms = String(args.mechanisms).split(' ').sort();
    return {
      method,
      capabilities,
      product,
      version,
      mechanisms,
      locales: args.locales,
      major: args.versionMajor,
      minor: args.versionMinor,
    };
  }),
  script('what the server proposes', async (bench) => {
    const peer = await started(await bench.dial());
    return peer.call(0, 'connection.start-ok', login(Buffer.from('\0guest\0guest')));
  }),
  script('AMQPLAIN', async (bench) => {
    const peer = await started(await bench.dial());
    const table = encodeMethod(0, 'connection.start', {
      serverProperties: { LOGIN: 'guest', PASSWORD: 'guest' },
    }).subarray(17, -9);
    return peer.call(0, 'connection.start-ok', login(table, 'AMQPLAIN'));
  }),
  script('ANONYMOUS, without a name', async (bench) => {
    const peer = await started(await bench.dial());
    return peer.call(0, 'connection.start-ok', login(Buffer.from('me'), 'ANONYMOUS'));
  }),
  // A real one names them in another order from start to start.
  script('the mechanisms', async (bench) => {
    const peer = await bench.dial();
    peer.write(PROTOCOL_HEADER);
    return String((await peer.answer(0)).args.mechanisms)
      .split(' ')
      .sort();
  }),
  script('a mechanism that is not offered', async (bench) => {
    const peer = await started(await bench.dial());
    return peer.call(0, 'connection.start-ok', login(Buffer.from('x'), 'EXTERNAL'));
  }),
  script('a wrong password', async (bench) => {
    const peer = await started(await bench.dial());
    return peer.call(0, 'connection.start-ok', login(Buffer.from('\0guest\0wrong')));
  }),
  script('a wrong password from a client that knows no better', async (bench) => {
    const peer = await bench.dial();
    return peer.handshake(bench.url, { password: 'wrong', capabilities: {} });
  }),
  script('an unknown virtual host', async (bench) => (await bench.dial()).handshake(bench.url, { vhost: 'nowhere' })),
  tuned('as proposed', { channelMax: 2047, frameMax: 131072 }),
  tuned('to less', { channelMax: 10, frameMax: 4096 }),
  tuned('to smaller frames than may be', { channelMax: 10, frameMax: 4095 }),
  tuned('to larger frames than offered', { channelMax: 10, frameMax: 131073 }),
  tuned('to frames without limit', { channelMax: 10, frameMax: 0 }),
  tuned('to channels without limit', { channelMax: 0, frameMax: 131072 }),
  tuned('to more channels than offered', { channelMax: 2048, frameMax: 131072 }),
  script('more channels than agreed', async (bench) => {
    const peer = await started(await bench.dial());
    await peer.call(0, 'connection.start-ok', login(Buffer.from('\0guest\0guest')));
    peer.send(0, 'connection.tune-ok', { channelMax: 2, frameMax: 131072, heartbeat: 0 });
    await peer.call(0, 'connection.open', { virtualHost: '/' });
    const answers = [];
    for (const number of [7, 9, 11]) answers.push(await peer.call(number, 'channel.open'));
    return answers;
  }),
  script('another version of the protocol', async (bench) => {
    const peer = await bench.dial();
    peer.write(Buffer.from('AMQP\x00\x01\x00\x00', 'latin1'));
    return peer.answer(0);
  }),
  script('closing in order', async (bench) => {
    const line = await bench.open();
    return [
      await line.call('channel.close', { replyCode: 200, replyText: 'bye' }),
      await line.peer.call(0, 'connection.close', { replyCode: 200, replyText: 'bye' }),
    ];
  }),
  script('a channel opened twice', async (bench) => (await bench.open()).call('channel.open')),
  script('a channel that was not opened', async (bench) => (await bench.open()).peer.call(5, 'basic.qos')),
  script('a channel that is used after it was closed', async (bench) => {
    const line = await bench.open();
    await line.call('channel.close');
    return line.call('basic.qos');
  }),
  script('a channel number that is used again after an error', async (bench) => {
    const line = await bench.open();
    const closed = await line.call('queue.declare', { queue: bench.name('none'), passive: true });
    line.send('basic.qos');
    line.send('channel.close-ok');
    return [closed.method, await line.call('channel.open')];
  }),
  script('a method of the server’s from a client', async (bench) => (await bench.open()).call('basic.qos-ok')),
  script('flow control', async (bench) => {
    const line = await bench.open();
    return [await line.call('channel.flow', { active: true }), await line.call('channel.flow', { active: false })];
  }),
  script('a method of the handshake when it is over', async (bench) => {
    return (await bench.open()).peer.call(0, 'connection.open', { virtualHost: '/' });
  }),
  script('heartbeats on a quiet connection, one after another', async (bench) => {
    const peer = await bench.connect({ heartbeat: 2 });
    return usualGap(async () => {
      await peer.unasked(0, 'heartbeat' as never);
      peer.write(encodeHeartbeat());
    });
  }),
  script('access.request', async (bench) => (await bench.open()).call('access.request', { realm: '/data' })),
  script('update-secret', async (bench) => {
    return (await bench.open()).peer.call(0, 'connection.update-secret', {
      newSecret: Buffer.from('x'),
      reason: 'new',
    });
  }),
  script('a method in the middle of a message', async (bench) => {
    const line = await bench.open();
    line.send('basic.publish', { routingKey: 'k' });
    return line.call('basic.qos');
  }),
  script('a body without a method', async (bench) => {
    const line = await bench.open();
    line.peer.write(Buffer.from('0300010000000161ce', 'hex'));
    return line.peer.answer(1);
  }),
  script('a name that is no text', async (bench) => {
    const line = await bench.open();
    line.peer.write(Buffer.from('010001000000120032000a0000' + '06fffefffefffe' + '18' + '00000000' + 'ce', 'hex'));
    const { args, ...closed } = await line.peer.answer(1);
    return [closed, args.replyCode, args.replyText];
  }),
  script('a frame that is longer than agreed', async (bench) => {
    const line = await bench.open();
    line.peer.write(Buffer.from('01000100020001', 'hex'));
    return (await line.peer.answer(1)).args.replyCode;
  }),
  script('a frame of an unknown type', async (bench) => {
    const line = await bench.open();
    line.peer.write(Buffer.from('04000100000000ce', 'hex'));
    return (await line.peer.answer(1)).args.replyCode;
  }),
  script('a message of more than 16 MiB', async (bench) => {
    const line = await bench.open();
    await line.call('confirm.select');
    line.publish('', bench.name('none'), 'x'.repeat(16_777_217));
    return Promise.race([line.peer.answer(1), line.peer.confirms(1, 1)]);
  }),
  script('a header of another class', async (bench) => {
    const line = await bench.open();
    line.send('basic.publish', { routingKey: 'k' });
    line.peer.write(Buffer.from('0200010000000e0032000000000000000000000000ce', 'hex'));
    return line.peer.answer(1);
  }),
];
