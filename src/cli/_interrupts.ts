/** Ctrl-C and its kin, and a reader who closes the pipe. */

import { stdout } from './_output.ts';

/** 128 and the signal's number, as a shell would say it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Interrupts {
  readonly signal: AbortSignal;
  /** What to exit with once the signal was aborted; 0 when only the reader went away. */
  exitCode(): number;
  /** Stops listening. */
  release(): void;
}

/** Listens; the first interrupt asks for an orderly end, the second one does not wait for it. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  let exitCode = 0;
  const handlers = Object.entries(EXIT_CODES).map(([signal, code]) => {
    const handler = (): void => {
      if (controller.signal.aborted) process.exit(code);
      exitCode = code;
      // Clients can only say goodbye where their bytes are forwarded.
      stdout.pressure.end();
      controller.abort(new Error(signal));
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  const onGone = (): void => controller.abort(stdout.gone.reason);
  if (stdout.gone.aborted) onGone();
  else stdout.gone.addEventListener('abort', onGone, { once: true });
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      stdout.gone.removeEventListener('abort', onGone);
    },
  };
}
