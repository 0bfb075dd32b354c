/** `msgplay up` ends with whoever started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/msgplay.js', import.meta.url));

test('when its stdin is closed, where that is wanted', async () => {
  const child = spawn(process.execPath, [BIN, 'up', 'redis', '--json', '--until-stdin-closes']);
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.once('data', () => child.stdin.end());
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('when its parent has gone, however it went', async () => {
  // A wrapper that hands on neither signals nor its end.
  const wrapper = `const { spawn } = require('node:child_process');
spawn(process.execPath, [${JSON.stringify(BIN)}, 'up', 'redis'], { stdio: ['ignore', 'inherit', 'inherit'] });
setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', wrapper], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  let stderr = '';
  parent.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  parent.stdout.once('data', () => parent.kill('SIGKILL'));
  // The pipes close when the last process that holds them has ended.
  await once(parent, 'close');
  expect(stderr).toBe('msgplay up ends: its parent is gone.\n');
});
