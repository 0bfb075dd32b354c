/** How a run ends: what it left is cleaned up, what broke it is found out, and the trace is closed. */
import type { Cleanups } from '../core/cleanups.ts';
import { BackendError, messageOf } from '../core/errors.ts';
import type { Outcome } from '../core/events.ts';
import type { Service } from '../core/services.ts';
import { redactText } from '../core/urls.ts';
import type { Story } from '../story/story.ts';
import { Unmet } from './lab.ts';
import type { Run, RunResult } from './plan.ts';
import { nextToTry } from './scenario/next.ts';
import type { Leftovers } from './servers/leftovers.ts';
import type { Provision } from './servers/provision.ts';
import type { Watch, WentAway } from './servers/watch.ts';
import type { Peers } from './wire/peers.ts';
import type { Trace } from './wire/trace.ts';

/** What a run is made of. */
export interface Parts {
  readonly endpoints: Provision['endpoints'];
  /** Put before every name; empty on servers of the run's own. */
  readonly prefix: string;
  readonly trace: Trace;
  readonly story: Story;
  readonly peers: Peers;
  readonly leftovers: Leftovers;
  readonly watch: Watch;
}

/** Ends a run from outside of the scenario, so no line of a program is to blame. */
export class Foul extends Error {
  override readonly stack = undefined as never;
}

/** A server went away. */
export class Gone extends Foul {
  readonly service: Service;

  constructor({ service, told }: WentAway) {
    super(told);
    this.service = service;
  }
}

/**
 * Ends the clients, then their taps, then what they left on shared servers. What fails is told, and ends nothing; resolves
 * with what stays on them, where something does. Nobody waits for a server that is `gone`.
 */
export async function cleanUp(
  plan: Run,
  { peers, leftovers }: Parts,
  clients: Cleanups,
  gone?: Service,
): Promise<string | undefined> {
  await new Promise<void>((low) => (plan.pressure ? plan.pressure.whenLow(low) : low()));
  peers.ending = true;
  if (gone !== undefined) await peers.leave(gone);
  await clients.run().catch((failure) => plan.progress(redactText(`cleaning up: ${messageOf(failure)}`)));
  await peers.close();
  const left = await leftovers.remove(plan.progress, gone);
  if (left !== undefined) plan.progress(redactText(left));
  return left;
}

/** Tells the end of the run. Throws a BackendError when a server that went away is what ended it. */
export async function end(
  plan: Run,
  parts: Parts,
  outcome: Outcome,
  error: unknown,
  left: string | undefined,
): Promise<Omit<RunResult, 'checks'>> {
  // An unmet promise stands in the trace as a check; any other error may be what a client made of a dead server.
  const broke = outcome === 'failed' && error !== undefined && !(error instanceof Unmet);
  const failed = outcome === 'failed' && error !== undefined;
  const gone = error instanceof Gone ? error.message : failed ? await parts.watch.doubt() : undefined;
  parts.watch.stop();
  const why = gone ?? (broke ? redactText(messageOf(error)) : left && redactText(left));
  const ending = outcome === 'passed' && left !== undefined ? 'failed' : outcome;
  tellEnd(plan, parts, ending, why);
  if (gone !== undefined)
    throw new BackendError(gone, { hint: 'See what works here with: msgplay doctor', cause: error });
  return { outcome: ending, ...(broke ? { error } : {}) };
}

function tellEnd(plan: Run, { trace, story, peers }: Parts, outcome: Outcome, reason: string | undefined): void {
  const { scenario, options } = plan;
  const { fromClientBytes, fromServerBytes } = peers.traffic();
  const stats = {
    ...story.end({ seq: trace.number(), at: trace.now() }),
    frames: peers.frames,
    bytes: fromClientBytes + fromServerBytes,
  };
  trace.tell({
    type: 'run-end',
    outcome,
    durationMs: trace.now(),
    stats,
    ...(reason === undefined ? {} : { reason }),
    next: [...nextToTry(scenario, options), `msgplay explain ${scenario.name}`],
  });
}
