/** Ctrl-C and its kin, and a reader who closes the pipe. */

import { writeSync } from 'node:fs';
import { printableLines } from '../../core/text/printable.ts';
import { redactText } from '../../core/urls.ts';
import { stdout } from '../output/output.ts';
import { onEndingSignal } from './signals.ts';

export interface Interrupts {
  readonly signal: AbortSignal;
  /** What to exit with once the signal was aborted; 0 when only the reader went away. */
  exitCode(): number;
  /** Stops listening. */
  release(): void;
  /** Says what tells what would be left if the process ended at once. */
  leaving(told: () => string | undefined): void;
}

/** Who started this process: asked at once, as it may be gone by the time that there is something to end. */
const PARENT = process.ppid;

/** How often it is looked whether the parent is still there, in ms. */
const PARENT_MS = 500;

/**
 * Ends a command that would run for ever when whoever started it has gone (a wrapper, a test, a terminal), or, where
 * that is wanted, has closed stdin. Gives what stops looking.
 */
export function endWithParent(end: (why: string) => void, untilStdinCloses: boolean): () => void {
  const timer = setInterval(() => process.ppid !== PARENT && end('its parent is gone'), PARENT_MS);
  const onClose = (): void => end('its stdin was closed');
  if (untilStdinCloses) process.stdin.on('end', onClose).on('close', onClose).resume();
  return () => {
    clearInterval(timer);
    process.stdin.off('end', onClose).off('close', onClose).pause();
  };
}

/** Listens; the first interrupt asks for an orderly end, the second one does not wait for it. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  let exitCode = 0;
  let leaving = (): string | undefined => undefined;
  const stopListening = onEndingSignal((code, signal) => {
    if (controller.signal.aborted) {
      const left = leaving();
      // Nothing is waited for any more, so this can't go the way of other remarks.
      if (left !== undefined) writeSync(2, `\n${printableLines(redactText(left))}\n`);
      process.exit(code);
    }
    exitCode = code;
    // Clients can only say goodbye where their bytes are forwarded.
    stdout.pressure.end();
    controller.abort(new Error(signal));
  });
  const onGone = (): void => controller.abort(stdout.gone.reason);
  if (stdout.gone.aborted) onGone();
  else stdout.gone.addEventListener('abort', onGone, { once: true });
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    leaving: (told) => {
      leaving = told;
    },
    release: () => {
      stopListening();
      stdout.gone.removeEventListener('abort', onGone);
    },
  };
}
