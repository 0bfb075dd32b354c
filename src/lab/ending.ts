/** How a run ends: what it left is cleaned up, what broke it is found out, and the trace is closed. */
import { type Cleanups, within } from '../core/cleanups.ts';
import { BackendError, messageOf } from '../core/errors.ts';
import type { Outcome } from '../core/events.ts';
import { redactText } from '../core/urls.ts';
import type { Story } from '../story/story.ts';
import { Unmet } from './lab.ts';
import type { Leftovers } from './leftovers.ts';
import { CLEANUP_MS } from './limits.ts';
import { nextToTry } from './next.ts';
import type { Peers } from './peers.ts';
import type { Run, RunResult } from './plan.ts';
import type { Provision } from './provision.ts';
import type { Trace } from './trace.ts';
import type { Watch } from './watch.ts';

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

/** A server went away. */
export class Gone extends Error {}

/** Ends the clients, then their taps, then what they left on shared servers. What fails is told, and ends nothing. */
export async function cleanUp(plan: Run, { peers, leftovers, prefix }: Parts, clients: Cleanups): Promise<void> {
  await new Promise<void>((low) => (plan.pressure ? plan.pressure.whenLow(low) : low()));
  peers.ending = true;
  await clients.run().catch((failure) => plan.progress(redactText(`cleaning up: ${messageOf(failure)}`)));
  await peers.close();
  await within(CLEANUP_MS, leftovers.remove()).catch((failure) => {
    const why = redactText(messageOf(failure));
    plan.progress(`could not remove what the run declared (the names begin with ${prefix}): ${why}`);
  });
}

/** Tells the end of the run. Throws a BackendError when a server that went away is what ended it. */
export async function end(
  plan: Run,
  parts: Parts,
  outcome: Outcome,
  error: unknown,
): Promise<Omit<RunResult, 'checks'>> {
  // An unmet promise stands in the trace as a check; any other error may be what a client made of a dead server.
  const broke = outcome === 'failed' && error !== undefined && !(error instanceof Unmet);
  const failed = outcome === 'failed' && error !== undefined;
  const gone = error instanceof Gone ? error.message : failed ? await parts.watch.doubt() : undefined;
  parts.watch.stop();
  tellEnd(plan, parts, outcome, gone ?? (broke ? redactText(messageOf(error)) : undefined));
  if (gone !== undefined)
    throw new BackendError(gone, { hint: 'See what works here with: msgplay doctor', cause: error });
  return { outcome, ...(broke ? { error } : {}) };
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
