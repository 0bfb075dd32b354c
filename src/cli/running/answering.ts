/** Tells when a server that this process has started answers no more, and when it does again. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoint } from '../../backends/backend.ts';
import { messageOf } from '../../core/errors.ts';
import { SERVICE_TITLES, type Service } from '../../core/services.ts';
import { redactUrl } from '../../core/urls.ts';
import { isAnswer, knock } from '../../services/knock.ts';
import { loadServices } from '../../services/service.ts';

/** How long after an answer it is asked again, in ms: its log and its monitors show each time. */
const ASK_MS = 3_000;

/**
 * Asks for ever, and resolves when the signal is aborted. Nobody's server is ended for being silent: who has stopped one to
 * see what an application makes of that wants it back.
 */
export async function tellSilence(
  endpoints: ReadonlyMap<Service, Endpoint>,
  tell: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  // An embedded server is this process, and one that a URL names is somebody else's.
  const started = [...endpoints].filter(([, { backend }]) => backend === 'local');
  const services = await loadServices(started.map(([service]) => service));
  await Promise.all(
    started.map(async ([service, { url }]) => {
      const definition = services.get(service);
      const name = `${SERVICE_TITLES[service]} at ${redactUrl(url)}`;
      let answered = performance.now();
      for (let isSilent = false; definition && !signal.aborted; ) {
        await pause(ASK_MS, undefined, { signal, ref: false }).catch(() => {});
        const why = await knock(definition, new URL(url), signal, true).then(
          () => undefined,
          (error: unknown) => (signal.aborted || isAnswer(error) ? undefined : messageOf(error)),
        );
        if (signal.aborted) return;
        const seconds = ((performance.now() - answered) / 1000).toFixed(1);
        if (why !== undefined && !isSilent) tell(`${name} went silent, last heard of ${seconds} s ago: ${why}`);
        if (why === undefined && isSilent) tell(`${name} answers again, after ${seconds} s.`);
        isSilent = why !== undefined;
        if (!isSilent) answered = performance.now();
      }
    }),
  );
}
