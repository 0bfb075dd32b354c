/** Limits on others, on a machine that does something else meanwhile. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { afterHearing, hearingTimeout, TooLong, within } from '../../../src/core/time/patience.ts';
import { knock } from '../../../src/services/knock.ts';
import redis from '../../../src/services/redis.ts';

/** A server on a thread of its own, which answers while this one is busy. */
async function answering(answer: string): Promise<number> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const server = require('node:net').createServer((socket) => {
       socket.on('error', () => {}).on('data', (text) => {
         for (const _ of text.toString().matchAll(/^[*]/gm)) socket.write(workerData);
       });
     }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: answer },
  );
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [port] = await once(worker, 'message');
  return port;
}

/** Hears nothing for a while, as where the process is stopped, loads something, or gets no processor. */
function deafFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a limit', () => {
  test('is over when it is over, and says so', async () => {
    expect(await within(5, 'at once')).toBe('at once');
    const started = performance.now();
    const error = await within(250, new Promise(() => {})).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TooLong);
    expect(String(error)).toContain('not done within 0.25 s');
    expect(performance.now() - started).toBeGreaterThan(245);
    const { signal } = hearingTimeout(5);
    await once(signal, 'abort');
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('that is cancelled never comes', async () => {
    const told: string[] = [];
    const cancel = afterHearing(5, () => told.push('cancelled'));
    const atLast = new Promise<void>((resolve) => afterHearing(50, resolve));
    cancel();
    await atLast;
    expect(told).toEqual([]);
  });

  test('does not pass while nothing can be heard, nor before what has come in is read', async () => {
    const port = await answering('+PONG\r\n');
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    for (const limitMs of [20, 250]) {
      socket.write('*1\r\n');
      const answer = within(limitMs, once(socket, 'data'));
      deafFor(limitMs * 2);
      expect(String(await answer)).toBe('+PONG\r\n');
    }
  });

  test('lets a server be found that answers while this process gets no time', async () => {
    const knocking = knock(redis, new URL(`redis://127.0.0.1:${await answering('+OK\r\n')}`));
    setImmediate(() => deafFor(5500));
    expect(await knocking).toBe('of unknown version');
  });
});
