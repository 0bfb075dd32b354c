/** What is printed arrives, whoever reads it, or it is told why not. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Output } from '../../src/cli/output/output.ts';
import { msgplay } from '../helpers/cli.ts';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));
const MEGABYTE = 'x'.repeat(1024 * 1024);

/** A reader that takes a chunk when it is told to. */
class Reader extends Writable {
  readonly waiting: (() => void)[] = [];
  taken = 0;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken += chunk.length;
    this.waiting.push(done);
  }

  async takeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      this.waiting.shift()?.();
      await new Promise(setImmediate);
    }
  }
}

test('a reader that lags raises the pressure, and lowers it when it has caught up', async () => {
  const reader = new Reader();
  const output = new Output(reader);
  let megabytes = 0;
  while (!output.pressure.isHigh && megabytes < 100) {
    output.write(MEGABYTE);
    megabytes++;
  }
  expect(megabytes).toBeLessThan(20);
  await reader.takeAll();
  expect(output.pressure.isHigh).toBe(false);
  expect(reader.taken).toBe(megabytes * MEGABYTE.length);
});

test('flush waits until the reader has taken everything', async () => {
  const reader = new Reader();
  const output = new Output(reader);
  for (let i = 0; i < 5; i++) output.write('line\n');
  let flushed = false;
  const flush = output.flush().then(() => {
    flushed = true;
  });
  await new Promise(setImmediate);
  expect(flushed).toBe(false);
  await reader.takeAll();
  await flush;
  expect(reader.taken).toBe(25);
});

test.each([
  ['that leaves', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), undefined],
  [
    'whose disk is full',
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
    "the output can't be written: no space left on device",
  ],
])('a reader %s ends the wait', async (_what, error, message) => {
  const reader = new Reader();
  const output = new Output(reader);
  output.write('line\n');
  const flush = output.flush();
  reader.destroy(error);
  await flush;
  expect(output.gone.aborted).toBe(true);
  expect(output.failure?.message).toBe(message);
  output.write('nobody reads this\n');
  await output.flush();
});

test.each([['list'], ['run', 'pubsub'], ['--help'], ['doctor'], ['explain', 'pubsub']])(
  '%s %s on a full disk says so in a sentence, and fails',
  async (...args) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "msgplay: the output can't be written: no space left on device\n",
    });
  },
);

test('a run with many workers says nothing on the side', async () => {
  const { code, stderr } = await msgplay(['run', 'job-queue', '--workers', '20', '--jobs', '40', '--prefetch', '0']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
