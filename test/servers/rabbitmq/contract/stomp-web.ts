/** What carries STOMP: HTTP and WebSocket, at /ws. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

interface Ask {
  readonly method: string;
  readonly path: string;
}

/** Asks one after the other; tells each status, what is said of the body, and whether the connection was kept for it. */
export async function ask(url: string, asks: readonly Ask[]): Promise<unknown[]> {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const told: unknown[] = [];
  try {
    for (const { method, path } of asks) {
      const asking = request({ hostname, port, method, path, agent }).end();
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      const { 'content-length': length, 'transfer-encoding': coding, upgrade } = response.headers;
      told.push({ status: response.statusCode, length, coding, upgrade, reused: asking.reusedSocket });
      await once(response.resume(), 'close');
    }
    return told;
  } finally {
    agent.destroy();
  }
}

/** Logs in; tells what was agreed on, and whether the answer, which is short, came compressed. */
export async function logIn(url: string, offersCompression: boolean): Promise<unknown> {
  const { host } = new URL(url);
  const socket = new WebSocket(`ws://${host}/ws`, ['v12.stomp'], { perMessageDeflate: offersCompression });
  const opened = once(socket, 'open');
  const [response] = (await once(socket, 'upgrade')) as [IncomingMessage & { socket: Socket }];
  const firstByte = once(response.socket, 'data').then(([chunk]: Buffer[]) => chunk![0]!);
  await opened;
  const answered = once(socket, 'message');
  socket.send('CONNECT\naccept-version:1.2\nlogin:guest\npasscode:guest\n\n\0');
  const [text] = await answered;
  const agreed = socket.extensions.split(';')[0];
  const told = { agreed, isCompressed: ((await firstByte) & 0x40) !== 0, command: String(text).split('\n')[0] };
  socket.terminate();
  return told;
}
