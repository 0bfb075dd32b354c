/** A reader that fails as a connection ends: that is a fault, and keeps nobody waiting for the end of the others. */
import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { openTap } from '../../src/tap/tap.ts';

/** What is thrown where nobody catches it, until `during` is over. */
async function uncaught(during: () => Promise<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => found.push(error));
  await during();
  process.removeAllListeners('uncaughtException');
  for (const other of others) process.on('uncaughtException', other);
  return found;
}

test('a tap closes although its reader fails', async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const fault = new Error('a fault of the reader');
  const tap = await openTap({ host: '127.0.0.1', port, tls: false }, () => ({
    conversation: { push: () => {}, end: () => {} },
    fault: () => {},
    closed: () => {
      throw fault;
    },
  }));
  const client = net.connect(tap.port, '127.0.0.1');
  client.on('error', () => {});
  await once(client, 'connect');
  expect(await uncaught(() => tap.close())).toEqual([fault]);
  client.destroy();
  server.close();
});
