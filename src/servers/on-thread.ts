/**
 * An embedded server on a thread of its own: one that is busy keeps nobody waiting but its own clients, and several use
 * several cores.
 */
import { Worker } from 'node:worker_threads';
import { BackendError, messageOf } from '../core/errors.ts';
import { within } from '../core/time/patience.ts';
import { tellFault } from './contain.ts';
import type { EmbeddedServer, RunningServer, ServerOptions } from './server.ts';

const WORKER = new URL('./thread.js', import.meta.url);
/** How long a server may take to close, in ms; one that is busy, as with an endless script, is ended where it stands. */
const CLOSE_MS = 1000;

/** What a server on another thread can be started with: neither a clock, which is of this one, nor in the background. */
export type ThreadOptions = Omit<ServerOptions, 'clock' | 'background'>;

export interface ThreadData {
  readonly server: string;
  readonly options: ThreadOptions;
}

/** Why a server could not be started. */
export interface Failure {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly stack?: string | undefined;
  readonly isBackendError: boolean;
}

export type FromThread =
  | { readonly type: 'started'; readonly urls: RunningServer['urls'] }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'closed' }
  /** A warning of the process, of which every thread has its own. */
  | { readonly type: 'warning'; readonly name: string; readonly message: string };

export interface ServerOnThread extends Omit<RunningServer, 'restart'> {
  /** Resolves, with why, when the thread has ended without having been told to. */
  readonly exited: Promise<string>;
}

/** Starts a server on a thread of its own, which takes as long as a small process. Throws what its `start` throws. */
export function startOnThread({ name }: EmbeddedServer, options: ThreadOptions): Promise<ServerOnThread> {
  const { services, versions = {}, ports = {}, hosts, allowOrigins, password } = options;
  const workerData: ThreadData = {
    server: name,
    options: { services, versions, ports, hosts, allowOrigins, password },
  };
  const worker = new Worker(WORKER, { workerData });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let isWanted = true;
  const exited = new Promise<string>((resolve) => {
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!isFull) tellFault(`The embedded ${name} has ended`, error);
      resolve(isFull ? 'it ran out of memory' : messageOf(error));
    });
    worker.once('exit', () => isWanted && resolve('its thread has ended'));
  });
  const terminate = async () => {
    isWanted = false;
    await worker.terminate();
    await ended;
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    isWanted = false;
    const closed = new Promise<void>((resolve) => {
      worker.on('message', ({ type }: FromThread) => type === 'closed' && resolve());
    });
    worker.postMessage('close');
    await within(CLOSE_MS, Promise.race([closed, ended])).catch(() => {});
    await terminate();
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => void terminate().then(() => reject(error), reject);
    exited.then((why) => failed(new BackendError(`the embedded ${name} could not be started: ${why}`)), reject);
    worker.on('message', (message: FromThread) => {
      if (message.type === 'warning') process.emitWarning(message.message, message.name);
      else if (message.type === 'failed') failed(errorOf(message.failure));
      else if (message.type === 'started') {
        resolve({
          urls: message.urls,
          exited,
          close() {
            closing ??= close();
            return closing;
          },
        });
      }
    });
  });
}

function errorOf({ message, hint, stack, isBackendError }: Failure): Error {
  if (isBackendError) return new BackendError(message, { hint });
  return Object.assign(new Error(message), { stack });
}
