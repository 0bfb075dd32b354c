/** Finds out where a thread that never yields is at work. */
import type { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { shown } from './stack.ts';

/** How long the inspector may take to stop the thread, in ms. */
const STOP_MS = 8_000;

interface Told {
  readonly method?: string;
  readonly params?: {
    readonly scriptId?: string;
    readonly url?: string;
    readonly callFrames?: readonly {
      readonly functionName: string;
      readonly location: { readonly scriptId: string; readonly lineNumber: number };
    }[];
  };
}

/**
 * The line that the only other thread executes right now, `mine.js:12`, as the inspector finds it; undefined where it
 * can't be found. The thread can only be terminated afterwards.
 *
 * https://chromedevtools.github.io/devtools-protocol/tot/Debugger/
 */
export async function busyAt(isOwn: (path: string) => boolean): Promise<string | undefined> {
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  return new Promise((resolve) => {
    AbortSignal.timeout(STOP_MS).addEventListener('abort', () => resolve(undefined), { once: true });
    listen(session, isOwn, resolve);
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

function listen(session: Session, isOwn: (path: string) => boolean, done: (place: string | undefined) => void): void {
  const scripts = new Map<string, string>();
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    const say = (id: number, method: string): void => {
      session.post('NodeWorker.sendMessageToWorker', {
        sessionId,
        message: JSON.stringify({ id, method, params: {} }),
      });
    };
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { message } }) => {
      const { method, params } = JSON.parse(message) as Told;
      if (method === 'Debugger.scriptParsed') scripts.set(params?.scriptId ?? '', params?.url ?? '');
      if (method !== 'Debugger.paused') return;
      const frames = (params?.callFrames ?? []).map(({ location: { scriptId, lineNumber } }) => ({
        path: pathOf(scripts.get(scriptId) ?? ''),
        line: lineNumber + 1,
      }));
      const own = frames.find(({ path }) => isOwn(path));
      // A thread that is stopped by its debugger can't be terminated.
      say(3, 'Debugger.disable');
      done(own && `${shown(own.path)}:${own.line}`);
    });
    say(1, 'Debugger.enable');
    say(2, 'Debugger.pause');
  });
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
