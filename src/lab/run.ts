/** One run of one scenario: obtain endpoints, let it play, clean up, tell the outcome. */
import { setMaxListeners } from 'node:events';
import { Cleanups } from '../core/cleanups.ts';
import { messageOf, SharedServerError } from '../core/errors.ts';
import type { Outcome } from '../core/events.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { printable } from '../core/text/printable.ts';
import { systemClock } from '../core/time/clock.ts';
import { Pressure } from '../core/time/pressure.ts';
import { redactText } from '../core/urls.ts';
import type { Foreign } from '../services/leftovers/leftovers.ts';
import { newPrefix } from '../services/leftovers/run-names.ts';
import { loadServices } from '../services/service.ts';
import { Story } from '../story/story.ts';
import { Strays } from './_strays.ts';
import { cleanUp, end, Foul, Gone, type Parts } from './ending.ts';
import { RunningLab } from './lab.ts';
import { CLEANUP_MS } from './limits.ts';
import type { Run, RunResult } from './plan.ts';
import { seededRandom } from './random.ts';
import { needsOf } from './scenario/scenario.ts';
import { Leftovers } from './servers/leftovers.ts';
import { type Provision, provision } from './servers/provision.ts';
import { serverOf } from './servers/server-identity.ts';
import { Watch } from './servers/watch.ts';
import { dictionariesOf, startOf } from './start.ts';
import { Peers, type PeersOptions } from './wire/peers.ts';
import { Trace } from './wire/trace.ts';

class TimedOut extends Error {}

/** Throws a BackendError when an endpoint can't be had, or went away in the middle; every other end is an outcome. */
export async function run(plan: Run): Promise<RunResult> {
  const timeout = new AbortController();
  const stopTimer = after(plan.timeoutMs, plan.pressure ?? new Pressure(), () => timeout.abort(new TimedOut()));
  const signal = AbortSignal.any([plan.signal, timeout.signal]);
  // Every sleep of every worker of a scenario listens to it.
  setMaxListeners(0, signal);
  const cleanups = new Cleanups();
  const strays = new Strays(plan.strayErrors);
  try {
    const needs = needsOf(plan.scenario, plan.options);
    const provided = await provision(needs, plan.backends, { progress: plan.progress, signal }).catch((error) => {
      // Before the first event there is nothing to end; giving up while a server starts is still no error.
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!provided) return { outcome: timeout.signal.aborted ? 'timed-out' : 'aborted', checks: 0 };
    cleanups.add(() => provided.close());
    assertOwned(plan, provided.endpoints);
    return await play(plan, provided, needs, strays, signal, timeout.signal);
  } finally {
    stopTimer();
    // Clients that nobody closed fail when their servers go, which must not end the process.
    await cleanups.run().finally(() => strays.stop());
  }
}

/** A server that a URL names is neither restarted nor given other settings. */
function assertOwned({ scenario, options }: Run, endpoints: Provision['endpoints']): void {
  const foreign = scenario.owns?.(options).find((service) => endpoints.get(service)?.shared);
  if (foreign === undefined) return;
  const title = SERVICE_TITLES[foreign];
  throw new SharedServerError(
    `${scenario.name} restarts ${title} or changes its settings; ${title} by URL is not ours.`,
    {
      hint: `Use --backend ${foreign}=embedded or ${foreign}=local; msgplay explain ${scenario.name} lists its options.`,
    },
  );
}

async function play(
  plan: Run,
  { endpoints }: Provision,
  needs: readonly Service[],
  strays: Strays,
  signal: AbortSignal,
  timeout: AbortSignal,
): Promise<RunResult> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  setMaxListeners(0, ended);
  const parts = await assemble(plan, endpoints, needs, stop);
  const { trace, peers, prefix } = parts;
  trace.tell(startOf(plan, parts));
  const cleanups = new Cleanups(CLEANUP_MS);
  const random = seededRandom(plan.seed);
  const lab = new RunningLab({
    trace,
    peers,
    endpoints,
    cleanups,
    prefix,
    random,
    signal: ended,
    pressure: plan.pressure,
    dictionaries: dictionariesOf(plan.scenario),
    reader: plan.reader,
  });
  const scene = playUntil(ended, () => plan.scenario.run(lab, plan.options));
  const thrown = await strays.during(scene, (stray) => {
    const statement = { code: 'UNHEARD_ERROR', values: { error: redactText(messageOf(stray)) } } as const;
    trace.tell({ type: 'note', statement });
  });
  const error = thrown && (thrown.error ?? new Error('the scenario threw nothing'));
  const left = await cleanUp(plan, parts, cleanups, error instanceof Gone ? error.service : undefined);
  lab.end();
  const outcome = outcomeOf(error, lab.failedChecks, plan.signal, timeout);
  return { ...(await end(plan, parts, outcome, error, left)), checks: lab.checks };
}

/** What a run is made of, once its servers are there. */
async function assemble(
  plan: Run,
  endpoints: Provision['endpoints'],
  needs: readonly Service[],
  stop: AbortController,
): Promise<Parts> {
  const trace = new Trace(systemClock, plan.sink);
  const services = await loadServices(needs);
  const protocols = new Set([...services.values()].flatMap((service) => service.protocols));
  const shared = new Map([...endpoints].filter(([, endpoint]) => endpoint.shared));
  const story = await Story.begin({
    protocols,
    serverOf: (service) => serverOf(service, endpoints),
    tell: (event) => trace.pass(event),
    number: () => trace.number(),
    names: plan.scenario.names,
  });
  const prefix = shared.size > 0 ? newPrefix(systemClock.wall()) : '';
  const foreign = (service: Service, { kind, name }: Foreign): void => {
    const told = `the scenario made the ${kind} ${printable(name)} in ${SERVICE_TITLES[service]}, whose name is not from lab.name`;
    if (plan.strictNames) stop.abort(new Foul(told));
    else plan.progress(`${told}: it stays.`);
  };
  const leftovers = new Leftovers({ prefix, urls: plan.backends.urls, shared, services, foreign });
  plan.onLeftovers?.(() => leftovers.told());
  const note: PeersOptions['watch'] = (service, frame, connection) => leftovers.watch(service, frame, connection);
  const peers = new Peers({
    endpoints,
    services,
    trace,
    story,
    tellFrames: plan.tellFrames,
    watch: note,
    pressure: plan.pressure,
  });
  await peers.load(protocols);
  const watch = new Watch({
    endpoints,
    services,
    heardBytes: (service) => peers.heardBytes(service),
    isRestarting: () => peers.isRestarting,
    now: () => trace.now(),
    gone: (went) => stop.abort(new Gone(went)),
  });
  return { endpoints, prefix, trace, story, peers, leftovers, watch };
}

/** Lets the scenario play until it ends, fails, or is told to stop. */
async function playUntil(signal: AbortSignal, scene: () => Promise<void>): Promise<void> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  // A scenario may throw before its first promise.
  const playing = Promise.resolve().then(scene);
  await Promise.race([playing, stopped]);
}

/** How often it is looked how much time has passed, in ms. */
const LOOK_MS = 500;

/** Calls back after so many ms in which nobody had to wait for a reader, and this process was not stopped (Ctrl-Z). */
function after(limitMs: number, pressure: Pressure, action: () => void): () => void {
  let leftMs = limitMs;
  let lookedAt = performance.now();
  let heldMs = pressure.heldMs;
  let cpu = process.cpuUsage();
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const passedMs = performance.now() - lookedAt - (pressure.heldMs - heldMs);
    const { user, system } = process.cpuUsage(cpu);
    // A look that comes late counts in full where this process was at work.
    leftMs -= Math.min(passedMs, Math.max(2 * LOOK_MS, (user + system) / 1000));
    lookedAt = performance.now();
    heldMs = pressure.heldMs;
    cpu = process.cpuUsage();
    if (leftMs <= 0) action();
    else if (pressure.isHigh) pressure.whenLow(look);
    else timer = setTimeout(look, Math.min(Math.ceil(leftMs), LOOK_MS));
  };
  look();
  return () => clearTimeout(timer);
}

function outcomeOf(error: unknown, failedChecks: number, user: AbortSignal, timeout: AbortSignal): Outcome {
  if (user.aborted) return 'aborted';
  if (timeout.aborted) return 'timed-out';
  return error === undefined && failedChecks === 0 ? 'passed' : 'failed';
}
