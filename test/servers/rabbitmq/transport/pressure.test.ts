import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeFrame, StompReader } from '../../../../src/protocols/stomp/index.ts';
import rabbitmq from '../../../../src/servers/rabbitmq/index.ts';
import { Pressure } from '../../../../src/servers/rabbitmq/transport/pressure.ts';
import type { Wire } from '../../../../src/servers/rabbitmq/transport/wire.ts';
import type { RunningServer } from '../../../../src/servers/server.ts';
import { AmqpPeer } from '../../../helpers/amqp-peer.ts';
import { eventually } from '../../../helpers/eventually.ts';

const KIB = 1024;

/** A wire that holds what it is told to hold. */
class HeldWire implements Wire {
  isOpen = true;
  bufferedBytes = 0;
  willDrain = true;
  readonly calls: string[] = [];
  listen(): void {}
  write(): void {}
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
}

function create() {
  const wire = new HeldWire();
  const gathered = { size: 0 };
  const owner = { mayRead: true, relieved: () => wire.calls.push('relieved') };
  return { wire, gathered, owner, pressure: new Pressure(wire, gathered, owner) };
}

describe('pressure', () => {
  it('holds deliveries back while half a MiB waits, and says once when there is room', () => {
    const { wire, gathered, pressure } = create();
    wire.bufferedBytes = 256 * KIB;
    expect(pressure.canTake).toBe(true);
    gathered.size = 256 * KIB;
    expect(pressure.canTake).toBe(false);
    pressure.relieve();
    expect(wire.calls).toEqual([]);
    wire.bufferedBytes = 0;
    pressure.relieve();
    pressure.relieve();
    expect(wire.calls).toEqual(['relieved']);
  });

  it('reads nothing more from a client that lets more than 8 MiB wait', () => {
    const { wire, pressure } = create();
    wire.bufferedBytes = 8 * KIB * KIB + 1;
    pressure.regulate();
    pressure.regulate();
    wire.bufferedBytes = 0;
    pressure.relieve();
    expect(wire.calls).toEqual(['pause', 'resume']);
  });

  it('reads nothing from a client that has to wait for memory, however little waits for it', () => {
    const { wire, owner, pressure } = create();
    owner.mayRead = false;
    pressure.regulate();
    pressure.relieve();
    expect(wire.calls).toEqual(['pause']);
    owner.mayRead = true;
    pressure.regulate();
    expect(wire.calls).toEqual(['pause', 'resume']);
  });

  it('asks nothing of a wire that is gone', () => {
    const { wire, pressure } = create();
    wire.bufferedBytes = 512 * KIB;
    expect(pressure.canTake).toBe(false);
    wire.bufferedBytes = 0;
    wire.isOpen = false;
    pressure.relieve();
    expect(wire.calls).toEqual([]);
  });
});

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** Frames sent by one kind of connection or the other, whose client can stop reading. */
interface Reader {
  send(bytes: Buffer): void;
  pause(): void;
  resume(): void;
}

async function byTcp(url: URL, received: (bytes: Buffer) => void): Promise<Reader> {
  const socket: Socket = connect(Number(url.port), url.hostname);
  opened.push({ close: () => socket.destroy() });
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('data', received);
  return { send: (bytes) => socket.write(bytes), pause: () => socket.pause(), resume: () => socket.resume() };
}

async function byWebSocket(url: URL, received: (bytes: Buffer) => void): Promise<Reader> {
  const socket = new WebSocket(`ws://${url.host}/ws`, ['v12.stomp']);
  opened.push({ close: () => socket.terminate() });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.on('message', received);
  return {
    send: (bytes) => socket.send(bytes.toString()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

describe.each([
  ['TCP', byTcp],
  ['WebSocket', byWebSocket],
])('a STOMP client by %s that stops reading', (_, dial) => {
  it('leaves messages in their queue, and gets them when it reads again', async () => {
    const server: RunningServer = await rabbitmq.start({ services: ['rabbitmq', 'stomp'] });
    opened.push(server);
    const peer = await AmqpPeer.open(server.urls.rabbitmq!);
    opened.push(peer);
    await peer.call(1, 'channel.open');
    await peer.call(1, 'queue.declare', { queue: 'q', durable: true });
    await peer.call(1, 'confirm.select');

    const commands: string[] = [];
    const parser = new StompReader(({ command }) => commands.push(command));
    const client = await dial(new URL(server.urls.stomp!), (bytes) => parser.push(bytes));
    client.send(encodeFrame('CONNECT', [['accept-version', '1.2']]));
    client.send(
      encodeFrame('SUBSCRIBE', [
        ['id', '1'],
        ['destination', '/queue/q'],
        ['receipt', 'r'],
      ]),
    );
    await eventually(() => expect(commands).toEqual(['CONNECTED', 'RECEIPT']));
    client.pause();
    const count = 400;
    for (let sent = 0; sent < count; sent += 1) peer.publish(1, { routingKey: 'q' }, Buffer.alloc(64 * KIB, 'm'));
    await peer.confirms(1, count);
    const waiting = await peer.call(1, 'queue.declare', { queue: 'q', passive: true });
    expect(waiting.args.messageCount).toBeGreaterThan(0);

    client.resume();
    await eventually(() => expect(commands.filter((command) => command === 'MESSAGE')).toHaveLength(count));
  });
});
