/** One run of one scenario: obtain endpoints, let it play, clean up, tell the outcome. */
import net from 'node:net';
import { Cleanups, within } from '../core/cleanups.ts';
import { systemClock } from '../core/clock.ts';
import { BackendError, messageOf } from '../core/errors.ts';
import type { Outcome, TraceEvent } from '../core/events.ts';
import { SERVICE_TITLES, type Service } from '../core/services.ts';
import { addressOf, redactText, redactUrl } from '../core/urls.ts';
import { Story } from '../story/story.ts';
import { RunningLab, Unmet } from './lab.ts';
import { Leftovers } from './leftovers.ts';
import { nextToTry } from './next.ts';
import type { OptionSpecs, OptionValues } from './options.ts';
import { Peers, SPOKEN } from './peers.ts';
import { type BackendChoice, type Provision, provision } from './provision.ts';
import { seededRandom } from './random.ts';
import { needsOf, type Scenario } from './scenario.ts';
import { Trace } from './trace.ts';

export interface Run {
  readonly scenario: Scenario;
  readonly options: OptionValues<OptionSpecs>;
  readonly backends: BackendChoice;
  readonly seed: number;
  /** The longest a run may take, servers included. */
  readonly timeoutMs: number;
  /** Aborted when the user gives up. */
  readonly signal: AbortSignal;
  readonly tellFrames: 'no' | 'yes' | 'with bytes';
  /** Gets every event of the run, in order. */
  readonly sink: (event: TraceEvent) => void;
  /** Hears of a server that takes its time, and of what could not be cleaned up. */
  readonly progress: (text: string) => void;
  /** Hears of errors that the scenario's clients threw where nobody could catch them; the result stops listening. */
  readonly strayErrors?: (listener: (error: unknown) => void) => () => void;
}

export interface RunResult {
  readonly outcome: Outcome;
  /** What ended the run, where it was an error. */
  readonly error?: unknown;
}

/** How long one cleanup may take before the next one gets its turn, in ms. */
const CLEANUP_MS = 3_000;

class TimedOut extends Error {}

/** Throws a BackendError when an endpoint can't be had, or went away in the middle; every other end is an outcome. */
export async function run(plan: Run): Promise<RunResult> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new TimedOut()), plan.timeoutMs);
  const signal = AbortSignal.any([plan.signal, timeout.signal]);
  const cleanups = new Cleanups();
  try {
    const needs = needsOf(plan.scenario, plan.options);
    const provided = await provision(needs, plan.backends, { progress: plan.progress, signal }).catch((error) => {
      // Before the first event there is nothing to end; giving up while a server starts is still no error.
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!provided) return { outcome: timeout.signal.aborted ? 'timed-out' : 'aborted' };
    cleanups.add(() => provided.close());
    return await play(plan, provided, needs, signal, timeout.signal);
  } finally {
    clearTimeout(timer);
    await cleanups.run();
  }
}

async function play(
  plan: Run,
  { endpoints }: Provision,
  needs: readonly Service[],
  signal: AbortSignal,
  timeout: AbortSignal,
): Promise<RunResult> {
  const { scenario, options, seed } = plan;
  const trace = new Trace(systemClock, plan.sink);
  const protocols = new Set(needs.flatMap((service) => SPOKEN[service]));
  const story = await Story.begin(protocols, (event, at) => trace.tell(event, trace.number(), at));
  const shared = new Map([...endpoints].filter(([, endpoint]) => endpoint.shared));
  const prefix = shared.size > 0 ? `msgplay-${Math.random().toString(36).slice(2, 8)}.` : '';
  const leftovers = new Leftovers(prefix);
  const watch = (service: Service, frame: Parameters<Leftovers['watch']>[0]): void => {
    if (shared.has(service)) leftovers.watch(frame);
  };
  const peers = new Peers({ endpoints, trace, story, tellFrames: plan.tellFrames, watch });
  await peers.load(protocols);

  trace.tell({
    type: 'run-start',
    scenario: scenario.name,
    title: scenario.title,
    about: scenario.about(options),
    options: options as Record<string, string | number | boolean>,
    seed,
    prefix,
    backends: Object.fromEntries([...endpoints].map(([name, { backend, version }]) => [name, { backend, version }])),
  });

  const clients = new Cleanups(CLEANUP_MS);
  const lab = new RunningLab({
    trace,
    peers,
    endpoints,
    cleanups: clients,
    prefix,
    random: seededRandom(seed),
    signal,
  });
  // Clients may go on failing while they are being closed; only the first stray error can end the run.
  let stopListening: (() => void) | undefined;
  const strayError = new Promise<never>((_, reject) => {
    stopListening = plan.strayErrors?.(reject);
  });
  const error = await settle(
    // A scenario may throw before its first promise.
    Promise.resolve().then(() => scenario.run(lab, options)),
    signal,
    strayError,
  );
  peers.ending = true;
  await clients.run().catch((failure) => plan.progress(redactText(`cleaning up: ${messageOf(failure)}`)));
  await peers.close();
  await within(CLEANUP_MS, leftovers.remove(shared)).catch((failure) => {
    const why = redactText(messageOf(failure));
    plan.progress(`could not remove what the run declared (the names begin with ${prefix}): ${why}`);
  });
  stopListening?.();

  const outcome = outcomeOf(error, lab.failedChecks, plan.signal, timeout);
  // An unmet promise stands in the trace as a check; any other error may be what a client made of a dead server.
  const broke = outcome === 'failed' && error !== undefined && !(error instanceof Unmet);
  const gone = broke ? await findGone(endpoints) : undefined;
  const reason = gone ?? (broke ? redactText(messageOf(error)) : undefined);
  const { fromClientBytes, fromServerBytes } = peers.traffic();
  const stats = { ...story.end(), frames: peers.frames, bytes: fromClientBytes + fromServerBytes };
  trace.tell({
    type: 'run-end',
    outcome,
    durationMs: trace.now(),
    stats,
    ...(reason === undefined ? {} : { reason }),
    next: [...nextToTry(scenario, options), `msgplay explain ${scenario.name}`],
  });
  if (gone !== undefined)
    throw new BackendError(gone, { hint: 'See what works here with: msgplay doctor', cause: error });
  return { outcome, ...(broke ? { error } : {}) };
}

/** Lets the scenario play until it ends, fails, or is told to stop; gives what ended it early. */
async function settle(playing: Promise<void>, signal: AbortSignal, strayError: Promise<never>): Promise<unknown> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([playing, stopped, strayError]);
    return undefined;
  } catch (error) {
    return error ?? new Error('the scenario threw nothing');
  }
}

function outcomeOf(error: unknown, failedChecks: number, user: AbortSignal, timeout: AbortSignal): Outcome {
  if (user.aborted) return 'aborted';
  if (timeout.aborted) return 'timed-out';
  return error === undefined && failedChecks === 0 ? 'passed' : 'failed';
}

/** After a failure: is one of the servers gone? Then that is the news, not what a client made of it. */
async function findGone(endpoints: Provision['endpoints']): Promise<string | undefined> {
  for (const [service, endpoint] of endpoints) {
    const { host, port } = addressOf(service, new URL(endpoint.url));
    if (!(await answers(host, port))) {
      return `${SERVICE_TITLES[service]} at ${redactUrl(endpoint.url)} went away in the middle of the run.`;
    }
  }
  return undefined;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(CLEANUP_MS, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
