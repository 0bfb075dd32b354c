/** The thread of an embedded server: starts it, tells where it listens, and closes it when it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { BackendError, messageOf } from '../core/errors.ts';
import { keepCompiled } from '../core/private-directory.ts';
import { loadServers } from './embedded.ts';
import type { Failure, FromThread, ThreadData } from './on-thread.ts';
import type { RunningServer } from './server.ts';

if (parentPort === null) throw new Error('this file runs on a thread of msgplay');
const port = parentPort;
const say = (message: FromThread): void => port.postMessage(message);

// Whoever started this thread shows them.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => say({ type: 'warning', name, message }));

async function start({ server: name, options }: ThreadData): Promise<RunningServer> {
  keepCompiled();
  const server = (await loadServers()).find((one) => one.name === name);
  if (!server) throw new Error(`there is no embedded ${name}`);
  return server.start(options);
}

function failureOf(error: unknown): Failure {
  if (error instanceof BackendError) return { message: error.message, hint: error.hint, isBackendError: true };
  return { message: messageOf(error), stack: (error as Error).stack, isBackendError: false };
}

try {
  const running = await start(workerData as ThreadData);
  port.once('message', async () => {
    await running.close();
    say({ type: 'closed' });
  });
  say({ type: 'started', urls: running.urls });
} catch (error) {
  say({ type: 'failed', failure: failureOf(error) });
}
