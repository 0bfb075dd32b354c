/** What a server answers a client, connection by connection, read off the wire between them. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import amqp, { type AmqpValue, plain } from '../../src/protocols/amqp/index.ts';
import { RespReader } from '../../src/protocols/resp/index.ts';
import { notation } from '../servers/redis/contract/_notation.ts';

/** Reads what a server says on one connection. */
type Reading = (tell: (line: string) => void) => (chunk: Buffer) => void;

/** What a client must not be able to see the difference of, without what each server has of its own. */
const overAmqp: Reading = (tell) => {
  const conversation = amqp.converse({
    emit({ value }) {
      const { method, channel, args, content } = value as AmqpValue & { channel?: number };
      // How many confirms one frame carries is a matter of time, and so is whether a client that leaves is still answered.
      if (method === 'basic.ack' || method === 'connection.close-ok' || (method as string) === 'heartbeat') return;
      const text = JSON.stringify(
        [channel, method, plain(args as never), content && plain(content.properties as never)],
        tidy,
      );
      tell(`${text} ${content?.body ?? ''}`);
    },
  });
  return (chunk) => conversation.push('server', chunk);
};

/** Properties of the server that tell of the machine and its Erlang. */
const OWN = new Set(['cluster_name', 'platform', 'copyright', 'information']);
const tidy = (key: string, value: unknown) => (OWN.has(key) ? '*' : typeof value === 'bigint' ? String(value) : value);

const overResp: Reading = (tell) => {
  const reader = new RespReader();
  return (chunk) => {
    reader.push(chunk);
    for (let value = reader.next(); value !== undefined; value = reader.next()) tell(notation(value));
  };
};

const READINGS = { amqp: overAmqp, redis: overResp };

/** Has a client work on a server, and tells what that answered on each of its connections. */
export async function transcript(url: string, work: (url: string) => Promise<unknown>): Promise<string[][]> {
  const target = new URL(url);
  const reading = READINGS[target.protocol.slice(0, -1) as keyof typeof READINGS];
  const connections: string[][] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const lines: string[] = [];
    connections.push(lines);
    const read = reading((line) => lines.push(line));
    const server = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    server.on('data', read);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  try {
    const { port } = proxy.address() as { port: number };
    await work(url.replace(target.host, `127.0.0.1:${port}`));
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => proxy.close(closed));
  }
  return connections;
}
